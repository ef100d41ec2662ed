#include "superpose/store/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>

#include "superpose/core/ascii.h"
#include "superpose/core/error.h"

namespace superpose::store {
namespace {

namespace fs = std::filesystem;

/// An open file of this process, closed at the end. -1: none.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor() { reset(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  explicit operator bool() const { return number_ >= 0; }
  [[nodiscard]] int number() const { return number_; }
  void reset(int number = -1) {
    if (number_ >= 0) ::close(number_);
    number_ = number;
  }

 private:
  int number_;
};

/// The system's reason, for the middle of a sentence: "no space left on device".
/// missing: what to say when something is not there.
std::string reason(int error, std::string_view missing) {
  if (error == ENOENT) return std::string(missing);
  std::string text = std::generic_category().message(error);
  if (!text.empty()) text[0] = ascii_lower(text[0]);
  return text;
}

[[noreturn]] void refuse_to_read(const fs::path& file, int error) {
  throw InvalidRequest(fmt::format("{}: {}{}", file.string(),
                                   error == ENOENT ? "" : "cannot be read: ", reason(error, "no such file")));
}

[[noreturn]] void fail_to_write(const fs::path& file, int error) {
  throw Error(fmt::format("{}: cannot be written: {}", file.string(), reason(error, "no such directory")));
}

/// Calls a system function again for as long as a signal interrupts it.
template <class Call>
auto retry(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

/// returns: a descriptor, or -1 with errno.
int open_file(const fs::path& file, int flags) {
  constexpr mode_t mode = 0666;  // less the process's umask
  return retry([&] { return ::open(file.c_str(), flags | O_CLOEXEC, mode); });
}

template <class Container>
Container read_all(const fs::path& file) {
  const Descriptor input(open_file(file, O_RDONLY));
  if (!input) refuse_to_read(file, errno);
  Container content;
  std::array<typename Container::value_type, 1 << 16> chunk;
  while (true) {
    const auto got = retry([&] { return ::read(input.number(), chunk.data(), chunk.size()); });
    if (got < 0) refuse_to_read(file, errno);
    if (got == 0) return content;
    content.insert(content.end(), chunk.begin(), chunk.begin() + got);
  }
}

bool write_all(int descriptor, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto written = retry([&] { return ::write(descriptor, bytes.data(), bytes.size()); });
    if (written < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

/// Makes a rename or removal in the directory last. Some file systems have no such thing for directories.
bool sync_directory(const fs::path& directory) {
  const Descriptor opened(open_file(directory, O_RDONLY | O_DIRECTORY));
  return opened && (::fsync(opened.number()) == 0 || errno == EINVAL || errno == ENOTSUP);
}

fs::path parent_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

constexpr std::string_view kTemporaryEnd = ".tmp";
std::string temporary_begin(const fs::path& file) {
  return "." + file.filename().string() + ".";
}

/// A file of a name that nobody else uses, beside the one that it is to become. Unless it did, it goes away.
class Temporary {
 public:
  explicit Temporary(const fs::path& file) {
    int descriptor = -1;
    do {
      path_ = unused_name(file);
      descriptor = open_file(path_, O_WRONLY | O_CREAT | O_EXCL);
    } while (descriptor < 0 && errno == EEXIST);
    output_.reset(descriptor);
  }
  ~Temporary() {
    if (output_) ::unlink(path_.c_str());
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;

  /// Whether it could be made; if not, errno says why.
  explicit operator bool() const { return static_cast<bool>(output_); }

  /// Puts the bytes on the disk, then takes the place of the file. returns: whether it did; if not, errno.
  bool become(const fs::path& file, std::span<const std::byte> bytes) {
    if (!write_all(output_.number(), bytes) || ::fsync(output_.number()) != 0) return false;
    if (::rename(path_.c_str(), file.c_str()) != 0) return false;
    output_.reset();
    return sync_directory(parent_of(file));
  }

 private:
  static fs::path unused_name(const fs::path& file) {
    static std::atomic<unsigned> counter = 0;
    return parent_of(file) /
           fmt::format("{}{}-{}{}", temporary_begin(file), ::getpid(), counter++, kTemporaryEnd);
  }

  fs::path path_;
  Descriptor output_;
};

/// The directories of the path that are not there yet, outermost first.
std::vector<fs::path> missing_directories(const fs::path& directory) {
  std::vector<fs::path> missing;
  fs::path prefix;
  for (const fs::path& part : directory) {
    prefix /= part;
    if (!part.empty() && !is_there(prefix)) missing.push_back(prefix);
  }
  return missing;
}

}  // namespace

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

std::vector<std::byte> read_bytes(const fs::path& file) {
  return read_all<std::vector<std::byte>>(file);
}
std::string read_text(const fs::path& file) {
  return read_all<std::string>(file);
}

void write_whole(const fs::path& file, std::span<const std::byte> bytes) {
  std::error_code ignored;
  if (const auto status = fs::status(file, ignored); fs::exists(status) && !fs::is_regular_file(status)) {
    throw Error(fmt::format("{}: cannot be written: there is something that is not a file", file.string()));
  }
  Temporary temporary(file);
  if (!temporary || !temporary.become(file, bytes)) fail_to_write(file, errno);
}

void write_whole(const fs::path& file, std::string_view text) {
  write_whole(file, std::as_bytes(std::span(text)));
}

void remove_file(const fs::path& file) {
  if (::unlink(file.c_str()) != 0) {
    if (errno == ENOENT) return;
    throw Error(fmt::format("{}: cannot be removed: {}", file.string(), reason(errno, "")));
  }
  sync_directory(parent_of(file));
}

void remove_abandoned(const fs::path& file) {
  const std::string begin = temporary_begin(file);
  std::error_code ignored;
  std::vector<fs::path> abandoned;
  for (fs::directory_iterator it(parent_of(file), ignored), end; it != end; it.increment(ignored)) {
    const std::string name = it->path().filename().string();
    if (name.starts_with(begin) && name.ends_with(kTemporaryEnd)) abandoned.push_back(it->path());
  }
  for (const auto& path : abandoned) fs::remove(path, ignored);
}

void make_writable_directory(const fs::path& directory) {
  if (directory.empty()) throw InvalidRequest("expected the name of a directory, got an empty one");
  const fs::path probe = directory / "probe";
  std::vector<fs::path> made;
  const auto make = [&] {  // returns: 0 or the error
    for (const fs::path& path : missing_directories(directory)) {
      std::error_code error;
      if (fs::create_directory(path, error)) made.push_back(path);
      if (error) return error.value();
    }
    return Temporary(probe) ? 0 : errno;  // tried, as permissions alone do not say
  };
  if (const int error = make(); error != 0) {
    std::error_code ignored;
    for (; !made.empty(); made.pop_back()) fs::remove(made.back(), ignored);
    throw InvalidRequest(fmt::format("{}: expected a directory that can be written to, got: {}",
                                     directory.string(), reason(error, "no such directory")));
  }
  remove_abandoned(probe);  // of a process that was killed here; one still alive does without its own
}

DirectoryLock::DirectoryLock(const fs::path& directory)
    : descriptor_(open_file(directory, O_RDONLY | O_DIRECTORY)) {
  if (descriptor_ < 0 || retry([&] { return ::flock(descriptor_, LOCK_EX | LOCK_NB); }) == 0) return;
  if (errno != EWOULDBLOCK) return;
  ::close(descriptor_);
  throw InvalidRequest(fmt::format("{}: another run is writing to it", directory.string()));
}

DirectoryLock::~DirectoryLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace superpose::store
