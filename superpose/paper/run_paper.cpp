#include "superpose/paper/run_paper.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <variant>

#include "superpose/core/version.h"
#include "superpose/drawing/layout.h"
#include "superpose/figures/figure_kinds.h"
#include "superpose/paper/study_claims.h"
#include "superpose/store/figure_file.h"
#include "superpose/store/files.h"
#include "superpose/store/run_study.h"

namespace superpose::paper {
namespace {

/// Builds the entry's figures. runs: the main one, then the companions. returns: nothing when stopped.
std::optional<std::vector<drawing::Figure>> build_figures(const CatalogueEntry& entry,
                                                          const std::vector<run::Run>& runs,
                                                          const StopToken& stop = {}) {
  std::vector<const run::Run*> pointers;
  pointers.reserve(runs.size());
  for (const run::Run& run : runs) pointers.push_back(&run);
  std::ranges::rotate(pointers, pointers.begin() + 1);  // figures expect the main run last
  std::vector<drawing::Figure> built;
  built.reserve(entry.figures.size());
  for (const std::string& kind : entry.figures) {
    auto figure = build_of_runs(figures::find_figure_kind(kind), pointers, stop);
    if (!figure) return std::nullopt;
    built.push_back(*std::move(figure));
  }
  return built;
}

std::vector<drawing::Figure> build_figures(const CatalogueEntry& entry, const study::StudyRun& run) {
  std::vector<drawing::Figure> built;
  built.reserve(entry.figures.size());
  for (const std::string& kind : entry.figures)
    built.push_back(figures::build_of_study(figures::find_figure_kind(kind), run));
  return built;
}

/// Refuses experiments that the entry's figures cannot show, before anything is trained. It builds the
/// figures of models that are all zero.
void check_figures(const CatalogueEntry& entry, const std::vector<Experiment>& experiments) {
  std::vector<run::Run> untrained;
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
  (void)build_figures(entry, untrained);
}

/// Adds to each figure's title that the entry's seed was chosen, unless the user set another seed.
void say_that_seed_was_chosen(std::vector<drawing::Figure>& built, const PaperPlan& plan) {
  const CatalogueEntry& entry = *plan.entry;
  if (entry.chosen_seed.empty() ||
      plan.request.experiment.train.seed != resolve(entry, {}).experiment.train.seed)
    return;
  for (drawing::Figure& figure : built) {
    figure.title += " (" + entry.chosen_seed + ")";
    drawing::make_room_for_title(figure);
  }
}

/// Writes the figures. built: the entry's, in its order. results: the directory of the main run or the study.
void write_figures(const CatalogueEntry& entry, const std::vector<drawing::Figure>& built,
                   const store::Directory& results) {
  const auto directory = store::Directory::make(store::kFiguresDirectory, &results);
  for (std::size_t i = 0; i < built.size(); ++i) {
    for (const std::string_view format : kPaperFormats) {
      const std::string name = fmt::format("{}.{}", entry.figures[i], format);
      directory.write_whole(name, store::render(built[i], store::check_format(name)));
    }
  }
}

void write_claims(const std::vector<Claim>& claims, const store::Directory& results) {
  results.write_whole(store::kClaimsFile, to_json(claims));
}

/// The overrides for one entry of all: those that it knows, and those that no entry knows, which it then
/// refuses.
std::vector<std::string> overrides_for(const CatalogueEntry& entry, std::span<const std::string> overrides) {
  std::vector<std::string> of_entry;
  std::ranges::copy_if(overrides, std::back_inserter(of_entry), [&](const std::string& change) {
    return knows(entry, change) || std::ranges::none_of(catalogue(), [&](const CatalogueEntry& other) {
             return knows(other, change);
           });
  });
  return of_entry;
}

/// Reports through options.status that work has begun, and on destruction that it is over.
class Status {
 public:
  Status(const PaperOptions& options, const char* line) : options_(options) { say(line); }
  ~Status() { say(""); }
  Status(const Status&) = delete;
  Status& operator=(const Status&) = delete;

 private:
  void say(const char* line) const {
    if (options_.status) options_.status(line);
  }

  const PaperOptions& options_;
};

/// Trains an experiment into a directory. root: what the directory is relative to; null: the process's
/// directory.
store::RunEnd train(const Experiment& experiment, const std::filesystem::path& directory,
                    const store::Directory* root, const PaperOptions& options) {
  store::RunOptions run{.directory = directory,
                        .threads = options.threads,
                        .overwrite = options.overwrite,
                        .stop = options.stop,
                        .root = root,
                        .warn = options.warn};
  if (options.progress) run.observers.push_back(store::progress_observer(experiment, options.progress()));
  return store::run_experiment(experiment, run);
}

/// Trains the main experiment into the plan's directory, then the companions below it, and loads all runs.
/// returns: the main directory; nothing when stopped.
std::optional<store::Directory> train_all(const PaperPlan& plan, const PaperOptions& options,
                                          std::vector<run::Run>& runs) {
  store::RunEnd main = train(plan.experiments.front(), plan.directories.front(), nullptr, options);
  if (main == store::Completion::kStopped) return std::nullopt;
  runs.push_back(store::load_run(main.directory));
  for (std::size_t i = 1; i < plan.experiments.size(); ++i) {
    const auto& below = plan.entry->companions[i - 1].directory;
    const store::RunEnd end = train(plan.experiments[i], below, &main.directory, options);
    if (end == store::Completion::kStopped) return std::nullopt;
    runs.push_back(store::load_run(end.directory));
  }
  return std::move(main.directory);
}

/// Carries out an entry that trains: runs, figures, claims. returns: false when stopped.
bool carry_out_experiments(const PaperPlan& plan, const PaperOptions& options, PaperResult& result) {
  const CatalogueEntry& entry = *plan.entry;
  std::vector<run::Run> runs;
  const auto directory = train_all(plan, options, runs);
  if (!directory) return false;
  for (const run::Run& run : runs) result.loss.push_back(run.loss);
  auto built = build_figures(entry, runs, options.stop);
  if (!built) return false;
  say_that_seed_was_chosen(*built, plan);
  write_figures(entry, *built, *directory);

  const Status status(options, "measuring the paper's claims ...");
  auto claims = entry.measure({.experiment = plan.request.experiment,
                               .quick = plan.request.quick,
                               .threads = options.threads,
                               .stop = options.stop});
  if (!claims) return false;
  result.report.claims = *std::move(claims);
  write_claims(result.report.claims, *directory);
  return true;
}

/// Carries out an entry that is a study. returns: false when stopped.
bool carry_out_study(const PaperPlan& plan, const PaperOptions& options, PaperResult& result) {
  const store::RunEnd end = [&] {
    const Status status(options, "measuring ...");
    return store::run_study(*plan.study, {.directory = plan.directories.front(),
                                          .overwrite = options.overwrite,
                                          .measure = {.threads = options.threads, .stop = options.stop},
                                          .warn = options.warn});
  }();
  if (end == store::Completion::kStopped) return false;
  const study::StudyRun run = store::load_study(end.directory);
  write_figures(*plan.entry, build_figures(*plan.entry, run), end.directory);
  if (auto losses = study::losses(run.result); !losses.empty()) result.loss.push_back(std::move(losses));
  result.report.claims = study_claims(run);
  write_claims(result.report.claims, end.directory);
  return true;
}

}  // namespace

PaperPlan plan_paper(const CatalogueEntry& entry, const std::filesystem::path& directory,
                     std::span<const std::string> overrides) {
  PaperPlan plan;
  plan.entry = &entry;
  plan.directories.push_back(directory);
  if (entry.is_study) {
    plan.study = resolve_study(entry, overrides);
    return plan;
  }
  plan.request = resolve(entry, overrides);
  plan.experiments.push_back(plan.request.experiment);
  for (std::size_t i = 0; i < entry.companions.size(); ++i) {
    plan.experiments.push_back(plan.request.companions[i]);
    plan.directories.push_back(directory / entry.companions[i].directory);
  }
  check_figures(entry, plan.experiments);
  return plan;
}

std::vector<PaperPlan> plan_every_paper(const std::filesystem::path& directory,
                                        std::span<const std::string> overrides) {
  std::vector<PaperPlan> plans;
  plans.reserve(catalogue().size());
  for (const CatalogueEntry& entry : catalogue())
    plans.push_back(plan_paper(entry, directory / entry.name, overrides_for(entry, overrides)));
  return plans;
}

std::optional<PaperResult> carry_out(const PaperPlan& plan, const PaperOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  const auto& directory = plan.directories.front();
  PaperResult result{.report = {.name = plan.entry->name,
                                .summary = plan.entry->summary,
                                .directory = directory.filename().string(),
                                .figures = plan.entry->figures,
                                .claims = {},
                                .notes = plan.entry->notes},
                     .directories = plan.directories};
  const bool done =
      plan.study ? carry_out_study(plan, options, result) : carry_out_experiments(plan, options, result);
  if (!done) return std::nullopt;
  result.report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

std::filesystem::path write_report(const std::vector<ReportEntry>& entries,
                                   const std::filesystem::path& directory) {
  auto page = directory / "index.html";
  store::write_whole(page, report_page(entries, kVersion));
  return page;
}

}  // namespace superpose::paper
