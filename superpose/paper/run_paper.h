#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "superpose/core/stop.h"
#include "superpose/paper/catalogue.h"
#include "superpose/paper/report.h"
#include "superpose/store/result_directory.h"
#include "superpose/train/trainer.h"

namespace superpose::paper {

/// The formats that each figure of an entry is written in.
inline constexpr std::string_view kPaperFormats[] = {"svg", "pdf", "png", "html"};

/// What is to be done for an entry, and where: its experiment and companions, or its study.
struct PaperPlan {
  const CatalogueEntry* entry = nullptr;
  CatalogueRequest request{};
  std::vector<Experiment> experiments{};             ///< the main one, then the companions
  std::vector<std::filesystem::path> directories{};  ///< of each; of a study one
  std::optional<study::Study> study{};
};

/// Plans an entry into a directory: everything that can be refused is refused here, before anything is
/// written. overrides: "KEY=VALUE" as of --set, "quick=true" among them. Errors: InvalidRequest as of
/// resolve(), and where the entry's figures could not show what is left.
PaperPlan plan_paper(const CatalogueEntry& entry, const std::filesystem::path& directory,
                     std::span<const std::string> overrides);

/// Plans every entry, each into a directory of its name below this one. An override goes to the entries that
/// know it. Errors: InvalidRequest as above, and of an override that no entry knows.
std::vector<PaperPlan> plan_every_paper(const std::filesystem::path& directory,
                                        std::span<const std::string> overrides);

/// How to carry plans out.
struct PaperOptions {
  int threads = 0;  ///< 0: all of the machine's
  StopToken stop{};
  /// Makes the observers of a training that is about to begin, (every, observer). They are destroyed when it
  /// is over: what they hold, a progress bar for instance, lives that long.
  std::function<std::vector<std::pair<std::int64_t, Observer>>(const Experiment&)> observers{};
  /// Called with a line about what has begun that no observer sees, and with "" when that is over, however it
  /// ends. Must not throw.
  std::function<void(const char*)> status{};
  store::Warn warn{};  ///< as of store::RunOptions
};

/// What a plan came to.
struct PaperResult {
  ReportEntry report{};
  std::vector<std::filesystem::path> directories{};  ///< as the plan's
  std::vector<std::vector<float>>
      loss{};  ///< (directories, models); of a study, those of its toy models if it has any
};

/// Trains or measures, draws the figures and measures the claims, all of it written into the plan's
/// directories, the claims last. returns: nothing when stopped. Errors: InvalidRequest when a directory
/// cannot be written to or is in use; Error when a file cannot be written later on.
std::optional<PaperResult> carry_out(const PaperPlan& plan, const PaperOptions& options);

/// The page of many entries, index.html in the directory that theirs are in. returns: its path. Errors: Error
/// when it cannot be written.
std::filesystem::path write_report(const std::vector<ReportEntry>& entries,
                                   const std::filesystem::path& directory);

}  // namespace superpose::paper
