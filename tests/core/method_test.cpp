#include <selfsame/core/method.hpp>

#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("Views that lie side by side are one batch without a copy", "[core]") {
  const Shape shape{2, 3, 3, 1};
  std::vector<float> pixels(static_cast<std::size_t>(3 * shape.size()));
  std::vector<Key> keys(6);
  for (std::size_t i = 0; i < 6; ++i) keys[i].view = static_cast<std::uint32_t>(i / 2);
  std::vector<std::uint8_t> mask(6 * 9);
  Part<Cpu> part;
  for (Index v = 0; v < 3; ++v)
    part.views.push_back({pixels.data() + v * shape.size(), shape,
                          view<Cpu>(std::as_const(keys)).part(2 * v, 2),
                          view<Cpu>(std::as_const(mask)).part(18 * v, 18)});
  const Images<Cpu> all = together(part, 0, 3), last = together(part, 1, 3);
  CHECK((all.data == pixels.data() && all.shape == shape.with_images(6)));
  CHECK((all.keys.size == 6 && all.keys[4].view == 2 && all.mask.size == 54));
  CHECK((last.data == pixels.data() + shape.size() && last.shape.images == 4 &&
         last.keys[0].view == 1));
  CHECK(together(part, 2, 3).shape.images == 2);
}

TEST_CASE("Of two parameter groups the stricter wins in each respect", "[core]") {
  const ParameterGroup slow{.rate_factor = 0.1, .decays = false},
      stiff{.adapts = false, .frozen = true};
  const ParameterGroup both = stricter(slow, stiff);
  CHECK((both.rate_factor == 0.1 && !both.decays && !both.adapts && both.frozen));
  const ParameterGroup free = stricter(ParameterGroup{}, ParameterGroup{});
  CHECK((free.rate_factor == 1 && free.decays && free.adapts && !free.frozen));
}

TEST_CASE("A cleared report has no content and keeps its memory", "[core]") {
  Report<Cpu> report;
  report.value = 3;
  report.numbers.emplace_back("loss", 3);
  report.shown.emplace_back("rows", In<Cpu>{});
  const auto* memory = report.numbers.data();
  report.clear();
  CHECK((report.value == 0 && report.numbers.empty() && report.shown.empty()));
  report.numbers.emplace_back("loss", 4);
  CHECK(report.numbers.data() == memory);
}
