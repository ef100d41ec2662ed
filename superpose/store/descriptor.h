#pragma once

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Open files and directories of this process: what `files` and `directory` are made of.
namespace superpose::store {

/// An open file or directory, closed at the end. -1: none.
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

/// Opens a file or directory from an open directory, or from AT_FDCWD. returns: one that is false, with
/// errno, where that fails.
Descriptor open_at(int directory, const std::filesystem::path& path, int flags);

/// The system's reason, for the middle of a sentence: "no space left on device".
/// missing: what to say when something is not there.
std::string describe_error(int error, std::string_view missing);

/// Errors: InvalidRequest, always: that the file cannot be read, and why.
[[noreturn]] void refuse_to_read(const std::filesystem::path& file, int error);

/// All that is in a file. file: its name for messages. Errors: InvalidRequest where it cannot be read.
template <class Container>
Container read_all(const Descriptor& input, const std::filesystem::path& file) {
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

/// Writes the file `name` of an open directory whole or not at all: into a temporary neighbour, fsync,
/// rename, fsync of the directory. A link of that name is replaced. file: its name for messages. Errors:
/// Error that names the file and says why; nothing is left behind.
void write_whole_at(int directory, const std::string& name, std::span<const std::byte> bytes,
                    const std::filesystem::path& file);

/// Removes the file or link `name`, which may be absent, for good even if the machine fails next.
/// Errors: Error that names the file and says why.
void remove_at(int directory, const std::string& name, const std::filesystem::path& file);

/// Removes what processes that were killed in the middle of write_whole_at left behind of that file.
void remove_abandoned_at(int directory, const std::string& name);

/// Whether files can be made there: 0, or the error. Tried, as permissions alone do not say.
int error_of_writing_at(int directory);

/// The names in an open directory, hidden ones too, in no order; none where it cannot be read.
std::vector<std::string> names_at(int directory);

}  // namespace superpose::store
