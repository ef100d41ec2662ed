#include "superpose/store/description.h"

#include <array>
#include <utility>

#include "superpose/experiment/experiment_keys.h"
#include "superpose/experiment/toml_reader.h"
#include "superpose/study/study_document.h"

namespace superpose::store {

Description parse_description(const ExperimentSource& source) {
  TomlDocument document{.table = parse_toml(source.text, source.file), .file = source.file};
  if (document.table.contains("study")) return study::parse_study(std::move(document), source);
  if (document.table.contains("sweep")) return parse_sweep(document, source);
  return parse_experiment(std::move(document), source);
}

std::string to_toml(const Description& description) {
  if (const auto* sweep = std::get_if<Sweep>(&description)) return sweep->toml;
  if (const auto* study = std::get_if<study::Study>(&description)) return study::to_toml(*study);
  return superpose::to_toml(std::get<Experiment>(description));
}

std::string_view noun(const Description& description) {
  constexpr std::array<std::string_view, std::variant_size_v<Description>> kNouns = {"run", "sweep", "study"};
  return kNouns.at(description.index());
}

}  // namespace superpose::store
