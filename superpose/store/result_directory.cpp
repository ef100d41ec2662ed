#include "superpose/store/result_directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ranges>
#include <sstream>
#include <utility>
#include <vector>

#include "superpose/core/ascii.h"

namespace superpose::store {
namespace {

namespace fs = std::filesystem;

/// The files of a kind of results, without its description.
struct ResultFiles {
  std::vector<std::string_view> in_order;  ///< in the order of writing; the last makes the directory whole
  std::vector<std::string_view> beside;    ///< files that may be there, too
  std::string_view below;                  ///< a directory that holds result directories; may be empty
};

const ResultFiles& files_of(const Description& description) {
  static const std::array<ResultFiles, std::variant_size_v<Description>> kFiles = {{
      {.in_order = {kHistoryFile, kRestartsFile, kModelFile},
       .beside = {kCheckpointFile, kClaimsFile},
       .below = kPartsDirectory},
      {.in_order = {kSweepFile}, .beside = {}, .below = kRunsDirectory},
      {.in_order = {kMeasurementsFile}, .beside = {kCheckpointFile, kClaimsFile}, .below = {}},
  }};
  return kFiles.at(description.index());
}

/// Every file that results of any kind may have, without the description.
constexpr std::array kEveryFile = {kModelFile,      kHistoryFile,      kRestartsFile,
                                   kCheckpointFile, kMeasurementsFile, kSweepFile,
                                   kClaimsFile,     kRunsDirectory,    kPartsDirectory};

/// Their names, that of the directory below among them.
std::vector<std::string_view> names_of(const ResultFiles& files) {
  std::vector<std::string_view> names = files.in_order;
  names.insert(names.end(), files.beside.begin(), files.beside.end());
  if (!files.below.empty()) names.push_back(files.below);
  return names;
}

/// Without a limit of memory: what was trained on a larger machine can be read, measured and drawn on this
/// one.
Description parse(const Directory& directory, const std::string& text) {
  return parse_description({.text = text, .file = (directory / kExperimentFile).string(), .overrides = {}});
}

/// A directory's description.
struct Described {
  Description description;
  bool is_ours;  ///< whether superpose wrote it: what somebody wrote has comments or lacks keys
};

/// returns: nothing where experiment.toml cannot be read as a description.
std::optional<Described> described(const Directory& directory) {
  try {
    const std::string text = directory.read_text(kExperimentFile);
    Description description = parse(directory, text);
    const bool is_ours = text == to_toml(description);
    return Described{std::move(description), is_ours};
  } catch (const InvalidRequest&) {
    return std::nullopt;
  }
}

/// Whether results are there, or a part of them.
bool has_results(const Directory& directory, const Description& description) {
  return std::ranges::any_of(names_of(files_of(description)),
                             [&](std::string_view name) { return directory.has(name); });
}

/// is_longer() of descriptions of one kind. Of a sweep all runs must be so.
bool are_longer(const Description& description, const Description& shorter) {
  if (const auto* experiment = std::get_if<Experiment>(&description))
    return is_longer(*experiment, std::get<Experiment>(shorter));
  const auto* sweep = std::get_if<Sweep>(&description);
  if (sweep == nullptr) return false;
  const auto& other = std::get<Sweep>(shorter);
  return sweep->points == other.points &&
         std::ranges::equal(sweep->runs, other.runs,
                            [](const Experiment& a, const Experiment& b) { return is_longer(a, b); });
}

/// The learning rate of every step depends on how many there are, unless it is constant.
Schedule schedule_of(const Description& description) {
  const auto* sweep = std::get_if<Sweep>(&description);
  if (sweep == nullptr) return std::get<Experiment>(description).train.schedule;
  const auto changing = std::ranges::find_if(
      sweep->runs, [](const Experiment& run) { return run.train.schedule != Schedule::kConstant; });
  return changing == sweep->runs.end() ? Schedule::kConstant : changing->train.schedule;
}

/// Why results of a description may not be written into a directory.
Fault not_replaceable(const Directory& directory, const Description& description, std::string got) {
  return {.place = {.kind = Place::Kind::kFile, .name = directory.path().string()},
          .expected = fmt::format("an empty directory or a {}'s", noun(description)),
          .got = std::move(got)};
}

/// Refuses to replace results of another kind, unless superpose wrote them and that is asked for.
void expect_other_replaceable(const Directory& directory, const Described& there,
                              const Description& description, Older older) {
  const std::string_view other = noun(there.description);
  const Fault fault = not_replaceable(directory, description, fmt::format("a {}'s", other));
  if (!there.is_ours) throw InvalidRequest(fault);
  if (older != Older::kOverwrite) throw OtherResults(fault);
  const auto replaced = names_of(files_of(there.description));
  for (const std::string_view name : names_of(files_of(description))) {
    if (std::ranges::find(replaced, name) != replaced.end() || !directory.has(name)) continue;
    throw InvalidRequest(
        not_replaceable(directory, description, fmt::format("one with {} that no {} wrote", name, other)));
  }
}

/// Whether results of the directory's own description are there, so that an older version of superpose may
/// have written it with fewer keys.
bool has_own_results(const Directory& directory, const Description& description) {
  return directory.has(files_of(description).in_order.back()) ||
         (!std::holds_alternative<Sweep>(description) && directory.has(kCheckpointFile));
}

/// Refuses a directory that has files of results and no description: a model from elsewhere.
void expect_no_results(const Directory& directory, const Description& description) {
  for (const std::string_view name : kEveryFile) {
    if (!directory.has(name)) continue;
    throw InvalidRequest(
        not_replaceable(directory, description, fmt::format("one with {} but no {}", name, kExperimentFile)));
  }
}

/// Why an experiment.toml that somebody wrote is not replaced.
Fault somebody_elses(const Directory& directory, const Description& description) {
  return not_replaceable(directory, description,
                         fmt::format("one with an {} that no {} wrote and that would be replaced",
                                     kExperimentFile, noun(description)));
}

/// The directory's description, which is there. Refuses one that cannot be read.
Described expect_described(const Directory& directory, const Description& description, Older older) {
  if (auto there = described(directory)) return *std::move(there);
  if (older == Older::kResume) (void)read_description(directory);  // says what is wrong with it
  throw InvalidRequest(somebody_elses(directory, description));
}

/// Refuses to replace results of another kind, and an experiment written by hand.
void expect_replaceable(const Directory& directory, const Described& there, const Description& description,
                        Older older) {
  const bool same_kind = there.description.index() == description.index();
  if (!same_kind) expect_other_replaceable(directory, there, description, older);
  if (same_kind && !there.is_ours && !has_own_results(directory, there.description))
    throw InvalidRequest(somebody_elses(directory, description));
}

/// The first `key = value` of a description that another lacks, for a message.
std::string first_line_only_in(const std::string& text, const std::string& other) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.find(" = ") != std::string::npos && ("\n" + other).find("\n" + line + "\n") == std::string::npos)
      return fmt::format("`{:.100}`", line);
  }
  return "nothing else";
}

/// What two descriptions of one kind differ in: of each the first line that the other lacks.
struct Difference {
  std::string asked, found;
};
Difference difference(const Description& asked, Description found) {
  // More steps are not what is in the way.
  const auto* own = std::get_if<Experiment>(&asked);
  auto* other = std::get_if<Experiment>(&found);
  if (own != nullptr && other != nullptr && own->train.steps > other->train.steps &&
      !are_longer(asked, found))
    other->train.steps = own->train.steps;
  const std::string of_asked = to_toml(asked), of_found = to_toml(found);
  return {.asked = first_line_only_in(of_asked, of_found), .found = first_line_only_in(of_found, of_asked)};
}

/// The runs of a description, below or in its directory, that are whole but cannot go on: they have no
/// checkpoint.
std::optional<std::string> run_without_checkpoint(const Directory& directory, const Description& there) {
  const auto lacks = [](const Directory& run) { return run.has(kModelFile) && !run.has(kCheckpointFile); };
  const auto* sweep = std::get_if<Sweep>(&there);
  if (sweep == nullptr) return lacks(directory) ? std::optional(directory.path().string()) : std::nullopt;
  for (std::size_t i = 0; i < sweep->runs.size(); ++i) {
    const auto run = Directory::open_if_there(sweep_run_path(i), &directory);
    if (run && lacks(*run)) return run->path().string();
  }
  return std::nullopt;
}

/// Refuses to make results longer that would have to be thrown away for it.
void expect_to_become_longer(const Directory& directory, const Description& there) {
  if (const auto run = run_without_checkpoint(directory, there)) {
    throw CannotResume({.place = {.kind = Place::Kind::kFile, .name = *run},
                        .expected = fmt::format("a {} to go on from", kCheckpointFile),
                        .got = "none"},
                       directory.path(), /*resumable=*/false);
  }
}

/// Expects results that the description goes on with. returns: whether they are shorter.
bool expect_resumable(const Directory& directory, const Description& there, const Description& description) {
  if (there == description) return false;
  const bool same_kind = there.index() == description.index();
  const bool longer = same_kind && are_longer(description, there);
  if (longer && schedule_of(description) == Schedule::kConstant) {
    expect_to_become_longer(directory, there);
    return true;
  }
  Fault fault{.place = {.kind = Place::Kind::kFile, .name = (directory / kExperimentFile).string()},
              .expected = fmt::format("a {} to resume", noun(description)),
              .got = fmt::format("a {}'s", noun(there))};
  if (longer) {
    fault.expected =
        "a constant schedule, the only one of which a longer run is the same up to the last step";
    fault.got = fmt::format("\"{}\"", name(schedule_of(description)));
  } else if (same_kind) {
    const auto [asked, found] = difference(description, there);
    fault.expected += " with " + asked;
    fault.got = "one with " + found;
  }
  const bool is_whole = directory.has(files_of(there).in_order.back());
  throw CannotResume(fault, directory.path(), /*resumable=*/same_kind && !is_whole);
}

/// Refuses to throw results away. returns: what there is.
Found keep(const Directory& directory, const Description& there, const Description& description) {
  if (!has_results(directory, there)) return Found::kNothing;
  Fault fault{.place = {.kind = Place::Kind::kFile, .name = directory.path().string()}};
  if (are_longer(description, there) && schedule_of(description) == Schedule::kConstant) {
    fault.problem = fmt::format("the {} there is the same with fewer steps", noun(description));
    throw Interrupted(fault);
  }
  if (there != description) {
    const auto [asked, found] = difference(description, there);
    fault.expected = fmt::format("an empty directory or a {} with {}", noun(description), asked);
    fault.got = "one with " + found;
    throw OtherResults(fault);
  }
  if (directory.has(files_of(description).in_order.back())) return Found::kWhole;
  fault.problem = fmt::format("the {} there is not finished", noun(description));
  throw Interrupted(fault);
}

/// Removes the files of a run. It begins with the file that makes the run whole and ends with its
/// description.
void remove_run(const Directory& run) {
  for (const auto file : {kModelFile, kHistoryFile, kRestartsFile, kCheckpointFile}) {
    run.remove_abandoned(file);
    run.remove(file);
  }
  remove_results_below(run, kPartsDirectory);
  run.remove(kExperimentFile);
}

/// What the figures of `paper` are called. A test of paper's holds that these are all kinds there are.
constexpr auto kFigures = std::to_array<std::string_view>(
    {"intro", "features", "dimensionality", "graph", "phase", "neurons", "inhibition", "sets", "dynamics",
     "animation", "pentagon", "vulnerability", "johnson-lindenstrauss", "packing", "compressed-sensing",
     "sweep"});
constexpr auto kFigureSuffixes = std::to_array<std::string_view>({".svg", ".pdf", ".png", ".html"});

/// Removes the figures of older results, which would pass for those of the new ones. Other pictures stay.
void remove_figures(const Directory& directory) {
  if (directory.link(kFiguresDirectory)) return;
  const auto figures = Directory::open_if_there(kFiguresDirectory, &directory);
  if (!figures) return;
  for (const std::string& name : figures->names()) {
    if (is_figure_name(name)) figures->remove(name);
  }
  directory.remove_empty(kFiguresDirectory);
}

/// Warns of a link that is about to be replaced by a file, because its maker may not expect that.
void warn_of_links(const Directory& directory, const ResultFiles& files, const Warn& warn) {
  if (!warn) return;
  std::vector<std::string_view> names = names_of(files);
  std::erase(names, files.below);
  names.push_back(kExperimentFile);
  for (const std::string_view name : names) {
    if (const auto target = directory.link(name)) {
      warn(fmt::format("{}: was a link to {}, which stays as it is: the link is replaced",
                       (directory / name).string(), target->string()));
    }
  }
}

/// Refuses to make a run of a sweep longer, which would then lack the sweep's own.
void expect_no_sweep_around(const fs::path& run) {
  fs::path path = fs::absolute(run).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();  // it ends in a slash
  const fs::path runs = path.parent_path(), sweep = runs.parent_path();
  if (runs.filename() != kRunsDirectory || !holds<Sweep>(sweep)) return;
  throw InvalidRequest({.place = {.kind = Place::Kind::kFile, .name = run.string()},
                        .expected = "a run of its own, or its sweep as a whole, to make longer",
                        .got = fmt::format("a run of the sweep in {}", sweep.string())});
}

}  // namespace

NotFinished::NotFinished(const fs::path& directory, std::string_view noun)
    : InvalidRequest({.place = {.kind = Place::Kind::kFile, .name = directory.string()},
                      .problem = fmt::format("the {} is not finished", noun)}),
      directory_(directory) {}

bool is_longer(const Experiment& experiment, const Experiment& shorter) {
  Experiment as_long = shorter;
  as_long.train.steps = experiment.train.steps;
  return experiment.train.steps > shorter.train.steps && as_long == experiment;
}

Older older_results(bool resume, bool overwrite) {
  if (resume && overwrite)
    throw InvalidRequest(
        {.place = argument_place("resume, overwrite"), .expected = "one of them", .got = "both"});
  if (resume) return Older::kResume;
  return overwrite ? Older::kOverwrite : Older::kKeep;
}

Found look(const Directory& directory, const Description& description, Older older) {
  if (!directory.has(kExperimentFile)) {
    expect_no_results(directory, description);
    return Found::kNothing;
  }
  const Described there = expect_described(directory, description, older);
  const bool shorter = older == Older::kResume && expect_resumable(directory, there.description, description);
  expect_replaceable(directory, there, description, older);
  if (older == Older::kOverwrite) return Found::kNothing;
  if (older == Older::kKeep) return keep(directory, there.description, description);
  if (!shorter) return directory.has(files_of(description).in_order.back()) ? Found::kWhole : Found::kBegun;
  if (!there.is_ours) throw InvalidRequest(somebody_elses(directory, description));
  return Found::kShorter;
}

Found look(const fs::path& path, const Directory* root, const Description& description, Older older) {
  const auto directory = Directory::open_if_there(path, root);
  try {
    const Found found = directory ? look(*directory, description, older) : Found::kNothing;
    if (found == Found::kShorter && root == nullptr) expect_no_sweep_around(path);
    return found;
  } catch (const Interrupted&) {
    (void)Directory::claim(path, root);  // refuses where somebody writes them now
    throw;
  }
}

Begun begin_results(const fs::path& path, const Directory* root, const Description& description, Older older,
                    const Warn& warn) {
  Directory directory = Directory::claim(path, root);
  Found found =
      look(directory, description, older);  // look again: from here on nobody else changes the directory
  const ResultFiles& files = files_of(description);
  for (const std::string_view name : files.in_order) directory.remove_abandoned(name);
  for (const std::string_view name : files.beside) directory.remove_abandoned(name);
  directory.remove_abandoned(kExperimentFile);
  if (found == Found::kNothing) start_afresh(directory, description, warn);
  if (found == Found::kShorter) {
    warn_of_links(directory, files, warn);
    directory.remove(files.in_order.back());
    directory.remove(kClaimsFile);
    remove_figures(directory);
    directory.write_whole(kExperimentFile, to_toml(description));
    found = Found::kBegun;
  }
  return {std::move(directory), found};
}

bool is_figure_name(std::string_view file) {
  const std::size_t dot = std::min(file.rfind('.'), file.size());
  return std::ranges::find(kFigures, file.substr(0, dot)) != kFigures.end() &&
         std::ranges::find(kFigureSuffixes, file.substr(dot)) != kFigureSuffixes.end();
}

void start_afresh(const Directory& directory, const Description& description, const Warn& warn) {
  const auto there = described(directory);
  const ResultFiles& files = files_of(there ? there->description : description);
  warn_of_links(directory, files, warn);
  for (const std::string_view name : std::views::reverse(files.in_order)) directory.remove(name);
  for (const std::string_view name : files.beside) directory.remove(name);
  if (!files.below.empty()) remove_results_below(directory, files.below);
  if (there) remove_figures(directory);
  directory.write_whole(kExperimentFile, to_toml(description));
}

void remove_results_below(const Directory& directory, std::string_view name) {
  const auto below = directory.link(name) ? std::nullopt : Directory::open_if_there(name, &directory);
  if (!below) return;
  for (const std::string& entry : below->names()) {
    if (below->link(entry) || entry.find_first_not_of("0123456789-") != std::string::npos) continue;
    const auto results = Directory::open_if_there(entry, &*below);
    if (!results || !results->has(kExperimentFile)) continue;
    remove_run(*results);
    below->remove_empty(entry);
  }
  directory.remove_empty(name);
}

Description read_description(const Directory& directory) {
  return parse(directory, directory.read_text(kExperimentFile));
}

Description expect_whole(const Directory& directory, std::string_view expected) {
  const auto refuse = [&](const std::string& got) {
    throw InvalidRequest({.place = {.kind = Place::Kind::kFile, .name = directory.path().string()},
                          .expected = fmt::format("a {} directory", expected),
                          .got = fmt::to_string(got)});
  };
  if (!directory.has(kExperimentFile)) refuse(fmt::format("one without {}", kExperimentFile));
  Description there = read_description(directory);
  if (noun(there) != expected) {
    const bool is_sweep = std::holds_alternative<Sweep>(there);
    refuse(is_sweep ? fmt::format("a sweep's: name one of {}", (directory / kRunsDirectory / "NNN").string())
                    : fmt::format("a {}'s", noun(there)));
  }
  if (!directory.has(files_of(there).in_order.back())) throw NotFinished(directory.path(), expected);
  return there;
}

std::optional<Description> find_description(const fs::path& path) {
  const auto directory = Directory::open_if_there(path);
  if (!directory || !directory->has(kExperimentFile)) return std::nullopt;
  auto there = described(*directory);
  if (!there) return std::nullopt;
  return std::move(there->description);
}

}  // namespace superpose::store
