#include "apps/cli/figure_command.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "superpose/core/error.h"
#include "superpose/figures/figure_kinds.h"
#include "superpose/figures/order.h"
#include "superpose/run/table.h"
#include "superpose/store/figure_file.h"
#include "superpose/store/files.h"
#include "superpose/store/run_directory.h"
#include "superpose/store/run_study.h"
#include "superpose/store/run_sweep.h"

namespace superpose::cli {
namespace {

/// The text of --help below the options.
std::string kind_list() {
  std::string text = "Kinds:";
  for (const auto& kind : figures::figure_kinds())
    text += fmt::format("\n  {:32}{}", kind.name, kind.summary);
  return text + "\n\ndocs/figures.md explains what each shows, and what it does not.";
}

figures::Order order_of(const FigureCommand& command) {
  figures::Order order;
  if (!command.width.empty()) order.width = figures::parse_length("--width", command.width);
  if (!command.height.empty()) order.height = figures::parse_length("--height", command.height);
  if (command.font_size) order.font_size = *command.font_size;
  figures::check_font_size(order.font_size);
  if (!command.font.empty()) order.font = command.font;
  if (!command.theme.empty()) order.theme = figures::parse_theme(command.theme);
  if (!command.which.empty()) order.which = figures::parse_instances(command.which);
  if (command.title) order.title = *command.title == "none" ? "" : *command.title;
  return order;
}

drawing::Figure draw_sweep(const figures::FigureKind& kind, const FigureCommand& command,
                           const figures::Order& order) {
  const store::SweepResults sweep = store::load_sweep_results(command.directories.back());
  figures::SweepView view = command.view;
  view.name = sweep.runs.front().experiment.name;
  return figures::build_of_sweep(kind, make_table(sweep.points, sweep.runs), view, order);
}

drawing::Figure draw(const figures::FigureKind& kind, const FigureCommand& command) {
  const auto& directories = command.directories;
  const figures::Order order = order_of(command);
  figures::check_view(kind, command.view);
  if (directories.size() > 1 && !kind.takes_several) {
    throw InvalidRequest({.place = argument_place(fmt::format("figure {}", kind.name)),
                          .expected = "one directory",
                          .got = fmt::to_string(directories.size())});
  }
  if (store::holds<study::Study>(directories.back()))
    return figures::build_of_study(kind, store::load_study(directories.back()), order);
  if (kind.build_sweep != nullptr && store::holds<Sweep>(directories.back()))
    return draw_sweep(kind, command, order);
  std::vector<run::Run> runs;
  runs.reserve(directories.size());
  for (const auto& directory : directories) runs.push_back(store::load_run(directory));
  std::vector<const run::Run*> pointers;
  pointers.reserve(runs.size());
  for (const run::Run& run : runs) pointers.push_back(&run);
  // Nobody asks it to stop, so there is a figure.
  return build_of_runs(kind, pointers, {}, order).value();  // NOLINT(bugprone-unchecked-optional-access)
}

}  // namespace

void add_figure_command(CLI::App& app, Action& action) {
  auto command = std::make_shared<FigureCommand>();
  auto* sub = app.add_subcommand("figure", "Draw a finished run, sweep or study");
  sub->add_option("KIND", command->kind, "What to draw, one of the kinds below")->required()->type_name("");
  sub->add_option("RUN_DIR", command->directories,
                  "The directory of a run, sweep or study; of several runs, where the kind shows them side "
                  "by side, the "
                  "main one last")
      ->required()
      ->type_name("");
  sub->add_option("--out", command->out, "File to write: its suffix, svg, pdf, png or html, says how")
      ->required()
      ->type_name("FILE");
  sub->add_option("--width", command->width,
                  "Width of the figure: 3.25in, 8cm, 82mm or 234pt; inches without a unit")
      ->type_name("LENGTH");
  sub->add_option("--height", command->height, "Height of the figure, likewise")->type_name("LENGTH");
  sub->add_option("--font-size", command->font_size,
                  "Size of ticks and labels in points [8]; all else grows with it")
      ->type_name("POINTS");
  sub->add_option("--font", command->font, "Name of the font [DejaVu Sans]")->type_name("NAME");
  sub->add_option("--title", command->title, "Title of the figure, or none")->type_name("TEXT");
  sub->add_option("--theme", command->theme, "light or dark [light]")->type_name("NAME");
  sub->add_option("--which", command->which, "Instances to draw: 2 or 2,5 or 0-3,7")->type_name("LIST");
  sub->add_option("--dpi", command->file.dpi, "Pixels an inch, of a png [144]")
      ->type_name("NUMBER")
      ->check(CLI::Range(10, 2400));
  sub->add_flag("--outlines", command->file.outlines, "Draw the letters of an svg as shapes, not as text");
  auto& view = command->view;
  sub->add_option("--metric", view.metric,
                  "Of a sweep: what to show: loss, dimensions_per_feature, capacity, represented, ...; loss "
                  "unless given")
      ->type_name("NAME");
  sub->add_option("--x", view.x, "Of a sweep: the swept key along x; alone, the figure has lines")
      ->type_name("KEY");
  sub->add_option("--y", view.y, "Of a sweep: the swept key along y of a heat map")->type_name("KEY");
  sub->footer(kind_list());
  sub->callback([command, &action] { action = [command] { return figure(*command); }; });
}

int figure(const FigureCommand& command) {
  const figures::FigureKind& kind = figures::find_figure_kind(command.kind);
  store::check_format(command.out);
  const drawing::Figure drawn = draw(kind, command);
  store::make_directory_of(command.out);
  store::render(drawn, command.out, command.file);
  return kDone;
}

}  // namespace superpose::cli
