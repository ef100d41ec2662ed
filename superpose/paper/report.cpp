#include "superpose/paper/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "superpose/drawing/web/html_text.h"

namespace superpose::paper {
namespace {

constexpr std::string_view kHead = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Toy Models of Superposition, measured</title>
<style>
body { margin: 0 auto; max-width: 62rem; padding: 2rem 1rem 4rem; background: #fff; color: #262626;
       font: 15px/1.5 "DejaVu Sans", Verdana, Arial, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .4rem; }
h2 { font-size: 1.2rem; margin: 3rem 0 .2rem; border-top: 1px solid #ddd; padding-top: 1.2rem; }
p { margin: .3rem 0 .8rem; }
a { color: #2166ac; }
img { display: block; max-width: 100%; margin: 1rem 0 .3rem; }
table { border-collapse: collapse; width: 100%; font-size: 13px; margin: 1rem 0 .4rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid #e5e5e5; }
th { font-weight: 600; color: #666; }
td.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.holds { color: #1b7837; white-space: nowrap; }
.fails { color: #b2182b; white-space: nowrap; font-weight: 600; }
.faint { color: #666; font-size: 13px; }
nav { margin: 1rem 0; }
</style>
</head>
<body>
)";

std::string duration(double seconds) {
  if (seconds < 60) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<int>(seconds);
  return fmt::format("{} min {} s", whole / 60, whole % 60);
}

std::ptrdiff_t held(const Claims& claims) {
  return std::ranges::count_if(claims, &Claim::holds);
}

std::string claims_table(const Claims& claims) {
  std::string text =
      "<table>\n<tr><th>claim</th><th>expected</th><th>measured</th><th></th><th>models</th></tr>\n";
  for (const Claim& claim : claims) {
    text += fmt::format(
        "<tr><td>{}</td><td>{}</td><td class=\"number\">{}</td><td class=\"{}\">{}</td><td "
        "class=\"number\">{}</td></tr>\n",
        drawing::html_escaped(claim.claim), drawing::html_escaped(claim.expected()), measured_text(claim),
        claim.holds() ? "holds" : "fails", claim.holds() ? "holds" : "does not hold", claim.seeds);
  }
  return text + "</table>\n";
}

std::string section(const ReportEntry& entry) {
  const std::string directory = drawing::html_escaped(entry.directory);
  std::string text = fmt::format("<h2 id=\"{0}\">{0}</h2>\n<p>{1}</p>\n", drawing::html_escaped(entry.name),
                                 drawing::html_escaped(entry.summary));
  for (const std::string& figure : entry.figures) {
    const std::string path = fmt::format("{}/figures/{}", directory, drawing::html_escaped(figure));
    text += fmt::format(
        "<a href=\"{0}.html\"><img src=\"{0}.svg\" alt=\"{1}\"></a>\n<p class=\"faint\"><a "
        "href=\"{0}.html\">interactive</a> · <a href=\"{0}.pdf\">pdf</a> · <a href=\"{0}.png\">png</a></p>\n",
        path, drawing::html_escaped(entry.summary));
  }
  text += entry.claims.empty() ? "<p>No claim of the paper is about this experiment.</p>\n"
                               : claims_table(entry.claims);
  for (const std::string& note : entry.notes) text += fmt::format("<p>{}</p>\n", drawing::html_escaped(note));
  return text +
         fmt::format(
             "<p class=\"faint\">{} · <a href=\"{}/experiment.toml\">experiment.toml</a>, to run it again "
             "· <a href=\"{}/claims.json\">claims.json</a></p>\n",
             duration(entry.seconds), directory, directory);
}

}  // namespace

std::string report_page(const std::vector<ReportEntry>& entries, std::string_view version) {
  std::size_t claims = 0;
  std::ptrdiff_t hold = 0;
  double seconds = 0;
  std::string links;
  for (const ReportEntry& entry : entries) {
    claims += entry.claims.size();
    hold += held(entry.claims);
    seconds += entry.seconds;
    links += fmt::format("{}<a href=\"#{}\">{}</a>", links.empty() ? "" : " · ",
                         drawing::html_escaped(entry.name), drawing::html_escaped(entry.name));
  }
  std::string text(kHead);
  text += fmt::format(
      "<h1>Toy Models of Superposition, measured</h1>\n<p>{} experiments after <a "
      "href=\"https://transformer-circuits.pub/2022/toy_model/index.html\">Elhage et al. (2022)</a>, {} of "
      "whose {} "
      "claims hold here. Trained, measured and drawn by superpose {} in {}. Its docs/figures.md says what "
      "each figure shows, mark by mark.</p>\n"
      "<nav>{}</nav>\n",
      entries.size(), hold, claims, drawing::html_escaped(version), duration(seconds), links);
  for (const ReportEntry& entry : entries) text += section(entry);
  return text + "</body>\n</html>\n";
}

}  // namespace superpose::paper
