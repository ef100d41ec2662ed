#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "superpose/core/stop.h"
#include "superpose/experiment/experiment.h"
#include "superpose/paper/claims.h"
#include "superpose/study/study.h"

namespace superpose::paper {

/// A further run that an entry needs beside its main one: the same experiment with some changes. It is
/// written into a directory below the main run's.
struct Companion {
  std::string directory;               ///< "linear"
  std::vector<std::string> overrides;  ///< applied after the user's
};

/// What an entry's claims are measured with.
struct ClaimsRequest {
  const Experiment& experiment;  ///< the entry's, after the user's changes
  bool quick = false;
  int threads = 0;
  StopToken stop{};
};

/// One experiment of the paper, or a study that belongs to it.
struct CatalogueEntry {
  std::string name;                ///< "intro"
  std::string summary;             ///< one line for --list
  std::string toml;                ///< the experiment or study at full size
  std::vector<std::string> quick;  ///< overrides of `--set quick=true`, before the user's own
  std::vector<Companion> companions;
  std::vector<std::string> figures;  ///< figure kinds, first the main one
  /// Trains over many seeds and measures the claims. The same request gives the same claims. returns: nothing
  /// when stopped; an empty list when the user's overrides left an experiment that no claim is about.
  std::function<std::optional<Claims>(const ClaimsRequest&)> measure;
  /// Whether `toml` is a study. A study is measured instead of trained, and study_claims replaces `measure`.
  bool is_study = false;
  /// Sentences beside the claims that are true by arithmetic, so that nothing is measured.
  std::vector<std::string> notes{};
  /// What the picture says when the entry's seed was chosen for its results. Empty: it was not chosen.
  std::string chosen_seed{};
};

/// The name that asks for every entry. No entry has it.
inline constexpr std::string_view kEveryEntry = "all";

/// Every entry, in the paper's order.
std::span<const CatalogueEntry> catalogue();

/// The entry of that name. Errors: InvalidRequest that lists the names there are, kEveryEntry
/// among them.
const CatalogueEntry& find_catalogue_entry(std::string_view name);

/// What an entry is to train.
struct CatalogueRequest {
  Experiment experiment;
  std::vector<Experiment> companions;  ///< as the entry's companions
  bool quick = false;
};

/// The entry's experiment after `overrides` ("KEY=VALUE" as of --set; "quick=true" among them chooses the
/// quick version). Errors: as of parse_experiment.
CatalogueRequest resolve(const CatalogueEntry& entry, std::span<const std::string> overrides);

/// The study of an entry that is one, after `overrides` as in resolve(). Errors: as of parse_study.
study::Study resolve_study(const CatalogueEntry& entry, std::span<const std::string> overrides);

/// Whether "KEY=VALUE" changes something of this entry, "quick=true" included.
bool knows(const CatalogueEntry& entry, std::string_view override_text);

}  // namespace superpose::paper
