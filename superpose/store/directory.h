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

/// An open directory. Reading and writing through it reach that same directory, even after it was moved and
/// another took its name.
/// The paths of its functions are relative to `root` where one is given, else to the process's directory.
/// Threads: functions that are const may be called by several at once, but for the two that change a claim.
/// Of two that write one file, the later one counts.
class Directory {
 public:
  /// Opens a directory for reading. Errors: InvalidRequest that names it and says why: it is not there, is a
  /// file, or may not be read.
  static Directory open(const std::filesystem::path& path, const Directory* root = nullptr);

  /// Opens a directory that may be absent. returns: nothing where it is absent or a file. Errors: as of open.
  static std::optional<Directory> open_if_there(const std::filesystem::path& path,
                                                const Directory* root = nullptr);

  /// Makes a directory and its parents, and checks that files can be made in it. A failure leaves nothing
  /// behind. Errors: InvalidRequest that names it and says why (a file in the way, no permission).
  static Directory make(const std::filesystem::path& path, const Directory* root = nullptr);

  /// Makes a directory as make() does, and locks it. Nobody else can claim it, in this process or another,
  /// while this object lives. The lock ends with the process, however that ends, and leaves no file. On file
  /// systems without locks, others can claim it too. Errors: as of make; InvalidRequest when somebody else
  /// has claimed it.
  static Directory claim(const std::filesystem::path& path, const Directory* root = nullptr);

  /// Claims a directory together with others that share it. Nobody can claim it alone while one of these
  /// objects lives. Errors: as of claim.
  static Directory share(const std::filesystem::path& path, const Directory* root = nullptr);

  /// Turns a claim into one that others can share. Errors: InvalidRequest when somebody else has claimed it
  /// alone.
  void share_claim() const;
  /// Turns a shared claim into one of this object alone. Errors: InvalidRequest while others share it; the
  /// shared claim is lost then, too.
  void claim_alone() const;

  /// The path that the directory was opened by, for messages.
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// A file's path, for messages.
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

  /// Whether the directory was moved or removed, so that its path leads elsewhere or nowhere.
  [[nodiscard]] bool is_moved() const;

  /// Whether something of that name is there. A link counts when its target is there. Errors: InvalidRequest
  /// when this process may not know.
  [[nodiscard]] bool has(std::string_view name) const;
  /// The target of the link of that name. returns: nothing where there is no such link.
  [[nodiscard]] std::optional<std::filesystem::path> link(std::string_view name) const;
  /// The names in the directory, hidden ones included, sorted.
  [[nodiscard]] std::vector<std::string> names() const;

  /// The text of a file, or its bytes. Errors: InvalidRequest that names the file and says why it cannot be
  /// read.
  [[nodiscard]] std::string read_text(std::string_view name) const;
  [[nodiscard]] std::vector<std::byte> read_bytes(std::string_view name) const;

  /// Writes a file, whole or not at all. A link of that name is replaced; its target stays as it was.
  /// Errors: Error that names the file and says why; nothing is left behind.
  void write_whole(std::string_view name, std::span<const std::byte> bytes) const;
  void write_whole(std::string_view name, std::string_view text) const;

  /// Removes a file, which may be absent. It stays removed even if the machine fails next. Errors: Error.
  void remove(std::string_view name) const;
  /// Removes a directory inside this one if it is empty.
  void remove_empty(std::string_view name) const;
  /// Removes the temporary files that killed processes left behind when they wrote that file. To be called
  /// only while no other process can be writing it.
  void remove_abandoned(std::string_view name) const;

 private:
  [[nodiscard]] Descriptor open_to_read(std::string_view name) const;
  Directory(std::filesystem::path path, std::filesystem::path from_root, int root, Descriptor opened)
      : path_(std::move(path)), from_root_(std::move(from_root)), root_(root), opened_(std::move(opened)) {}

  void lock(int how) const;

  std::filesystem::path path_;       ///< for messages
  std::filesystem::path from_root_;  ///< the path, relative to root_
  int root_;                         ///< descriptor of the root, which must outlive this object
  Descriptor opened_;
};

}  // namespace superpose::store
