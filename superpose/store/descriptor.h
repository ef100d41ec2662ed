#pragma once

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "superpose/core/error.h"  // IWYU pragma: export

/// Open files and directories of this process. `files` and `directory` are built on them.
namespace superpose::store {

/// An open file or directory. The destructor closes it. -1: none.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor() { reset(); }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    reset(std::exchange(other.number_, -1));
    return *this;
  }
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

/// Calls a system function again for as long as a signal interrupts it.
template <class Call>
auto retry(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

/// Opens a file or directory. path: relative to `directory`, an open directory or AT_FDCWD. returns: a
/// descriptor that is false where opening failed; errno says why.
Descriptor open_at(int directory, const std::filesystem::path& path, int flags);

/// The system's reason for an error, in lower case for the middle of a sentence: "no space left on device".
/// missing: the reason to give when something is not there.
std::string describe_error(int error, std::string_view missing);

/// Throws InvalidRequest about a file or directory; a message calls the empty path "". problem: what is wrong
/// with it.
[[noreturn]] void refuse_path(const std::filesystem::path& path, const std::string& problem);

/// Throws InvalidRequest: the file cannot be read, and why.
[[noreturn]] void refuse_to_read(const std::filesystem::path& file, int error);

/// Throws InvalidRequest: the file is longer than that many bytes.
[[noreturn]] void refuse_length(const std::filesystem::path& file, std::size_t most);

/// The most bytes of a text that are read: a sweep of a million points has a quarter of that.
inline constexpr std::size_t kMostText = std::size_t{1} << 28;

/// The whole content of a file. file: its name for messages. most: the bytes that it may have. Errors:
/// InvalidRequest where it cannot be read or has more.
template <class Container>
Container read_all(const Descriptor& input, const std::filesystem::path& file,
                   std::size_t most = std::numeric_limits<std::size_t>::max()) {
  if (!input) refuse_to_read(file, errno);
  Container content;
  std::array<typename Container::value_type, 1 << 16> chunk;
  while (true) {
    const auto got = retry([&] { return ::read(input.number(), chunk.data(), chunk.size()); });
    if (got < 0) refuse_to_read(file, errno);
    if (got == 0) return content;
    if (static_cast<std::size_t>(got) > most - content.size()) refuse_length(file, most);
    content.insert(content.end(), chunk.begin(), chunk.begin() + got);
  }
}

/// Writes the file `name` of an open directory, whole or not at all: it writes a temporary file beside it,
/// calls fsync, renames, and calls fsync on the directory. A link of that name is replaced. file: its name
/// for messages. Errors: Error that names the file and says why; nothing is left behind.
void write_whole_at(int directory, const std::string& name, std::span<const std::byte> bytes,
                    const std::filesystem::path& file);

/// Removes the file or link `name`, which may be absent. It stays removed even if the machine fails next.
/// Errors: Error that names the file and says why.
void remove_at(int directory, const std::string& name, const std::filesystem::path& file);

/// Removes the temporary files of that name that killed processes left behind in write_whole_at.
void remove_abandoned_at(int directory, const std::string& name);

/// Tries to make a file in the directory, since permissions alone do not tell. returns: 0 when it works, else
/// the error number.
int error_of_writing_at(int directory);

/// The names in an open directory, hidden ones included, in no particular order. returns: none where it
/// cannot be read.
std::vector<std::string> names_at(int directory);

}  // namespace superpose::store
