#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "superpose/core/threads.h"
#include "superpose/study/kind.h"

namespace superpose::study {

/// Puts the result of a task in its place. Null: the task was stopped.
using Store = std::function<void()>;

/// Does the independent tasks of a measurement, stage by stage, but for those that were done before. It
/// counts them through all stages, and says through options.save which are done.
class Tasks {
 public:
  /// options: must outlive this object.
  explicit Tasks(const MeasureOptions& options);

  /// Does the tasks of the next stage on the options' threads. What they return is called one at a time.
  /// returns: false when stopped.
  bool run(std::size_t n_tasks, const std::function<Store(std::size_t)>& task);
  /// The same one after the other, for tasks that have threads of their own.
  bool run_in_turn(std::size_t n_tasks, const std::function<Store(std::size_t)>& task);

 private:
  void begin_stage(std::size_t n_tasks);
  [[nodiscard]] bool is_wanted(std::size_t task) const;
  void finish(std::size_t task, const Store& store);
  bool end_stage();

  const MeasureOptions& options_;
  ThreadPool pool_;
  std::size_t first_ = 0, end_ = 0;  // the numbers of the stage's tasks
  std::vector<std::uint8_t> done_;   // (tasks), of all stages so far and of those that were done before
};

}  // namespace superpose::study
