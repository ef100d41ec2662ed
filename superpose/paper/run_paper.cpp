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
/// only_missing: leaves those that are there as they are.
void write_figures(const CatalogueEntry& entry, const std::vector<drawing::Figure>& built,
                   const store::Directory& results, bool only_missing) {
  const auto directory = store::Directory::make(store::kFiguresDirectory, &results);
  for (std::size_t i = 0; i < built.size(); ++i) {
    for (const std::string_view format : kPaperFormats) {
      const std::string name = fmt::format("{}.{}", entry.figures[i], format);
      if (only_missing && directory.has(name)) continue;
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
                        .resume = options.resume,
                        .overwrite = options.overwrite,
                        .stop = options.stop,
                        .root = root,
                        .warn = options.warn};
  if (options.progress) run.observers.push_back(store::progress_observer(experiment, options.progress()));
  return store::run_experiment(experiment, run);
}

/// The runs of an entry.
struct Trained {
  store::Directory directory;  ///< of the main one
  std::vector<run::Run> runs;  ///< the main one, then the companions
  bool were_there;             ///< whether all were whole before
};

/// Trains the main experiment into the plan's directory, then the companions below it, and loads all runs.
/// returns: nothing when stopped.
std::optional<Trained> train_all(const PaperPlan& plan, const PaperOptions& options) {
  using store::Completion;
  store::RunEnd main = train(plan.experiments.front(), plan.directories.front(), nullptr, options);
  if (main == Completion::kStopped) return std::nullopt;
  Trained trained{.directory = std::move(main.directory),
                  .runs = {},
                  .were_there = main.completion == Completion::kAlreadyDone};
  trained.runs.push_back(store::load_run(trained.directory));
  for (std::size_t i = 1; i < plan.experiments.size(); ++i) {
    const auto& below = plan.entry->companions[i - 1].directory;
    const store::RunEnd end = train(plan.experiments[i], below, &trained.directory, options);
    if (end == Completion::kStopped) return std::nullopt;
    trained.runs.push_back(store::load_run(end.directory));
    trained.were_there = trained.were_there && end == Completion::kAlreadyDone;
  }
  return trained;
}

/// Whether the quick version of a plan and the full one train the same. Their claims differ all the same.
bool is_the_same_quick_or_not(const PaperPlan& plan) {
  std::vector<std::string> overrides = plan.overrides;
  overrides.push_back(fmt::format("quick={}", !plan.request.quick));
  try {
    return resolve(*plan.entry, overrides).experiment == plan.request.experiment;
  } catch (const InvalidRequest&) {
    return false;
  }
}

/// The claims that were measured when these runs were trained; nothing where there are none, or where their
/// file may be of another request.
std::optional<Claims> measured_before(const PaperPlan& plan, const Trained& trained) {
  const store::Directory& directory = trained.directory;
  if (!trained.were_there || !directory.has(store::kClaimsFile) || is_the_same_quick_or_not(plan) ||
      !store::is_of_this_version(directory))
    return std::nullopt;
  auto claims = claims_from_json(directory.read_text(store::kClaimsFile));
  return claims && !claims->empty() ? std::move(claims)
                                    : std::nullopt;  // whether none is about it is soon said
}

/// Carries out an entry that trains: runs, figures, claims. returns: false when stopped.
bool carry_out_experiments(const PaperPlan& plan, const PaperOptions& options, PaperResult& result) {
  const CatalogueEntry& entry = *plan.entry;
  const auto trained = train_all(plan, options);
  if (!trained) return false;
  result.was_there = trained->were_there;
  for (const run::Run& run : trained->runs) result.loss.push_back(run.loss);
  auto built = build_figures(entry, trained->runs, options.stop);
  if (!built) return false;
  say_that_seed_was_chosen(*built, plan);
  write_figures(entry, *built, trained->directory, /*only_missing=*/trained->were_there);

  if (auto before = measured_before(plan, *trained)) {
    result.report.claims = *std::move(before);
    return true;
  }

  const Status status(options, "measuring the paper's claims ...");
  auto claims = entry.measure({.experiment = plan.request.experiment,
                               .quick = plan.request.quick,
                               .threads = options.threads,
                               .stop = options.stop});
  if (!claims) return false;
  result.report.claims = *std::move(claims);
  write_claims(result.report.claims, trained->directory);
  return true;
}

/// Carries out an entry that is a study. returns: false when stopped.
bool carry_out_study(const PaperPlan& plan, const PaperOptions& options, PaperResult& result) {
  const store::RunEnd end = [&] {
    const Status status(options, "measuring ...");
    return store::run_study(*plan.study, {.directory = plan.directories.front(),
                                          .resume = options.resume,
                                          .overwrite = options.overwrite,
                                          .measure = {.threads = options.threads, .stop = options.stop},
                                          .warn = options.warn});
  }();
  if (end == store::Completion::kStopped) return false;
  result.was_there = end == store::Completion::kAlreadyDone;
  const study::StudyRun run = store::load_study(end.directory);
  write_figures(*plan.entry, build_figures(*plan.entry, run), end.directory,
                /*only_missing=*/result.was_there);
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
  plan.overrides.assign(overrides.begin(), overrides.end());
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

void check_directories(const PaperPlan& plan, const PaperOptions& options) {
  const auto older = store::older_results(options.resume, options.overwrite);
  if (plan.study) store::look(plan.directories.front(), nullptr, *plan.study, older);
  for (std::size_t i = 0; i < plan.experiments.size(); ++i)
    store::look(plan.directories[i], nullptr, plan.experiments[i], older);
}

std::optional<PaperResult> carry_out(const PaperPlan& plan, const PaperOptions& options) {
  check_directories(plan, options);
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
