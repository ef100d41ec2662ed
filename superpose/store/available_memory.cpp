#include "superpose/store/available_memory.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace superpose::store {

std::optional<double> available_bytes() {
  std::optional<double> available;
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long page = sysconf(_SC_PAGESIZE);
  if (pages > 0 && page > 0) available = static_cast<double>(pages) * static_cast<double>(page);

  // "max" in place of a number: no limit.
  double limit = 0;
  if (std::ifstream("/sys/fs/cgroup/memory.max") >> limit && limit > 0) {
    available = std::min(available.value_or(limit), limit);
  }
  return available;
}

}  // namespace superpose::store
