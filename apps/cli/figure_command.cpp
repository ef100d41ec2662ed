#include "apps/cli/figure_command.h"

#include <fmt/format.h>

#include <array>
#include <memory>
#include <string>

#include "superpose/core/error.h"
#include "superpose/experiment/files.h"
#include "superpose/experiment/run_directory.h"
#include "superpose/experiment/run_study.h"
#include "superpose/figures/figure_kinds.h"
#include "superpose/figures/render.h"

namespace superpose::cli {
namespace {

/// What --help says below the options.
std::string kind_list() {
  std::string text = "Kinds:";
  for (const auto& kind : figures::figure_kinds())
    text += fmt::format("\n  {:32}{}", kind.name, kind.summary);
  return text;
}

figures::Figure draw(const figures::FigureKind& kind, const std::filesystem::path& directory) {
  if (is_study_directory(directory)) return figures::build_of_study(kind, load_study(directory));
  const Run run = load_run(directory);
  return kind.build(std::array{&run});
}

}  // namespace

void add_figure_command(CLI::App& app, Action& action) {
  auto command = std::make_shared<FigureCommand>();
  auto* sub = app.add_subcommand("figure", "Draw a finished run or study");
  sub->add_option("KIND", command->kind, "What to draw, one of the kinds below")->required()->type_name("");
  sub->add_option("RUN_DIR", command->directory, "The directory of a run or study")
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
  figures::check_format(command.out);
  if (std::error_code ignored; std::filesystem::is_directory(command.out, ignored)) {
    throw InvalidRequest(command.out.string() + ": expected a file, got a directory");
  }
  const figures::Figure drawn = draw(kind, command.directory);
  make_writable_directory(std::filesystem::absolute(command.out).parent_path());
  figures::render(drawn, command.out);
  return kDone;
}

}  // namespace superpose::cli
