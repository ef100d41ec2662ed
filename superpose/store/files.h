#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace superpose::store {

// Single files, by their path. What belongs to a directory of results goes through `store::Directory`.

/// Whether there is something of that name, as far as this process may know.
bool is_there(const std::filesystem::path& path);

/// A file's bytes.
/// Errors: InvalidRequest that names the file and says why when it is not there or cannot be read.
std::vector<std::byte> read_bytes(const std::filesystem::path& file);
std::string read_text(const std::filesystem::path& file);

/// Writes a file whole or not at all: to a temporary neighbour, fsync, rename, fsync of the directory. A
/// reader, or a crash at any moment, sees the old file or the new one. A link stays: what it points to is
/// written.
/// Errors: Error that names the file and says why (disk full, no permission); nothing is left behind.
void write_whole(const std::filesystem::path& file, std::span<const std::byte> bytes);
void write_whole(const std::filesystem::path& file, std::string_view text);

/// Makes the directory and its parents, and checks that files can be made in it. Failing leaves nothing
/// behind. Errors: InvalidRequest that names the directory and says why (a file in the way, no permission).
void make_writable_directory(const std::filesystem::path& directory);

}  // namespace superpose::store
