#include "superpose/study/tasks.h"

#include <algorithm>
#include <span>

namespace superpose::study {

Tasks::Tasks(const MeasureOptions& options)
    : options_(options), pool_(options.threads), done_(options.done.begin(), options.done.end()) {}

bool Tasks::run(std::size_t n_tasks, const std::function<Store(std::size_t)>& task) {
  begin_stage(n_tasks);
  pool_.run(n_tasks, [&](std::size_t index, int /*thread*/) {
    if (!is_wanted(index)) return;
    const Store store = task(index);
    if (store) pool_.exclusively([&] { finish(index, store); });
  });
  return end_stage();
}

bool Tasks::run_in_turn(std::size_t n_tasks, const std::function<Store(std::size_t)>& task) {
  begin_stage(n_tasks);
  for (std::size_t index = 0; index < n_tasks; ++index) {
    if (!is_wanted(index)) continue;
    if (const Store store = task(index)) finish(index, store);
  }
  return end_stage();
}

void Tasks::begin_stage(std::size_t n_tasks) {
  first_ = end_;
  end_ += n_tasks;
  done_.resize(std::max(done_.size(), end_));
}

bool Tasks::is_wanted(std::size_t task) const {
  return !options_.stop.stop_requested() && done_[first_ + task] == 0;
}

void Tasks::finish(std::size_t task, const Store& store) {
  store();
  done_[first_ + task] = 1;
  if (options_.save) options_.save(done_, /*stopped=*/false);
}

bool Tasks::end_stage() {
  const auto stage = std::span(done_).subspan(first_, end_ - first_);
  if (std::ranges::all_of(stage, [](std::uint8_t done) { return done != 0; })) return true;
  if (options_.save) options_.save(done_, /*stopped=*/true);
  return false;
}

}  // namespace superpose::study
