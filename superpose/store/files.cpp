#include "superpose/store/files.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <system_error>

#include "superpose/core/error.h"
#include "superpose/store/descriptor.h"
#include "superpose/store/directory.h"

namespace superpose::store {
namespace {

namespace fs = std::filesystem;

/// A path of more links than this counts as circular.
constexpr int kMostLinks = 40;

/// The file that a path leads to when its links are followed. The file need not exist.
fs::path behind_links(fs::path file) {
  std::error_code error;
  for (int i = 0; i < kMostLinks; ++i) {
    const fs::path target = fs::read_symlink(file, error);
    if (error) return file;
    file = target.is_absolute() ? target : file.parent_path() / target;
  }
  throw Error(fmt::format("{}: cannot be written: too many levels of symbolic links", file.string()));
}

}  // namespace

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

std::vector<std::byte> read_bytes(const fs::path& file) {
  return read_all<std::vector<std::byte>>(open_at(AT_FDCWD, file, O_RDONLY), file);
}
std::string read_text(const fs::path& file) {
  return read_all<std::string>(open_at(AT_FDCWD, file, O_RDONLY), file, kMostText);
}

void write_whole(const fs::path& file, std::span<const std::byte> bytes) {
  const fs::path target = behind_links(file);
  const fs::path parent = target.has_parent_path() ? target.parent_path() : fs::path(".");
  const Descriptor directory = open_at(AT_FDCWD, parent, O_RDONLY | O_DIRECTORY);
  if (!directory) {
    throw Error(
        fmt::format("{}: cannot be written: {}", file.string(), describe_error(errno, "no such directory")));
  }
  write_whole_at(directory.number(), target.filename().string(), bytes, file);
}

void write_whole(const fs::path& file, std::string_view text) {
  write_whole(file, std::as_bytes(std::span(text)));
}

void make_writable_directory(const fs::path& directory) {
  (void)Directory::make(directory);
}
void make_directory_of(const fs::path& file) {
  make_writable_directory(fs::absolute(file).parent_path());
}

}  // namespace superpose::store
