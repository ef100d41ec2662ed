#pragma once

#include <filesystem>
#include <optional>

namespace superpose::store {

/// The memory that this process may use, in bytes: the least of the machine's memory, the limits of its
/// control groups, and the address space that `ulimit -v` allows. returns: nothing where the system does not
/// say.
std::optional<double> available_bytes();

/// The smallest memory limit, in bytes, of the process's control groups. It looks at groups of version 1 and
/// 2, from the process's own up to the root, because Slurm, systemd and containers nest them. returns:
/// nothing where no limit is set. root: where /proc and /sys lie.
std::optional<double> control_group_bytes(const std::filesystem::path& root = "/");

}  // namespace superpose::store
