#include "apps/cli/paper_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>

#include "apps/cli/interrupt.h"
#include "apps/cli/progress_bar.h"
#include "superpose/core/error.h"
#include "superpose/core/version.h"
#include "superpose/experiment/catalogue.h"
#include "superpose/experiment/claims.h"
#include "superpose/experiment/files.h"
#include "superpose/figures/figure_kinds.h"
#include "superpose/figures/render.h"
#include "superpose/figures/report.h"

namespace superpose::cli {
namespace {

constexpr std::array<std::string_view, 4> kFormats = {"svg", "pdf", "png", "html"};

std::string entry_list() {
  std::size_t width = 0;
  for (const CatalogueEntry& entry : catalogue()) width = std::max(width, entry.name.size());
  std::string text;
  for (const CatalogueEntry& entry : catalogue())
    text += fmt::format("{:{}}  {}\n", entry.name, width, entry.summary);
  text +=
      fmt::format("{:{}}  every one of them, and a page with all figures and claims\n", kEveryEntry, width);
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
    const Model model(experiment.model.kind, experiment.model.shape);
    History history{.step = {0}, .lr = {0}, .loss = std::vector<float>(model.shape().instances())};
    if (experiment.record.parameters) history.models.push_back(model);
    untrained.push_back({.experiment = experiment,
                         .model = model,
                         .feature_probability = experiment.feature_probability(),
                         .importance = experiment.importance(),
                         .loss = std::vector<float>(experiment.model.shape.instances()),
                         .history = std::move(history)});
  }
  build_figures(entry, untrained);
}

std::vector<figures::Figure> build_figures(const CatalogueEntry& entry, const StudyRun& run) {
  std::vector<figures::Figure> built;
  built.reserve(entry.figures.size());
  for (const std::string& kind : entry.figures)
    built.push_back(figures::build_of_study(figures::find_figure_kind(kind), run));
  return built;
}

/// built: the entry's.
void write_figures(const CatalogueEntry& entry, const std::vector<figures::Figure>& built,
                   const std::filesystem::path& directory) {
  make_writable_directory(directory);
  for (std::size_t i = 0; i < built.size(); ++i) {
    for (const std::string_view format : kFormats) {
      figures::render(built[i], directory / fmt::format("{}.{}", entry.figures[i], format));
    }
  }
}

std::vector<Claim> measure_claims(const CatalogueEntry& entry, const CatalogueRequest& request,
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
  auto* name = sub->add_option("NAME", command->name, "The experiment, one of --list, or all")->type_name("");
  auto* list = sub->add_flag("--list", command->list, "Name the experiments there are")->excludes(name);
  auto* out = add_training_options(*sub, command->training);
  list->excludes(out);
  sub->footer("--set quick=true gives a version that ends in a few seconds.");
  sub->callback([command, &action] { action = [command] { return paper(*command); }; });
}

namespace {

/// What became of an entry.
struct Outcome {
  int status = kDone;
  bool stopped = false;
  figures::ReportEntry report;
};

/// An entry's experiments and where they go: the main one, then its companions. Or its study.
struct Plan {
  CatalogueRequest request{};
  std::vector<Experiment> experiments{};
  std::vector<std::filesystem::path> directories{};
  std::optional<Study> study{};
};

/// Everything that can be refused is refused here, before anything is written.
Plan make_plan(const CatalogueEntry& entry, const std::filesystem::path& directory,
               const TrainingOptions& options) {
  Plan plan;
  if (entry.is_study) {
    plan.study = resolve_study(entry, options.overrides);
    plan.directories.push_back(directory);
    return plan;
  }
  plan.request = resolve(entry, options.overrides);
  plan.experiments.push_back(plan.request.experiment);
  plan.directories.push_back(directory);
  for (std::size_t i = 0; i < entry.companions.size(); ++i) {
    plan.experiments.push_back(plan.request.companions[i]);
    plan.directories.push_back(directory / entry.companions[i].directory);
  }
  check_figures(entry, plan.experiments);
  return plan;
}

/// Trains, draws and measures. Nothing is reported yet.
void carry_out_experiments(const CatalogueEntry& entry, const Plan& plan, const TrainingOptions& options,
                           Outcome& outcome) {
  std::vector<Run> runs;
  for (std::size_t i = 0; i < plan.experiments.size(); ++i) {
    outcome.stopped = train(plan.experiments[i], plan.directories[i], options) == RunOutcome::kStopped;
    if (outcome.stopped) return;
    runs.push_back(load_run(plan.directories[i]));
  }
  write_figures(entry, build_figures(entry, runs), plan.directories.front() / "figures");

  const std::atomic<bool>& stop = stop_on_interrupt();
  outcome.report.claims = measure_claims(entry, plan.request, options, stop);
  outcome.stopped = stop;
  for (std::size_t i = 0; i < runs.size() && !outcome.stopped; ++i) {
    outcome.status =
        std::max(outcome.status, report_losses_that_are_not_finite(runs[i], plan.directories[i]));
  }
}

/// The same of a study: its claims are about what it measured.
void carry_out_study(const CatalogueEntry& entry, const Study& study, const std::filesystem::path& directory,
                     const TrainingOptions& options, Outcome& outcome) {
  outcome.stopped = measure(study, directory, options) == RunOutcome::kStopped;
  if (outcome.stopped) return;
  const StudyRun run = load_study(directory);
  write_figures(entry, build_figures(entry, run), directory / "figures");
  outcome.report.claims = study_claims(run);
}

Outcome carry_out(const CatalogueEntry& entry, const Plan& plan, const TrainingOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  const auto& directory = plan.directories.front();
  Outcome outcome;
  outcome.report = {.name = entry.name,
                    .summary = entry.summary,
                    .directory = directory.filename().string(),
                    .figures = entry.figures,
                    .claims = {}};
  if (plan.study) {
    carry_out_study(entry, *plan.study, directory, options, outcome);
  } else {
    carry_out_experiments(entry, plan, options, outcome);
  }
  if (outcome.stopped) return outcome;
  const auto& claims = outcome.report.claims;
  write_whole(directory / kClaimsFile, to_json(claims));
  outcome.report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();

  if (!options.quiet) {
    fmt::print("{}\n",
               claims.empty() ? "no claim of the paper is about this experiment\n" : to_table(claims));
    for (const std::string& kind : entry.figures) {
      fmt::print("figures: {}.{{{}}}\n", (directory / "figures" / kind).string(), fmt::join(kFormats, ","));
    }
  }
  return outcome;
}

/// The options with those of the overrides that an entry knows; one that none does, the first is to refuse.
TrainingOptions options_of(const CatalogueEntry& entry, const TrainingOptions& options) {
  TrainingOptions of_entry = options;
  std::erase_if(of_entry.overrides, [&](const std::string& change) {
    return !knows(entry, change) && std::ranges::any_of(catalogue(), [&](const CatalogueEntry& other) {
      return knows(other, change);
    });
  });
  return of_entry;
}

/// Every entry below `directory`, and a page of all of them.
int all_entries(const std::filesystem::path& directory, const TrainingOptions& options) {
  std::vector<Plan> plans;
  for (const CatalogueEntry& entry : catalogue())
    plans.push_back(make_plan(entry, directory / entry.name, options_of(entry, options)));
  std::vector<figures::ReportEntry> report;
  int status = kDone;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    const CatalogueEntry& entry = catalogue()[i];
    if (!options.quiet) fmt::print("{}== {}: {}\n\n", i == 0 ? "" : "\n", entry.name, entry.summary);
    const Outcome outcome = carry_out(entry, plans[i], options);
    if (outcome.stopped) return report_stopped();
    status = std::max(status, outcome.status);
    report.push_back(outcome.report);
  }
  const auto page = directory / "index.html";
  write_whole(page, figures::report_page(report, kVersion));
  if (!options.quiet) fmt::print("\nall of it on a page: {}\n", page.string());
  return status;
}

}  // namespace

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
  const auto& directory = command.training.directory;
  const bool all = command.name == kEveryEntry;
  const CatalogueEntry* entry = all ? nullptr : &find_catalogue_entry(command.name);
  if (directory.empty()) throw InvalidRequest("paper: expected --out DIR (see `superpose paper --help`)");
  if (all) return all_entries(directory, command.training);
  const Outcome outcome = carry_out(*entry, make_plan(*entry, directory, command.training), command.training);
  return outcome.stopped ? report_stopped() : outcome.status;
}

}  // namespace superpose::cli
