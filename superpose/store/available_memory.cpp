#include "superpose/store/available_memory.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace superpose::store {
namespace {

namespace fs = std::filesystem;

/// A tree of control groups that limits memory.
struct GroupTree {
  std::string group;  ///< the process's group, as the kernel names it: "/slurm/job_1/step_0"
  std::string top;    ///< the group that the mount point shows: "/", or a container's
  fs::path mounted_at;
  std::string_view limit_file;
};

std::vector<std::string> lines_of(const fs::path& file) {
  std::vector<std::string> lines;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) lines.push_back(std::move(line));
  return lines;
}

/// The parts between the separators, empty ones included.
std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool has(const std::vector<std::string>& list, std::string_view item) {
  return std::ranges::find(list, item) != list.end();
}

/// The process's group in the memory tree of version 1, or in the only tree of version 2.
std::optional<std::string> group_of(const fs::path& root, bool version_2) {
  for (const std::string& line : lines_of(root / "proc/self/cgroup")) {  // NUMBER:CONTROLLERS:GROUP
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (version_2 ? controllers.empty() : has(split(controllers, ','), "memory"))
      return line.substr(second + 1);
  }
  return std::nullopt;
}

/// Where the trees of a version that limit memory are mounted.
std::vector<GroupTree> trees_of(const fs::path& root, bool version_2) {
  std::vector<GroupTree> trees;
  const auto group = group_of(root, version_2);
  if (!group) return trees;
  const std::string_view type = version_2 ? "cgroup2" : "cgroup";
  // ID PARENT MAJOR:MINOR TOP MOUNTED_AT OPTIONS TAG... - TYPE SOURCE OPTIONS
  for (const std::string& line : lines_of(root / "proc/self/mountinfo")) {
    const auto parts = split(line, ' ');
    const auto dash = std::ranges::find(parts, "-");
    if (parts.end() - dash < 4 || dash - parts.begin() < 6 || dash[1] != type) continue;
    if (!version_2 && !has(split(dash[3], ','), "memory")) continue;
    trees.push_back({.group = *group,
                     .top = parts[3],
                     .mounted_at = root / fs::path(parts[4]).relative_path(),
                     .limit_file = version_2 ? "memory.max" : "memory.limit_in_bytes"});
  }
  return trees;
}

/// The bytes that a limit's file allows. returns: nothing where there is no file, or where it says "max".
std::optional<double> read_limit(const fs::path& file) {
  const auto lines = lines_of(file);
  std::uint64_t bytes = 0;
  if (lines.empty()) return std::nullopt;
  const char* end = lines[0].data() + lines[0].size();
  if (std::from_chars(lines[0].data(), end, bytes).ec != std::errc()) return std::nullopt;
  return static_cast<double>(bytes);
}

/// The process's group, relative to the group that the mount point shows. returns: "" for a group outside of
/// it.
fs::path below_top(const GroupTree& tree) {
  const std::string top = tree.top == "/" ? "" : tree.top;
  const std::string_view group = tree.group;
  if (!group.starts_with(top) || group.find("/..") != std::string_view::npos) return {};
  const std::string_view below = group.substr(top.size());
  if (!below.empty() && below.front() != '/') return {};
  return fs::path(below).relative_path();
}

std::optional<double> least(std::optional<double> a, std::optional<double> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

std::optional<double> limit_of(const GroupTree& tree) {
  std::optional<double> limit;
  fs::path group = below_top(tree);
  while (true) {
    limit = least(limit, read_limit(tree.mounted_at / group / tree.limit_file));
    if (group.empty()) return limit;
    group = group.parent_path();
  }
}

std::optional<double> machine_bytes() {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long page = sysconf(_SC_PAGESIZE);
  if (pages <= 0 || page <= 0) return std::nullopt;
  return static_cast<double>(pages) * static_cast<double>(page);
}

std::optional<double> address_space_bytes() {
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return static_cast<double>(limit.rlim_cur);
}

}  // namespace

std::optional<double> control_group_bytes(const fs::path& root) {
  std::optional<double> limit;
  for (const bool version_2 : {false, true}) {
    for (const GroupTree& tree : trees_of(root, version_2)) limit = least(limit, limit_of(tree));
  }
  return limit;
}

std::optional<double> available_bytes() {
  return least(machine_bytes(), least(control_group_bytes(), address_space_bytes()));
}

}  // namespace superpose::store
