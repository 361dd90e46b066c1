#include <selfsame/kernel/cpu/pack.hpp>

#include "devices.hpp"

using namespace selfsame;
using namespace selfsame::test;

namespace {

template <int lines, class T, class Real>
void check_turned(Index depth) {
  const auto data = noise<T>(lines * (depth + 1), 1);
  std::vector<Real> panel(static_cast<std::size_t>(lines * depth));
  const T* line[lines];
  for (Index l = 0; l < lines; ++l) line[l] = data.data() + l * (depth + 1);
  pack_turned<lines>(line, depth, panel.data());
  bool right = true;
  for (Index k = 0; k < depth; ++k)
    for (Index l = 0; l < lines; ++l)
      right =
          right && panel[static_cast<std::size_t>(k * lines + l)] == static_cast<Real>(line[l][k]);
  CHECK(right);
}

}  // namespace

TEST_CASE("a turned panel holds each line's numbers side by side", "[kernel]") {
  for (const Index depth : {0, 1, 3, 4, 8, 13}) {
    CAPTURE(depth);
    check_turned<4, float, float>(depth);
    check_turned<6, float, float>(depth);  // not a multiple of the square's side
    check_turned<12, float, float>(depth);
    check_turned<12, double, double>(depth);
    check_turned<6, float, double>(depth);
  }
}

TEST_CASE("a straight panel is zero behind its lines", "[kernel]") {
  const auto from = noise<float>(6, 1);
  for (const Index count : {0, 1, 5, 6}) {
    std::vector<double> panel(6, 9);
    pack_straight<6>(from.data(), count, panel.data());
    for (std::size_t l = 0; l < 6; ++l)
      CHECK(panel[l] == (static_cast<Index>(l) < count ? static_cast<double>(from[l]) : 0));
  }
}
