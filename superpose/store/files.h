#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace superpose::store {

// Single files, by their path. Files of result directories go through `store::Directory` instead.

/// Whether something is there at that path. False, too, where this process may not know.
bool is_there(const std::filesystem::path& path);

/// The bytes of a file, or its text.
/// Errors: InvalidRequest that names the file and says why when it is not there or cannot be read.
std::vector<std::byte> read_bytes(const std::filesystem::path& file);
std::string read_text(const std::filesystem::path& file);

/// Writes a file, whole or not at all: it writes a temporary file beside it, calls fsync, renames, and calls
/// fsync on the directory. Readers see the old file or the new one, even after a crash. A link stays a link;
/// its target is written. Errors: Error that names the file and says why (disk full, no permission); nothing
/// is left behind.
void write_whole(const std::filesystem::path& file, std::span<const std::byte> bytes);
void write_whole(const std::filesystem::path& file, std::string_view text);

/// Makes the directory and its parents, and checks that files can be made in it. A failure leaves nothing
/// behind. Errors: InvalidRequest that names the directory and says why (a file in the way, no permission).
void make_writable_directory(const std::filesystem::path& directory);
/// Makes the directory of a file that is to be written.
void make_directory_of(const std::filesystem::path& file);

}  // namespace superpose::store
