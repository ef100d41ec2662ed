#pragma once

#include <cstddef>
#include <functional>

#include "superpose/core/threads.h"
#include "superpose/study/results.h"

namespace superpose::study {

inline bool is_stopped(const MeasureOptions& options) {
  return options.stop != nullptr && options.stop->load();
}

/// Runs independent tasks on the options' threads. returns: whether all were done; false when stopped.
inline bool run_tasks(std::size_t n_tasks, const MeasureOptions& options,
                      const std::function<void(std::size_t)>& task) {
  ThreadPool pool(options.threads);
  pool.run(n_tasks, [&](std::size_t index, int) {
    if (!is_stopped(options)) task(index);
  });
  return !is_stopped(options);
}

}  // namespace superpose::study
