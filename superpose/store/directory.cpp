#include "superpose/store/directory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "superpose/core/error.h"

namespace superpose::store {
namespace {

namespace fs = std::filesystem;

/// Where a path below a root leads, and its name in messages.
struct Location {
  Location(const fs::path& path, const Directory* root, int descriptor)
      : at(root == nullptr ? AT_FDCWD : descriptor), from_root(path), shown(path) {
    if (root == nullptr) return;
    const fs::path below = path.lexically_normal();
    shown = below == "." ? root->path() : root->path() / below;
  }

  int at;
  fs::path from_root, shown;
};

bool exists_at(int at, const fs::path& path) {
  struct stat there = {};
  return ::fstatat(at, path.c_str(), &there, 0) == 0;
}

/// Makes the missing directories of a path. The destructor removes them again unless they were kept.
class MadeDirectories {
 public:
  explicit MadeDirectories(const Location& place) : at_(place.at) {
    fs::path prefix;
    for (const fs::path& part : place.from_root) {
      prefix /= part;
      if (part.empty() || exists_at(at_, prefix)) continue;
      if (::mkdirat(at_, prefix.c_str(), 0777) == 0) {  // the system takes the process's umask off
        made_.push_back(prefix);
      } else if (errno != EEXIST) {
        error_ = errno;
        return;
      }
    }
  }
  ~MadeDirectories() {
    for (; !made_.empty(); made_.pop_back()) ::unlinkat(at_, made_.back().c_str(), AT_REMOVEDIR);
  }
  MadeDirectories(const MadeDirectories&) = delete;
  MadeDirectories& operator=(const MadeDirectories&) = delete;

  [[nodiscard]] int error() const { return error_; }
  void keep() { made_.clear(); }

 private:
  int at_, error_ = 0;
  std::vector<fs::path> made_;
};

/// A directory in which files can be made. Errors: as of Directory::make.
Descriptor made(const Location& place) {
  if (place.from_root.empty())
    throw InvalidRequest({.expected = "the name of a directory", .got = "an empty one"});
  MadeDirectories directories(place);
  const auto refuse = [&](int error) {
    refuse_path(place.shown,
                fmt::format("cannot be written to: {}", describe_error(error, "no such directory")));
  };
  if (directories.error() != 0) refuse(directories.error());
  Descriptor opened = open_at(place.at, place.from_root, O_RDONLY | O_DIRECTORY);
  if (!opened) refuse(errno);
  // Killed processes leave their probes. Another that is alive can do without its own.
  remove_abandoned_at(opened.number(), "probe");
  if (const int error = error_of_writing_at(opened.number()); error != 0) refuse(error);
  directories.keep();
  return opened;
}

}  // namespace

Directory Directory::open(const fs::path& path, const Directory* root) {
  if (auto opened = open_if_there(path, root)) return *std::move(opened);
  const Location place(path, root, root == nullptr ? -1 : root->opened_.number());
  if (!exists_at(place.at, path)) refuse_path(place.shown, "no such directory");
  throw InvalidRequest({.place = {.kind = Place::Kind::kFile, .name = place.shown.string()},
                        .expected = "a directory",
                        .got = "a file"});
}

std::optional<Directory> Directory::open_if_there(const fs::path& path, const Directory* root) {
  const Location place(path, root, root == nullptr ? -1 : root->opened_.number());
  Descriptor opened = open_at(place.at, path, O_RDONLY | O_DIRECTORY);
  if (!opened && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (!opened) refuse_to_read(place.shown, errno);
  return Directory(place.shown, path, place.at, std::move(opened));
}

Directory Directory::make(const fs::path& path, const Directory* root) {
  const Location place(path, root, root == nullptr ? -1 : root->opened_.number());
  return {place.shown, path, place.at, made(place)};
}

Directory Directory::claim(const fs::path& path, const Directory* root) {
  Directory claimed = make(path, root);
  claimed.claim_alone();
  return claimed;
}

Directory Directory::share(const fs::path& path, const Directory* root) {
  Directory shared = make(path, root);
  shared.share_claim();
  return shared;
}

void Directory::share_claim() const {
  lock(LOCK_SH);
}

void Directory::claim_alone() const {
  lock(LOCK_EX);
}

void Directory::lock(int how) const {
  const int descriptor = opened_.number();
  if (retry([&] { return ::flock(descriptor, how | LOCK_NB); }) != 0 && errno == EWOULDBLOCK)
    refuse_path(path_, "another run is writing to it");
}

bool Directory::is_moved() const {
  struct stat mine = {}, named = {};
  if (::fstat(opened_.number(), &mine) != 0) return false;
  return ::fstatat(root_, from_root_.c_str(), &named, 0) != 0 || mine.st_dev != named.st_dev ||
         mine.st_ino != named.st_ino;
}

bool Directory::has(std::string_view name) const {
  struct stat there = {};
  if (::fstatat(opened_.number(), std::string(name).c_str(), &there, 0) == 0) return true;
  if (errno == ENOENT || errno == ENOTDIR) return false;
  refuse_to_read(*this / name, errno);
}

std::optional<fs::path> Directory::link(std::string_view name) const {
  std::array<char, 4096> target = {};
  const auto length = ::readlinkat(opened_.number(), std::string(name).c_str(), target.data(), target.size());
  if (length < 0) return std::nullopt;
  return fs::path(std::string(target.data(), static_cast<std::size_t>(length)));
}

std::vector<std::string> Directory::names() const {
  auto names = names_at(opened_.number());
  std::ranges::sort(names);
  return names;
}

// A pipe of that name is not waited for: it reads as an empty file.
Descriptor Directory::open_to_read(std::string_view name) const {
  return open_at(opened_.number(), name, O_RDONLY | O_NONBLOCK);
}

std::string Directory::read_text(std::string_view name) const {
  return read_all<std::string>(open_to_read(name), *this / name, kMostText);
}

std::vector<std::byte> Directory::read_bytes(std::string_view name) const {
  return read_all<std::vector<std::byte>>(open_to_read(name), *this / name);
}

void Directory::write_whole(std::string_view name, std::span<const std::byte> bytes) const {
  write_whole_at(opened_.number(), std::string(name), bytes, *this / name);
}

void Directory::write_whole(std::string_view name, std::string_view text) const {
  write_whole(name, std::as_bytes(std::span(text)));
}

void Directory::remove(std::string_view name) const {
  remove_at(opened_.number(), std::string(name), *this / name);
}

void Directory::remove_empty(std::string_view name) const {
  ::unlinkat(opened_.number(), std::string(name).c_str(), AT_REMOVEDIR);
}

void Directory::remove_abandoned(std::string_view name) const {
  remove_abandoned_at(opened_.number(), std::string(name));
}

}  // namespace superpose::store
