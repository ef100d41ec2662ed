#include "apps/cli/paper_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "apps/cli/interrupt.h"
#include "apps/cli/progress_bar.h"
#include "superpose/core/error.h"
#include "superpose/experiment/catalogue.h"
#include "superpose/experiment/claims.h"
#include "superpose/experiment/files.h"
#include "superpose/figures/figure_kinds.h"
#include "superpose/figures/render.h"

namespace superpose::cli {
namespace {

constexpr std::array<std::string_view, 4> kFormats = {"svg", "pdf", "png", "html"};

std::string entry_list() {
  std::size_t width = 0;
  for (const CatalogueEntry& entry : catalogue()) width = std::max(width, entry.name.size());
  std::string text;
  for (const CatalogueEntry& entry : catalogue())
    text += fmt::format("{:{}}  {}\n", entry.name, width, entry.summary);
  return text;
}

/// The entry's figures. runs: the main one, then the companions.
std::vector<figures::Figure> build_figures(const CatalogueEntry& entry, const std::vector<Run>& runs) {
  std::vector<const Run*> pointers;
  pointers.reserve(runs.size());
  for (const Run& run : runs) pointers.push_back(&run);
  std::ranges::rotate(pointers, pointers.begin() + 1);  // figures want the main one last
  std::vector<figures::Figure> built;
  built.reserve(entry.figures.size());
  for (const std::string& kind : entry.figures)
    built.push_back(figures::find_figure_kind(kind).build(pointers));
  return built;
}

/// Refuses, before anything is trained, changes that leave an experiment which the entry's figures cannot
/// show: tries them on models that are all zero.
void check_figures(const CatalogueEntry& entry, const std::vector<Experiment>& experiments) {
  std::vector<Run> untrained;
  untrained.reserve(experiments.size());
  for (const Experiment& experiment : experiments) {
    untrained.push_back({.experiment = experiment,
                         .model = Model(experiment.model.kind, experiment.model.shape),
                         .feature_probability = experiment.feature_probability(),
                         .importance = experiment.importance(),
                         .loss = std::vector<float>(experiment.model.shape.instances()),
                         .history = {}});
  }
  build_figures(entry, untrained);
}

void write_figures(const CatalogueEntry& entry, const std::vector<Run>& runs,
                   const std::filesystem::path& directory) {
  make_writable_directory(directory);
  const auto built = build_figures(entry, runs);
  for (std::size_t i = 0; i < built.size(); ++i) {
    for (const std::string_view format : kFormats) {
      figures::render(built[i], directory / fmt::format("{}.{}", entry.figures[i], format));
    }
  }
}

std::vector<Claim> measure(const CatalogueEntry& entry, const CatalogueRequest& request,
                           const TrainingOptions& options, const std::atomic<bool>& stop) {
  std::optional<StatusLine> status;
  if (!options.quiet && is_terminal(stderr)) status.emplace(stderr, "measuring the paper's claims ...");
  return entry.measure(
      {.experiment = request.experiment, .quick = request.quick, .threads = options.threads, .stop = &stop});
}

int report_stopped() {
  fmt::print(stderr, "superpose: stopped before everything was written; the same command starts again\n");
  return kFailed;
}

}  // namespace

void add_paper_command(CLI::App& app, Action& action) {
  auto command = std::make_shared<PaperCommand>();
  auto* sub = app.add_subcommand("paper",
                                 "Reproduce an experiment of the paper: train it, draw it, check its claims");
  auto* name = sub->add_option("NAME", command->name, "The experiment, one of --list")->type_name("");
  auto* list = sub->add_flag("--list", command->list, "Name the experiments there are")->excludes(name);
  auto* out = add_training_options(*sub, command->training);
  list->excludes(out);
  sub->footer("--set quick=true gives a version that ends in a few seconds.");
  sub->callback([command, &action] { action = [command] { return paper(*command); }; });
}

int paper(const PaperCommand& command) {
  if (command.list) {
    fmt::print("{}", entry_list());
    return kDone;
  }
  if (command.name.empty()) {
    fmt::print(stderr, "superpose: paper: expected the NAME of an experiment, got none; there are\n\n{}",
               entry_list());
    return kWrongRequest;
  }
  const CatalogueEntry& entry = find_catalogue_entry(command.name);
  const auto& directory = command.training.directory;
  if (directory.empty()) throw InvalidRequest("paper: expected --out DIR (see `superpose paper --help`)");
  const CatalogueRequest request = resolve(entry, command.training.overrides);
  std::vector<Experiment> experiments = {request.experiment};
  std::vector<std::filesystem::path> directories = {directory};
  for (std::size_t i = 0; i < entry.companions.size(); ++i) {
    experiments.push_back(request.companions[i]);
    directories.push_back(directory / entry.companions[i].directory);
  }
  check_figures(entry, experiments);

  std::vector<Run> runs;
  for (std::size_t i = 0; i < experiments.size(); ++i) {
    if (train(experiments[i], directories[i], command.training) == RunOutcome::kStopped)
      return report_stopped();
    runs.push_back(load_run(directories[i]));
  }
  write_figures(entry, runs, directory / "figures");

  const std::atomic<bool>& stop = stop_on_interrupt();
  const std::vector<Claim> claims = measure(entry, request, command.training, stop);
  if (stop) return report_stopped();
  write_whole(directory / kClaimsFile, to_json(claims));

  if (!command.training.quiet) {
    fmt::print("{}\n",
               claims.empty() ? "no claim of the paper is about this experiment\n" : to_table(claims));
    for (const std::string& kind : entry.figures) {
      fmt::print("figures: {}.{{{}}}\n", (directory / "figures" / kind).string(), fmt::join(kFormats, ","));
    }
  }
  int status = kDone;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    status = std::max(status, report_losses_that_are_not_finite(runs[i], directories[i]));
  }
  return status;
}

}  // namespace superpose::cli
