#include "apps/cli/figure_command.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/figures/figure_kinds.h"
#include "superpose/store/figure_file.h"
#include "superpose/store/files.h"
#include "superpose/store/run_directory.h"
#include "superpose/store/run_study.h"

namespace superpose::cli {
namespace {

/// The text of --help below the options.
std::string kind_list() {
  std::string text = "Kinds:";
  for (const auto& kind : figures::figure_kinds())
    text += fmt::format("\n  {:32}{}", kind.name, kind.summary);
  return text;
}

drawing::Figure draw(const figures::FigureKind& kind, const std::vector<std::filesystem::path>& directories) {
  if (directories.size() > 1 && !kind.takes_several) {
    throw InvalidRequest({.place = argument_place(fmt::format("figure {}", kind.name)),
                          .expected = "one directory",
                          .got = fmt::to_string(directories.size())});
  }
  if (store::holds<study::Study>(directories.back()))
    return figures::build_of_study(kind, store::load_study(directories.back()));
  std::vector<run::Run> runs;
  runs.reserve(directories.size());
  for (const auto& directory : directories) runs.push_back(store::load_run(directory));
  std::vector<const run::Run*> pointers;
  pointers.reserve(runs.size());
  for (const run::Run& run : runs) pointers.push_back(&run);
  // Nobody asks it to stop, so there is a figure.
  return build_of_runs(kind, pointers, {}).value();  // NOLINT(bugprone-unchecked-optional-access)
}

}  // namespace

void add_figure_command(CLI::App& app, Action& action) {
  auto command = std::make_shared<FigureCommand>();
  auto* sub = app.add_subcommand("figure", "Draw a finished run or study");
  sub->add_option("KIND", command->kind, "What to draw, one of the kinds below")->required()->type_name("");
  sub->add_option(
         "RUN_DIR", command->directories,
         "The directory of a run or study; of several runs, where the kind shows them side by side, the "
         "main one last")
      ->required()
      ->type_name("");
  sub->add_option("--out", command->out, "File to write: its suffix, svg, pdf, png or html, says how")
      ->required()
      ->type_name("FILE");
  sub->footer(kind_list());
  sub->callback([command, &action] { action = [command] { return figure(*command); }; });
}

int figure(const FigureCommand& command) {
  const figures::FigureKind& kind = figures::find_figure_kind(command.kind);
  store::check_format(command.out);
  const drawing::Figure drawn = draw(kind, command.directories);
  store::make_directory_of(command.out);
  store::render(drawn, command.out);
  return kDone;
}

}  // namespace superpose::cli
