/// @file
/// Images: where their representations lie, and views of them.
#pragma once
#include "report_page.hpp"
#include "svg.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace selfsame::program {

/// Ten hues of similar weight, neighbours among clothes kept apart; of more classes, hues around the circle.
inline std::string class_colour(Index label, std::size_t classes) {
  constexpr std::array<const char*, 10> ten = {"#4269d0", "#97bbf5", "#3ca951", "#efb118",
                                               "#a463f2", "#ff725c", "#6cc5b0", "#9c6b4e",
                                               "#ff8ab7", "#6b7079"};
  if (label < 0) return "#8a8a8a";
  if (classes <= ten.size()) return ten.at(static_cast<std::size_t>(label));
  return "hsl(" + std::to_string(label * 137 % 360) + " 55% 55%)";  // the golden angle
}

/// Points of images, coloured by class, with the class's name at its median where there are few classes.
inline std::string scatter_chart(const EmbeddingScatter& e) {
  constexpr double width = 760, height = 560, margin = 26;
  constexpr std::size_t layers = 8;  // no class is drawn over all others
  const auto range = [](const std::vector<double>& v) {
    const auto [low, high] = std::minmax_element(v.begin(), v.end());
    return std::pair{*low, *high};
  };
  const auto [left, right] = range(e.x);
  const auto [low, high] = range(e.y);
  const double scale = std::min((width - 2 * margin) / std::max(right - left, 1e-30),
                                (height - 2 * margin) / std::max(high - low, 1e-30));
  const auto x = [&, middle = (left + right) / 2](double v) {
    return width / 2 + (v - middle) * scale;
  };
  const auto y = [&, middle = (low + high) / 2](double v) {
    return height / 2 - (v - middle) * scale;
  };
  const auto classes = e.names.size();
  const auto slot = [&](Index label) { return static_cast<std::size_t>(label + 1); };
  std::vector<std::string> paths((classes + 1) * layers);
  std::vector<std::vector<double>> xs(classes + 1), ys(classes + 1);
  for (std::size_t i = 0; i < e.x.size(); ++i) {
    const std::size_t k = std::min(slot(e.labels[i]), classes);
    paths[i % layers * (classes + 1) + k] +=
        "M" + Svg::at(x(e.x[i])) + " " + Svg::at(y(e.y[i])) + "h0";
    xs[k].push_back(x(e.x[i]));
    ys[k].push_back(y(e.y[i]));
  }
  Svg svg;
  const std::string size =
      Svg::at(std::clamp(60 / std::sqrt(static_cast<double>(e.x.size())) + 2.2, 2.6, 7.0));
  for (std::size_t p = 0; p < paths.size(); ++p)
    if (!paths[p].empty())
      svg.path("points", paths[p],
               "stroke=\"" + class_colour(static_cast<Index>(p % (classes + 1)) - 1, classes) +
                   "\" stroke-width=\"" + size + "\" ");
  if (classes > 20) return svg.whole("scatter", width, height, "Scatter of " + e.of);

  struct Name {
    double x, y;
    std::size_t label;
  };
  std::vector<Name> names;
  const auto median = [](std::vector<double> v) {
    const auto middle = v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2);
    std::nth_element(v.begin(), middle, v.end());
    return *middle;
  };
  for (std::size_t k = 0; k < classes; ++k)
    if (!xs[k + 1].empty()) names.push_back({median(xs[k + 1]), median(ys[k + 1]), k});
  std::sort(names.begin(), names.end(), [](const Name& a, const Name& b) { return a.y < b.y; });
  for (std::size_t n = 0; n < names.size(); ++n)
    for (std::size_t before = 0; before < n;) {  // names stay apart
      const bool near = std::abs(names[n].x - names[before].x) < 96 &&
                        std::abs(names[n].y - names[before].y) < 21;
      if (near) names[n].y += 4;
      before = near ? 0 : before + 1;
    }
  for (const Name& n : names) {
    const std::string& text = e.names[n.label];
    const double half = 3.6 * static_cast<double>(text.size()) + 6;
    svg.circle("dot", n.x - half, n.y, 5,
               "fill=\"" + class_colour(static_cast<Index>(n.label), classes) + "\" ");
    svg.words("name", n.x - half + 9, n.y + 4.5, text);
  }
  return svg.whole("scatter", width, height,
                   "Scatter of " + e.of + " along two components, coloured by class");
}

/// An image a row, with its class at the left and its views at the right.
inline std::string views_chart(const ViewSheet& sheet) {
  constexpr double width = 760, names = 104, gap = 14, head = 22, thin = 3;
  const double tile = (width - names - gap) / static_cast<double>(sheet.columns),
               row = tile * static_cast<double>(sheet.height) / static_cast<double>(sheet.width),
               bottom = head + row * static_cast<double>(sheet.rows), views = names + tile + gap;
  Svg svg;
  svg.words("tick", names, 12, "image").words("tick", views, 12, "views");
  svg.image(names, head, tile, bottom - head, sheet.images);
  svg.image(views, head, width - views, bottom - head, sheet.views);
  for (Index r = 0; r < sheet.rows; ++r) {
    const double y = head + row * static_cast<double>(r);
    if (r > 0) svg.line("gap", names - thin, y, width, y);
    svg.words("name end", names - 12, y + row / 2 + 4.5, sheet.labels[static_cast<std::size_t>(r)]);
  }
  for (Index c = 1; c + 1 < sheet.columns; ++c) {
    const double x = views + tile * static_cast<double>(c);
    svg.line("gap", x, head, x, bottom);
  }
  return svg.whole("views", width, bottom,
                   std::to_string(sheet.rows) + " images and " + std::to_string(sheet.columns - 1) +
                       " views of each");
}

}  // namespace selfsame::program
