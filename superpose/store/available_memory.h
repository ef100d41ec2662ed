#pragma once

#include <filesystem>
#include <optional>

namespace superpose::store {

/// Bytes this process may have: the least of the machine's memory, of the limits of its control groups and of
/// the address space that `ulimit -v` leaves it; nothing where the system does not say.
std::optional<double> available_bytes();

/// The smallest memory limit, in bytes, of the process's control groups: from its own group up to the root,
/// of version 1 and of version 2, nested as Slurm, systemd and containers nest them. Nothing where none is
/// set. root: where /proc and /sys lie.
std::optional<double> control_group_bytes(const std::filesystem::path& root = "/");

}  // namespace superpose::store
