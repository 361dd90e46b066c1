/// @file
/// The page of selfsame report.
#include "report_page.hpp"
#include "html.hpp"
#include "image_charts.hpp"
#include "line_chart.hpp"
#include "report_style.hpp"

#include <selfsame/core/version.hpp>

#include <map>
#include <tuple>

namespace selfsame::program {

namespace {

// Names and attributes are ours, what is inside is HTML.
std::string element(const char* name, const std::string& inside, const std::string& kind = "") {
  return std::string("<") + name + (kind.empty() ? "" : " class=\"" + kind + "\"") + ">" + inside +
         "</" + name + ">";
}
std::string heading(const char* title) { return element("h2", title) + "\n"; }
std::string missing(const std::string& sentence) {
  return element("p", escaped(sentence), "missing") + "\n";
}
std::string figure(const std::string& picture, const std::string& caption) {
  return element("figure",
                 element("div", picture, "card") + "\n" + element("figcaption", caption)) +
         "\n";
}
std::string percent(double share, int digits) { return fixed(100 * share, digits) + " %"; }

std::string duration(double seconds) {
  const auto s = static_cast<Index>(std::llround(seconds));
  if (s < 60) return std::to_string(s) + " s";
  if (s < 3600) return std::to_string(s / 60) + " min " + std::to_string(s % 60) + " s";
  return grouped(s / 3600) + " h " + std::to_string(s / 60 % 60) + " min";
}

std::string last_part(std::string path) {
  while (path.ends_with('/')) path.pop_back();
  return path.substr(path.rfind('/') + 1);
}

// "2026-12-01T12:00:00Z" as "2026-12-01, 12:00 UTC"; else as it is.
std::string time_text(const std::string& iso) {
  if (iso.size() != 20 || iso[10] != 'T') return escaped(iso);
  return "<time datetime=\"" + escaped(iso) + "\">" + escaped(iso.substr(0, 10)) + ", " +
         escaped(iso.substr(11, 5)) + " UTC</time>";
}

std::string labels_text(const Evaluation& e) {
  return e.labels_a_class > 0 ? grouped(e.labels_a_class) + " a class" : "all " + grouped(e.labels);
}

std::string facts(const RunPage& run) {
  std::string all;
  const auto fact = [&](const std::string& name, const std::string& value,
                        const std::string& about) {
    all += element("div", element("dt", escaped(name)) +
                              element("dd", value + " " + element("small", escaped(about))));
  };
  std::map<std::string, const Evaluation*> best;
  if (run.evaluations.found)
    for (const Evaluation& e : *run.evaluations.found)
      if (const Evaluation*& b = best[e.judge]; b == nullptr || e.accuracy > b->accuracy) b = &e;
  for (const auto& [judge, e] : best)
    fact("Accuracy, " + judge, percent(e->accuracy, 1), "labels: " + labels_text(*e));
  if (run.curves.found)
    for (const Curve& c : *run.curves.found)
      if (c.noisy && !c.from_zero)
        fact(c.title + " at the end",
             rounded(tail_mean(c.values, smoothing_width(c.values.size()))), c.unit);
  if (run.speed > 0) fact("Speed", rounded(run.speed), "images a second");
  if (run.seconds > 0) fact("Time", duration(run.seconds), "of training");
  return all.empty() ? "" : element("dl", all, "facts") + "\n";
}

std::string head(const RunPage& run) {
  std::string lead =
      escaped(run.encoder) + " · " + grouped(run.samples) + " images of " + escaped(run.image);
  if (run.progress.found)
    lead += " · step " + grouped(run.progress.found->first) + " of " +
            grouped(run.progress.found->second);
  if (run.starts.found && !run.starts.found->empty())
    lead += " · " + time_text(run.starts.found->front().time);
  return element("p", "selfsame · report of a training", "over") + "\n" +
         element("h1", escaped(run.method + " on " + last_part(run.data))) + "\n" +
         element("p", lead, "lead") + "\n" + facts(run);
}

std::string curves(const RunPage& run) {
  std::string s = heading("Curves");
  if (!run.curves.found) return s + missing(run.curves.missing);
  std::vector<double> resumes;
  if (run.starts.found)
    for (const Start& start : *run.starts.found)
      if (start.step > 0) resumes.push_back(static_cast<double>(start.step));
  std::string charts;
  std::size_t entries = 0, lost = 0;
  for (const Curve& c : *run.curves.found) {
    const std::string chart = line_chart(c, resumes);
    const auto bad =
        std::count_if(c.values.begin(), c.values.end(), [](double v) { return !std::isfinite(v); });
    lost += static_cast<std::size_t>(bad);
    entries = std::max(entries, c.values.size());
    charts += element(
        "div",
        element("h3", element("div", escaped(c.title) + " " + element("span", escaped(c.unit))) +
                          element("b", rounded(c.values.back()))) +
            (chart.empty() ? missing("No value is finite.") : chart),
        "card");
  }
  std::string caption = "Against the step: " + grouped(static_cast<Index>(entries)) +
                        " entries of the log, faint, and their running mean over " +
                        std::to_string(smoothing_width(entries)) +
                        " of them. The number at the right is the last one.";
  if (!resumes.empty()) caption += " Dotted: the training was resumed.";
  if (lost > 0)
    caption += " " + grouped(static_cast<Index>(lost)) + " values are not finite and not drawn.";
  return s +
         element("figure",
                 element("div", charts, "charts") + "\n" + element("figcaption", caption)) +
         "\n";
}

std::string row(const std::vector<std::string>& cells) {
  std::string s;
  for (const std::string& cell : cells) s += cell;
  return element("tr", s) + "\n";
}
std::string header(const std::string& name, const std::string& kind = "") {
  return "<th scope=\"col\"" + (kind.empty() ? "" : " class=\"" + kind + "\"") + ">" + name +
         "</th>";
}
std::string table(const std::string& head, const std::string& body) {
  return element("div", element("table", element("thead", head) + element("tbody", body)) + "\n",
                 "card wide") +
         "\n";
}

std::string demo_table(const DemoTable& t) {
  std::vector<std::string> names{header("representation")};
  for (const std::string& c : t.columns) names.push_back(header(escaped(c), "number"));
  std::string body;
  for (const auto& [name, cells] : t.rows) {
    std::vector<std::string> line{"<th scope=\"row\">" + escaped(name) + "</th>"};
    for (std::size_t c = 0; c < cells.size(); ++c) {
      const auto& [mean, deviation] = cells[c];
      const bool best = std::all_of(t.rows.begin(), t.rows.end(), [&, m = mean](const auto& other) {
        return c >= other.second.size() || other.second[c].first <= m;
      });
      line.push_back(element(
          "td",
          fixed(100 * mean, 1) +
              (deviation > 0 ? " " + element("span", "± " + fixed(100 * deviation, 1), "quiet")
                             : ""),
          best ? "number strong" : "number"));
    }
    body += row(line);
  }
  return element(
             "figure",
             table(row(names), body) +
                 element("figcaption",
                         "The demo's table: accuracy on test images in %, with all labels, 100 "
                         "and 10 a class; mean ± standard deviation over draws of the labels.")) +
         "\n";
}

std::string evaluations(const RunPage& run) {
  std::string s = heading("Evaluations");
  if (run.table.found)
    s += demo_table(*run.table.found);
  else if (!run.table.missing.empty())
    s += missing(run.table.missing);
  if (!run.evaluations.found || run.evaluations.found->empty())
    return run.table.found ? s : s + missing(run.evaluations.missing);
  double low = 1, high = 0;
  for (const Evaluation& e : *run.evaluations.found) {
    low = std::min(low, std::floor(20 * e.low) / 20);
    high = std::max(high, std::ceil(20 * e.high) / 20);
  }
  if (!(high > low)) std::tie(low, high) = std::pair{0.0, 1.0};
  std::string body;
  for (const Evaluation& e : *run.evaluations.found)
    body +=
        row({"<th scope=\"row\">" + escaped(e.judge) + "</th>", element("td", labels_text(e)),
             element("td", percent(e.accuracy, 2), "number strong"),
             element("td", whisker(e, low, high)),
             element("td", fixed(100 * e.low, 2) + " – " + fixed(100 * e.high, 2), "number"),
             element("td", grouped(e.images), "number"), element("td", grouped(e.step), "number"),
             element("td", escaped(e.numbers) + (e.data == run.data ? "" : "; " + escaped(e.data)),
                     "quiet")});
  return s +
         element(
             "figure",
             table(row({header("judge"), header("labels"), header("accuracy", "number"),
                        header(percent(low, 0) + " to " + percent(high, 0)),
                        header("95 % interval", "number"), header("images", "number"),
                        header("step", "number"), header("numbers")}),
                   body) +
                 element("figcaption",
                         "Accuracy of frozen representations on test images, with its 95 % "
                         "interval (Wilson), as selfsame knn and selfsame probe measured it.")) +
         "\n";
}

std::string views(const RunPage& run) {
  const std::string s = heading("Views");
  if (!run.views.found) return s + missing(run.views.missing);
  const ViewSheet& v = *run.views.found;
  return s + figure(views_chart(v), std::to_string(v.rows) +
                                        " training images, and views of them as training sees them "
                                        "in its first epochs, before normalisation.");
}

std::string measure(const std::string& name, const std::string& value, const std::string& about) {
  return element("div", element("dt", name) + element("dd", value + " " + element("small", about)));
}

std::string embeddings(const RunPage& run) {
  const std::string s = heading("Embeddings");
  if (!run.embeddings.found) return s + missing(run.embeddings.missing);
  const EmbeddingScatter& e = *run.embeddings.found;
  const auto width = static_cast<double>(e.width);
  return s +
         figure(scatter_chart(e),
                "Representations of " + escaped(e.of) + ", " + grouped(e.width) +
                    " numbers each, along their first two principal components, which have " +
                    percent(e.explained[0], 0) + " and " + percent(e.explained[1], 0) +
                    " of the variance; coloured by class, which training did not see.") +
         element(
             "dl",
             measure("Effective rank", fixed(e.collapse.effective_rank, 1),
                     "as if so many of the " + grouped(e.width) + " dimensions were used evenly") +
                 measure("Deviation", fixed(e.collapse.deviation, 4),
                         "of a column at unit length: 0 where all point one way, " +
                             fixed(1 / std::sqrt(width), 4) + " where they spread evenly") +
                 measure("Mean cosine", fixed(e.collapse.cosine, 3),
                         "of two images: 1 where all point one way"),
             "facts") +
         "\n";
}

// "method.loss" of "method.loss.temperature", "optimizer" of "optimizer.learning_rate", "training" of "batch".
std::string group_of(const std::string& name) {
  const auto dot = name.find('.', name.starts_with("method.") ? 7 : 0);
  return dot != name.npos || name.starts_with("method.") ? name.substr(0, dot) : "training";
}

std::string entry_row(const RecipeEntry& e) {
  const auto dot = e.name.rfind('.') + 1;  // 0 where there is none
  const std::string before = dot > 0 ? element("i", escaped(e.name.substr(0, dot))) : "",
                    usual = e.usual ? element("small", "default " + escaped(*e.usual)) : "";
  return element("tr",
                 "<th scope=\"row\">" + before + escaped(e.name.substr(dot)) + "</th>" +
                     element("td", escaped(e.value) + usual),
                 e.usual    ? "changed"
                 : e.player ? "player"
                            : "") +
         "\n";
}

// A table for each policy, which begins with who plays it, and for the numbers of optimizer and training.
std::string recipe(const RunPage& run) {
  std::vector<std::pair<std::string, std::string>> tables;
  std::size_t changed = 0;
  for (const RecipeEntry& e : run.recipe) {
    const std::string group = group_of(e.name);
    if (tables.empty() || tables.back().first != group)
      tables.emplace_back(group, e.player ? "" : element("caption", escaped(group)) + "\n");
    tables.back().second += entry_row(e);
    changed += e.usual ? 1 : 0;
  }
  std::string all;
  for (const auto& [group, rows] : tables) all += element("table", rows) + "\n";
  const std::string verdict =
      changed == 0
          ? "All are the defaults."
          : element("mark", std::to_string(changed) + (changed == 1 ? " differs" : " differ")) +
                " from the defaults.";
  return heading("Recipe") +
         element("p", "Every number by the name that <code>--set</code> takes. " + verdict) + "\n" +
         element("div", all, "recipe") + "\n";
}

std::string origin(const RunPage& run) {
  std::string all;
  const auto entry = [&](const char* name, const std::string& value) {
    all += element("dt", name) + element("dd", value) + "\n";
  };
  entry("Data", element("code", escaped(run.data)));
  entry("Images", grouped(run.samples) + " of " + escaped(run.image) +
                      (run.classes > 0 ? ", " + grouped(run.classes) + " classes" : ""));
  entry("Recipe hash", element("code", escaped(run.hash)));
  entry("Seed", std::to_string(run.seed));
  std::string s = heading("Origin") + element("dl", all, "origin") + "\n";
  if (!run.starts.found) return s + missing(run.starts.missing);
  std::string body;
  for (const Start& start : *run.starts.found)
    body +=
        row({element("td", grouped(start.step), "number"), element("td", time_text(start.time)),
             element("td", escaped(start.version)), element("td", escaped(start.cpu)),
             element("td", escaped(start.threads), "number"),
             element("td", escaped(start.instructions)), element("td", escaped(start.compiler))});
  return s + table(row({header("from step", "number"), header("started"), header("selfsame"),
                        header("processor"), header("threads", "number"), header("instructions"),
                        header("compiler")}),
                   body);
}

}  // namespace

std::string report_page(const RunPage& run) {
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         "<meta name=\"color-scheme\" content=\"light dark\">\n" +
         element("title", escaped(run.method + " on " + last_part(run.data)) + " – selfsame") +
         "\n" + element("style", report_style) + "\n</head>\n<body>\n<main>\n" + head(run) +
         curves(run) + evaluations(run) + views(run) + embeddings(run) + recipe(run) + origin(run) +
         "</main>\n</body>\n</html>\n";
}

}  // namespace selfsame::program
