#pragma once

#include <cstddef>
#include <functional>

#include "superpose/core/threads.h"
#include "superpose/study/kind.h"

namespace superpose::study {

/// Runs independent tasks on the options' threads. returns: true when all were done, false when stopped.
inline bool run_tasks(std::size_t n_tasks, const MeasureOptions& options,
                      const std::function<void(std::size_t)>& task) {
  ThreadPool pool(options.threads);
  pool.run(n_tasks, [&](std::size_t index, int) {
    if (!options.stop.stop_requested()) task(index);
  });
  return !options.stop.stop_requested();
}

}  // namespace superpose::study
