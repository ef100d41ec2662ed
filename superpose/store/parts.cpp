#include "superpose/store/parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "superpose/core/error.h"
#include "superpose/experiment/toml_reader.h"
#include "superpose/store/run_tensors.h"
#include "superpose/store/train_members.h"
#include "superpose/train/restarts.h"

namespace superpose::store {
namespace {

using safetensors::File;

/// A file of a part that has only its metadata.
File part_file(const Experiment& experiment, const MemberRange& members) {
  File file;
  add_provenance(file, experiment, members);
  return file;
}

void write_part(const Experiment& experiment, const MemberRange& members, const TrainedMembers& part,
                const Directory& directory) {
  File history = part_file(experiment, members);
  add_history(history, part.history, members.size());
  directory.write_whole(kHistoryFile, safetensors::serialise(history));
  File model = part_file(experiment, members);
  add_model(model, part.model);
  model.add("loss", {members.size()}, part.loss);
  directory.write_whole(kModelFile, safetensors::serialise(model));
  directory.remove(kCheckpointFile);
}

/// Refuses a file whose metadata do not name this experiment, these members and this version. Other versions
/// may have other bits.
void expect_part(const File& file, const Experiment& experiment, const MemberRange& members) {
  for (const auto& [key, expected] : part_file(experiment, members).metadata) {
    const auto got = file.metadata.find(key);
    if (got != file.metadata.end() && got->second == expected) continue;
    throw InvalidRequest({.key = fmt::format("metadata {}", key),
                          .expected = expected,
                          .got = got == file.metadata.end() ? "none" : on_one_line(got->second)});
  }
}

void expect_experiment(const Directory& part, const Experiment& experiment) {
  if (std::get<Experiment>(expect_whole(part, "run")) == experiment) return;
  throw InvalidRequest({.place = {.kind = Place::Kind::kFile, .name = (part / kExperimentFile).string()},
                        .expected = "the experiment of the run that it is a part of",
                        .got = "another"});
}

TrainedMembers read_part(const Experiment& experiment, const MemberRange& members, const Directory& run) {
  const Directory part = Directory::open(part_path(members), &run);
  expect_experiment(part, experiment);
  auto trained = with_tensors(part, kModelFile, [&](const File& file) {
    expect_part(file, experiment, members);
    return TrainedMembers{
        .model = read_model(file, experiment.model.kind, shape_of_members(experiment, members)),
        .loss = file.floats("loss", std::array{members.size()}),
        .history = {}};
  });
  trained.history = with_tensors(part, kHistoryFile, [&](const File& file) {
    expect_part(file, experiment, members);
    return read_history(file, experiment, experiment.train.steps, members.size());
  });
  return trained;
}

/// The members that a name such as "0-12" stands for. returns: nothing for a name that name_of does not give.
std::optional<MemberRange> parse_members(const std::string& name) {
  MemberRange members;
  const char* const end = name.data() + name.size();
  const auto first = std::from_chars(name.data(), end, members.begin);
  if (first.ec != std::errc() || first.ptr == end) return std::nullopt;
  const auto last = std::from_chars(first.ptr + 1, end, members.end);
  if (last.ec != std::errc() || name_of(members) != name) return std::nullopt;
  return members;
}

/// Checks that each member is in exactly one part. parts: sorted. Errors: InvalidRequest when one is not.
void expect_each_once(std::span<const MemberRange> parts, std::int64_t n_members, const Directory& run) {
  const auto refuse = [&](const std::string& got) {
    throw InvalidRequest({.place = {.kind = Place::Kind::kFile, .name = (run / kPartsDirectory).string()},
                          .expected = fmt::format("each of the run's {} members in one part", n_members),
                          .got = got});
  };
  std::int64_t next = 0;
  for (const MemberRange& part : parts) {
    if (part.begin > next) refuse(fmt::format("no part with member {}", next));
    if (part.begin < next)
      refuse(fmt::format("member {} in {} and in the part before", part.begin, name_of(part)));
    next = part.end;
  }
  if (next < n_members) refuse(fmt::format("no part with member {}", next));
  if (next > n_members) refuse(fmt::format("a part with member {}", next - 1));
}

TrainedMembers join(std::span<const TrainedMembers> parts) {
  std::vector<const Model*> models;
  std::vector<const History*> histories;
  std::vector<float> loss;
  for (const TrainedMembers& part : parts) {
    models.push_back(&part.model);
    histories.push_back(&part.history);
    loss.insert(loss.end(), part.loss.begin(), part.loss.end());
  }
  return {.model = join_instances(models), .loss = std::move(loss), .history = join_histories(histories)};
}

/// Opens the run's directory for a part, and writes the run's description where it is missing. returns:
/// nothing where the run is whole.
std::optional<Directory> open_run(const Description& description, const RunOptions& options) {
  Directory run = Directory::share(options.directory, options.root);
  const Found found = look(run, description, Older::kResume);
  if (found == Found::kWhole) return std::nullopt;
  if (found == Found::kNothing) run.write_whole(kExperimentFile, to_toml(description));
  return run;
}

}  // namespace

std::string part_path(const MemberRange& members) {
  return fmt::format("{}/{}", kPartsDirectory, name_of(members));
}

std::vector<MemberRange> split_members(const Experiment& experiment, std::int64_t n_parts) {
  const std::int64_t members = all_members(experiment).size();
  const std::int64_t n = std::min(n_parts, members);
  std::vector<MemberRange> parts;
  for (std::int64_t part = 0; part < n; ++part)
    parts.push_back({.begin = members * part / n, .end = members * (part + 1) / n});
  return parts;
}

Completion train_part(const Experiment& experiment, const MemberRange& members, const RunOptions& options) {
  const Description description = experiment;
  // Check the whole request before the first file changes.
  const Older older = older_results(options.resume, options.overwrite);
  const auto path = options.directory / part_path(members);
  if (look(options.directory, options.root, description, Older::kResume) == Found::kWhole ||
      look(path, options.root, description, older) == Found::kWhole)
    return Completion::kAlreadyDone;
  MemberTraining training(experiment, members, options);
  const auto run = open_run(description, options);
  if (!run) return Completion::kAlreadyDone;
  const auto [part, found] = begin_results(part_path(members), &*run, description, older, options.warn);
  if (found == Found::kWhole) return Completion::kAlreadyDone;
  const auto trained = training.train(part);
  if (!trained) return Completion::kStopped;
  write_part(experiment, members, *trained, part);
  return Completion::kFinished;
}

std::vector<MemberRange> whole_parts(const Directory& run) {
  std::vector<MemberRange> whole;
  const auto parts = Directory::open_if_there(kPartsDirectory, &run);
  if (!parts) return whole;
  for (const std::string& name : parts->names()) {
    const auto members = parse_members(name);
    const auto part = members ? Directory::open_if_there(name, &*parts) : std::nullopt;
    if (part && part->has(kModelFile)) whole.push_back(*members);
  }
  std::ranges::sort(whole, {}, &MemberRange::begin);
  return whole;
}

run::Run join_parts(const Experiment& experiment, std::span<const MemberRange> parts, const Directory& run) {
  std::vector<MemberRange> in_order(parts.begin(), parts.end());
  std::ranges::sort(in_order, {}, &MemberRange::begin);
  expect_each_once(in_order, all_members(experiment).size(), run);
  std::vector<TrainedMembers> trained;
  for (const MemberRange& part : in_order) trained.push_back(read_part(experiment, part, run));
  return make_run(experiment, join(trained));
}

RunEnd join_run(const std::filesystem::path& directory, const Directory* root) {
  Directory run = Directory::open(directory, root);
  run.claim_alone();
  const Description description = read_description(run);
  const auto* experiment = std::get_if<Experiment>(&description);
  if (experiment == nullptr) {
    throw InvalidRequest({.place = {.kind = Place::Kind::kFile, .name = run.path().string()},
                          .expected = "a run directory",
                          .got = fmt::format("a {}'s", noun(description))});
  }
  if (look(run, description, Older::kResume) == Found::kWhole)
    return {Completion::kAlreadyDone, std::move(run)};
  finish_run(join_parts(*experiment, whole_parts(run), run), run);
  run.remove(kCheckpointFile);  // of a run that was trained at once, before
  return {Completion::kFinished, std::move(run)};
}

}  // namespace superpose::store
