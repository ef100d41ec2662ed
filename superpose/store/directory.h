#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "superpose/store/descriptor.h"

namespace superpose::store {

/// An open directory. All that is read and written through it belongs to that very directory, wherever it is
/// moved to meanwhile and whatever takes its name.
/// The paths of its functions are relative to `root` where one is given, else to the process's directory.
class Directory {
 public:
  /// Opens one to read in. Errors: InvalidRequest that names it and says why not: it is not there, is a file,
  /// or may not be read.
  static Directory open(const std::filesystem::path& path, const Directory* root = nullptr);

  /// Opens one that may not be there: nothing, then, or where a file is in its place. Errors: as of open.
  static std::optional<Directory> open_if_there(const std::filesystem::path& path,
                                                const Directory* root = nullptr);

  /// Makes it and its parents, and checks that files can be made in it. Failing leaves nothing behind.
  /// Errors: InvalidRequest that names it and says why (a file in the way, no permission).
  static Directory make(const std::filesystem::path& path, const Directory* root = nullptr);

  /// The same, and while it lives nobody else can claim it, neither in this process nor in another. The claim
  /// ends with the process, however that ends, and leaves no file. File systems without locks keep nobody
  /// away. Errors: as of make; InvalidRequest when somebody else has it.
  static Directory claim(const std::filesystem::path& path, const Directory* root = nullptr);

  /// The path it was opened by, for messages.
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// A file's path, for messages.
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

  /// Whether its path leads elsewhere by now, or nowhere: it was moved or removed.
  [[nodiscard]] bool is_moved() const;

  /// Whether there is something of that name: a link counts where what it points to is there.
  /// Errors: InvalidRequest when this process may not know.
  [[nodiscard]] bool has(std::string_view name) const;
  /// What the link of that name points to; nothing where there is none.
  [[nodiscard]] std::optional<std::filesystem::path> link(std::string_view name) const;
  /// The names in it, hidden ones too, sorted.
  [[nodiscard]] std::vector<std::string> names() const;

  /// Errors: InvalidRequest that names the file and says why it cannot be read.
  [[nodiscard]] std::string read_text(std::string_view name) const;
  [[nodiscard]] std::vector<std::byte> read_bytes(std::string_view name) const;

  /// Writes a file whole or not at all. A link of that name is replaced, what it points to stays.
  /// Errors: Error that names the file and says why; nothing is left behind.
  void write_whole(std::string_view name, std::span<const std::byte> bytes) const;
  void write_whole(std::string_view name, std::string_view text) const;

  /// Removes a file that may be there, for good even if the machine fails next. Errors: Error.
  void remove(std::string_view name) const;
  /// Removes a directory below it if it is empty.
  void remove_empty(std::string_view name) const;
  /// Removes what processes that were killed in the middle of writing that file left behind. Not while
  /// another process may be writing it.
  void remove_abandoned(std::string_view name) const;

 private:
  Directory(std::filesystem::path path, std::filesystem::path from_root, int root, Descriptor opened)
      : path_(std::move(path)), from_root_(std::move(from_root)), root_(root), opened_(std::move(opened)) {}

  std::filesystem::path path_;       ///< for messages
  std::filesystem::path from_root_;  ///< as it was opened
  int root_;                         ///< the descriptor of the root, which outlives this
  Descriptor opened_;
};

}  // namespace superpose::store
