#include "apps/cli/hints.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "superpose/core/ascii.h"
#include "superpose/store/result_directory.h"

namespace superpose::cli {
namespace {

/// The path in the form that a shell reads back: quoted where needed.
std::string shell_word(const std::filesystem::path& path) {
  std::string text = path.string();
  const auto is_plain = [](char c) {
    return is_ascii_alphanumeric(c) || std::string_view("/._-+").find(c) != std::string_view::npos;
  };
  if (std::ranges::all_of(text, is_plain)) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

std::string resume_command(const std::filesystem::path& directory) {
  return fmt::format("superpose run {} --out {} --resume", shell_word(directory / store::kExperimentFile),
                     shell_word(directory));
}

std::string describe(const InvalidRequest& error) {
  Fault fault = error.fault();
  if (const auto* unfinished = dynamic_cast<const store::NotFinished*>(&error))
    fault.hint = fmt::format("finish it with `{}`", resume_command(unfinished->directory()));
  if (const auto* other = dynamic_cast<const store::CannotResume*>(&error)) {
    fault.hint = "start over with --overwrite in place of --resume";
    if (other->resumable())
      fault.hint = fmt::format("resume what is there with `{}`, or {}", resume_command(other->directory()),
                               fault.hint);
  }
  if (dynamic_cast<const store::OtherResults*>(&error) != nullptr)
    fault.hint = "replace what is there with --overwrite";
  if (dynamic_cast<const store::Interrupted*>(&error) != nullptr)
    fault.hint = "go on with it with --resume, or start over with --overwrite";
  return superpose::describe(fault, /*before_override=*/"--set ");
}

}  // namespace superpose::cli
