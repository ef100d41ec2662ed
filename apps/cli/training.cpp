#include "apps/cli/training.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>

#include "apps/cli/command.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/output.h"
#include "apps/cli/progress_bar.h"

namespace superpose::cli {
namespace {

constexpr int kMostThreads = 4096;
constexpr std::size_t kMostNamed = 20;  // instances that a message names

std::string check_threads(const std::string& text) {
  int threads = 0;
  const bool valid = CLI::detail::lexical_cast(text, threads) && threads >= 1 && threads <= kMostThreads;
  return valid ? "" : fmt::format("expected a whole number from 1 to {}, got {}", kMostThreads, text);
}

}  // namespace

CLI::Option* add_training_options(CLI::App& command, TrainingOptions& options) {
  auto* out = command.add_option("--out", options.directory, "Directory to write, made if need be");
  out->type_name("DIR");
  command
      .add_option("--set", options.overrides,
                  "Change a value of the experiment, as in --set steps=200; repeatable")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  command
      .add_option("--threads", options.threads, "Threads to train with; all of the machine's unless given")
      ->type_name("N")
      ->check(check_threads, "");
  auto* resume =
      command.add_flag("--resume", options.resume,
                       "Go on with what is in DIR: what was interrupted, or fewer steps of the same");
  command
      .add_flag("--overwrite", options.overwrite,
                "Replace whatever superpose wrote to DIR: a run, a sweep or a study")
      ->excludes(resume);
  command.add_flag("--quiet", options.quiet, "No summary, no progress: errors only");
  return out;
}

store::TellProgress drawn_bar() {
  return [bar = std::make_shared<ProgressBar>(stderr)](const TrainingProgress& progress) {
    bar->show(progress);
  };
}

bool shows_progress(const TrainingOptions& options) {
  return !options.quiet && is_terminal(stderr);
}

store::RunEnd carry_out(const store::Description& description, const TrainingOptions& options) {
  store::CarryOutOptions how{.directory = options.directory,
                             .threads = options.threads,
                             .resume = options.resume,
                             .overwrite = options.overwrite,
                             .stop = stop_on_interrupt(),
                             .warn = tell};
  std::optional<StatusLine> status;
  if (shows_progress(options)) {
    how.progress = drawn_bar();
    if (std::holds_alternative<study::Study>(description)) status.emplace(stderr, "measuring ...");
  }
  return store::carry_out(description, how);
}

int report_losses_that_are_not_finite(std::span<const float> loss, const std::filesystem::path& directory) {
  const auto instances = store::instances_without_finite_loss(loss);
  if (instances.empty()) return kDone;
  const auto named = std::span(instances).first(std::min(instances.size(), kMostNamed));
  tell(fmt::format("{}: the loss of {} of {} instances is not finite: {}{}", directory.string(),
                   instances.size(), loss.size(), fmt::join(named, ", "),
                   named.size() < instances.size() ? ", ..." : ""));
  return kFailed;
}

}  // namespace superpose::cli
