#include "apps/cli/paper_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "apps/cli/interrupt.h"
#include "apps/cli/output.h"
#include "apps/cli/progress_bar.h"
#include "superpose/core/error.h"
#include "superpose/paper/catalogue.h"
#include "superpose/paper/claims.h"
#include "superpose/paper/run_paper.h"

namespace superpose::cli {
namespace {

std::string entry_list() {
  std::size_t width = 0;
  for (const paper::CatalogueEntry& entry : paper::catalogue()) width = std::max(width, entry.name.size());
  std::string text;
  for (const paper::CatalogueEntry& entry : paper::catalogue())
    text += fmt::format("{:{}}  {}\n", entry.name, width, entry.summary);
  text += fmt::format("{:{}}  every one of them, and a page with all figures and claims\n",
                      paper::kEveryEntry, width);
  return text;
}

int report_stopped() {
  tell("stopped before everything was written; the same command with --resume goes on");
  return kFailed;
}

}  // namespace

void add_paper_command(CLI::App& app, Action& action) {
  auto command = std::make_shared<PaperCommand>();
  auto* sub = app.add_subcommand("paper",
                                 "Reproduce an experiment of the paper: train it, draw it, check its claims");
  auto* name = sub->add_option("NAME", command->name, "The experiment, one of --list, or all")->type_name("");
  auto* list = sub->add_flag("--list", command->list, "Name the experiments there are")->excludes(name);
  auto* out = add_training_options(*sub, command->training);
  list->excludes(out);
  sub->footer("--set quick=true gives a smaller version, of a second to half a minute.");
  sub->callback([command, &action] { action = [command] { return paper(*command); }; });
}

namespace {

/// How to show progress on a terminal: a bar for each training, a line for work without a bar.
paper::PaperOptions paper_options(const TrainingOptions& training) {
  paper::PaperOptions options{.threads = training.threads,
                              .resume = training.resume,
                              .overwrite = training.overwrite,
                              .stop = stop_on_interrupt(),
                              .warn = tell};
  if (!shows_progress(training)) return options;
  options.progress = drawn_bar;
  options.status = [shown = std::make_shared<std::optional<StatusLine>>()](const char* line) {
    *shown = std::nullopt;
    if (*line != '\0') shown->emplace(stderr, line);
  };
  return options;
}

/// Carries a plan out and prints its claims. returns: the exit status; nothing when it was stopped.
std::optional<int> carry_out(const paper::PaperPlan& plan, const TrainingOptions& options,
                             std::vector<paper::ReportEntry>& report) {
  const auto result = paper::carry_out(plan, paper_options(options));
  if (!result) return std::nullopt;
  int status = kDone;
  for (std::size_t i = 0; i < result->loss.size(); ++i)
    status = std::max(status, report_losses_that_are_not_finite(result->loss[i], result->directories[i]));
  const auto& claims = result->report.claims;
  if (!options.quiet) {
    if (result->was_there)
      say("done before, in {} (--overwrite starts over)\n\n",
          printable(result->directories.front().string()));
    say("{}\n", claims.empty() ? "no claim of the paper is about this experiment\n" : to_table(claims));
    for (const std::string& note : result->report.notes) say("{}\n\n", note);
    for (const std::string& kind : result->report.figures) {
      say("figures: {}.{{{}}}\n", (result->directories.front() / "figures" / kind).string(),
          fmt::join(paper::kPaperFormats, ","));
    }
  }
  report.push_back(result->report);
  return status;
}

/// Carries out every entry, below `directory`, and writes a page of all of them.
int all_entries(const std::filesystem::path& directory, const TrainingOptions& options) {
  const auto plans = paper::plan_every_paper(directory, options.overrides);
  for (const paper::PaperPlan& plan : plans) paper::check_directories(plan, paper_options(options));
  std::vector<paper::ReportEntry> report;
  int status = kDone;
  for (const paper::PaperPlan& plan : plans) {
    if (!options.quiet)
      say("{}== {}: {}\n\n", report.empty() ? "" : "\n", plan.entry->name, plan.entry->summary);
    const auto entry_status = carry_out(plan, options, report);
    if (!entry_status) return report_stopped();
    status = std::max(status, *entry_status);
  }
  const auto page = paper::write_report(report, directory);
  if (!options.quiet) say("\nall of it on a page: {}\n", page.string());
  return status;
}

}  // namespace

int paper(const PaperCommand& command) {
  if (command.list) {
    say("{}", entry_list());
    return kDone;
  }
  if (command.name.empty()) {
    tell("paper: expected the NAME of an experiment, got none; there are");
    tell_text("\n" + entry_list());
    return kWrongRequest;
  }
  const auto& directory = command.training.directory;
  const bool all = command.name == paper::kEveryEntry;
  const paper::CatalogueEntry* entry = all ? nullptr : &paper::find_catalogue_entry(command.name);
  if (directory.empty()) {
    throw InvalidRequest(
        {.place = argument_place("paper"), .expected = "--out DIR (see `superpose paper --help`)"});
  }
  if (all) return all_entries(directory, command.training);
  std::vector<paper::ReportEntry> report;
  const auto plan = paper::plan_paper(*entry, directory, command.training.overrides);
  const auto status = carry_out(plan, command.training, report);
  return status ? *status : report_stopped();
}

}  // namespace superpose::cli
