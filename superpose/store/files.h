#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace superpose::store {

/// Whether there is something of that name, as far as this process may know.
bool is_there(const std::filesystem::path& path);

/// A file's bytes.
/// Errors: InvalidRequest that names the file and says why when it is not there or cannot be read.
std::vector<std::byte> read_bytes(const std::filesystem::path& file);
std::string read_text(const std::filesystem::path& file);

/// Writes a file whole or not at all: to a temporary neighbour, fsync, rename, fsync of the directory. A
/// reader, or a crash at any moment, sees the old file or the new one.
/// Errors: Error that names the file and says why (disk full, no permission); nothing is left behind.
void write_whole(const std::filesystem::path& file, std::span<const std::byte> bytes);
void write_whole(const std::filesystem::path& file, std::string_view text);

/// Removes what a process that was killed in the middle of write_whole left behind of the file. Not while
/// another process may be writing it.
void remove_abandoned(const std::filesystem::path& file);

/// Removes a file that may be there, for good even if the machine fails next.
/// Errors: Error that names the file and says why.
void remove_file(const std::filesystem::path& file);

/// Makes the directory and its parents, and checks that files can be made in it. Failing leaves nothing
/// behind. Errors: InvalidRequest that names the directory and says why (a file in the way, no permission).
void make_writable_directory(const std::filesystem::path& directory);

/// While it lives, nobody else has this directory, neither in this process nor in another: it ends with the
/// process, however that ends, and leaves no file. File systems without locks are not kept from anyone.
class DirectoryLock {
 public:
  /// Errors: InvalidRequest when somebody else has it.
  explicit DirectoryLock(const std::filesystem::path& directory);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace superpose::store
