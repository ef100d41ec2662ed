#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "superpose/core/stop.h"
#include "superpose/paper/catalogue.h"
#include "superpose/paper/report.h"
#include "superpose/store/carry_out.h"

namespace superpose::paper {

/// The formats that each figure of an entry is written in.
inline constexpr std::string_view kPaperFormats[] = {"svg", "pdf", "png", "html"};

/// What to carry out for an entry, and where: its experiment and companions, or its study.
struct PaperPlan {
  const CatalogueEntry* entry = nullptr;
  std::vector<std::string> overrides{};
  CatalogueRequest request{};
  std::vector<Experiment> experiments{};             ///< the main one, then the companions
  std::vector<std::filesystem::path> directories{};  ///< one for each experiment, or one for the study
  std::optional<study::Study> study{};
};

/// Plans an entry into a directory. Whatever can be refused is refused here, before anything is written.
/// overrides: "KEY=VALUE"; "quick=true" chooses the quick version. Errors: InvalidRequest as of resolve(),
/// and when the entry's figures could not show the experiment that the overrides leave.
PaperPlan plan_paper(const CatalogueEntry& entry, const std::filesystem::path& directory,
                     std::span<const std::string> overrides);

/// Plans every entry, each into a directory of its own name below `directory`. An override goes to the
/// entries that know its key. Errors: InvalidRequest as of plan_paper, and when no entry knows an override.
std::vector<PaperPlan> plan_every_paper(const std::filesystem::path& directory,
                                        std::span<const std::string> overrides);

/// How to carry out plans. All functions are called on the thread that carries them out.
struct PaperOptions {
  int threads = 0;         ///< 0: one for each hardware thread
  bool resume = false;     ///< go on with what the directories hold
  bool overwrite = false;  ///< replace what superpose wrote there, of whatever kind
  StopToken stop{};
  /// Makes what is told the progress of a training that is about to begin. It is destroyed when the training
  /// is over, so what it holds, such as a progress bar, lives until then.
  std::function<store::TellProgress()> progress{};
  /// Called with a line of text when work begins that tells no progress, and with "" when that work is over,
  /// however it ends. Must not throw.
  std::function<void(const char*)> status{};
  store::Warn warn{};  ///< as of store::RunOptions
};

/// What carrying out a plan left.
struct PaperResult {
  ReportEntry report{};
  std::vector<std::filesystem::path> directories{};  ///< those of the plan
  /// (directories, models): the final losses. Empty for a study that trains no models.
  std::vector<std::vector<float>> loss{};
  bool was_there = false;  ///< whether nothing had to be trained, or of a study measured
};

/// Checks that the plan's directories can be written as the options ask, before the first of them is changed.
/// Errors: as of store::look.
void check_directories(const PaperPlan& plan, const PaperOptions& options);

/// Trains the plan's experiments or measures its study, draws the figures and measures the claims. Everything
/// is written into the plan's directories, the claims last. What is whole already is not trained or measured
/// again. returns: nothing when stopped. Errors: as of store::run_experiment; InvalidRequest when a directory
/// cannot be written to or is in use; Error when a file cannot be written later on.
std::optional<PaperResult> carry_out(const PaperPlan& plan, const PaperOptions& options);

/// Writes the page of many entries as index.html. directory: the one that holds the entries' directories.
/// returns: the page's path. Errors: Error when it cannot be written.
std::filesystem::path write_report(const std::vector<ReportEntry>& entries,
                                   const std::filesystem::path& directory);

}  // namespace superpose::paper
