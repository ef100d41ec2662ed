#include "superpose/store/descriptor.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <atomic>
#include <cstdio>
#include <memory>
#include <system_error>

#include "superpose/core/ascii.h"
#include "superpose/core/error.h"

namespace superpose::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTemporaryEnd = ".tmp";
std::string temporary_begin(std::string_view name) {
  return fmt::format(".{}.", name);
}

bool write_all(int descriptor, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto written = retry([&] { return ::write(descriptor, bytes.data(), bytes.size()); });
    if (written < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

/// Puts a rename or removal in the directory on the disk. Errors are ignored: some file systems cannot do it.
bool sync_directory(int directory) {
  const Descriptor opened = open_at(directory, ".", O_RDONLY | O_DIRECTORY);
  return opened && (::fsync(opened.number()) == 0 || errno == EINVAL || errno == ENOTSUP);
}

/// A temporary file with a unique name, beside the file that it is to replace. The destructor removes it
/// unless it has replaced that file.
class Temporary {
 public:
  Temporary(int directory, std::string_view name) : directory_(directory) {
    do {
      name_ = unused_name(name);
      output_ = open_at(directory, name_, O_WRONLY | O_CREAT | O_EXCL);
    } while (!output_ && errno == EEXIST);
  }
  ~Temporary() {
    if (output_) ::unlinkat(directory_, name_.c_str(), 0);
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;

  /// Whether the file could be made. If not, errno says why.
  explicit operator bool() const { return static_cast<bool>(output_); }

  /// Puts the bytes on the disk, then replaces the file. returns: whether it did; if not, errno says why.
  bool become(const std::string& name, std::span<const std::byte> bytes) {
    if (!write_all(output_.number(), bytes) || ::fsync(output_.number()) != 0) return false;
    if (::renameat(directory_, name_.c_str(), directory_, name.c_str()) != 0) return false;
    output_.reset();
    return sync_directory(directory_);
  }

 private:
  static std::string unused_name(std::string_view name) {
    static std::atomic<unsigned> counter = 0;
    return fmt::format("{}{}-{}{}", temporary_begin(name), ::getpid(), counter++, kTemporaryEnd);
  }

  int directory_;
  std::string name_;
  Descriptor output_;
};

}  // namespace

Descriptor open_at(int directory, const fs::path& path, int flags) {
  constexpr mode_t mode = 0666;  // the system takes the process's umask off
  return Descriptor(retry([&] { return ::openat(directory, path.c_str(), flags | O_CLOEXEC, mode); }));
}

std::string describe_error(int error, std::string_view missing) {
  if (error == ENOENT) return std::string(missing);
  std::string text = std::generic_category().message(error);
  if (!text.empty()) text[0] = ascii_lower(text[0]);
  return text;
}

void refuse_path(const fs::path& path, const std::string& problem) {
  const std::string name = path.empty() ? "\"\"" : path.string();
  throw InvalidRequest({.place = {.kind = Place::Kind::kFile, .name = name}, .problem = problem});
}

void refuse_to_read(const fs::path& file, int error) {
  const std::string reason = describe_error(error, "no such file");
  refuse_path(file, error == ENOENT ? reason : "cannot be read: " + reason);
}

void refuse_length(const fs::path& file, std::size_t most) {
  throw InvalidRequest({.place = {.kind = Place::Kind::kFile, .name = file.string()},
                        .expected = fmt::format("at most {} bytes", most),
                        .got = "more"});
}

void write_whole_at(int directory, const std::string& name, std::span<const std::byte> bytes,
                    const fs::path& file) {
  struct stat there = {};
  if (::fstatat(directory, name.c_str(), &there, 0) == 0 && !S_ISREG(there.st_mode))
    throw Error(fmt::format("{}: cannot be written: there is something that is not a file", file.string()));
  Temporary temporary(directory, name);
  if (temporary && temporary.become(name, bytes)) return;
  throw Error(
      fmt::format("{}: cannot be written: {}", file.string(), describe_error(errno, "no such directory")));
}

void remove_at(int directory, const std::string& name, const fs::path& file) {
  if (::unlinkat(directory, name.c_str(), 0) != 0) {
    if (errno == ENOENT) return;
    throw Error(fmt::format("{}: cannot be removed: {}", file.string(), describe_error(errno, "")));
  }
  sync_directory(directory);
}

void remove_abandoned_at(int directory, const std::string& name) {
  for (const std::string& other : names_at(directory)) {
    if (other.starts_with(temporary_begin(name)) && other.ends_with(kTemporaryEnd))
      ::unlinkat(directory, other.c_str(), 0);
  }
}

int error_of_writing_at(int directory) {
  return Temporary(directory, "probe") ? 0 : errno;
}

std::vector<std::string> names_at(int directory) {
  std::vector<std::string> names;
  const int opened = retry([&] { return ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  if (opened < 0) return names;
  const auto close = [](DIR* stream) { ::closedir(stream); };
  const std::unique_ptr<DIR, decltype(close)> stream(::fdopendir(opened), close);
  if (!stream) {
    ::close(opened);
    return names;
  }
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  return names;
}

}  // namespace superpose::store
