#include <selfsame/mask/blockwise.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <string>
#include <vector>

using namespace selfsame;

namespace {

using Cells = std::vector<std::uint8_t>;

template <class Mask>
std::vector<Cells> masks(const Mask& mask, Index images, Index height, Index width,
                         std::uint64_t seed = 1, std::uint32_t turn = 0) {
  std::vector<Draw> draws;
  for (Index i = 0; i < images; ++i) draws.push_back({i, turn});
  Cells all(static_cast<std::size_t>(images * height * width), 9);
  Pass<Cpu> pass;
  pass.seed = seed;
  mask.draw(pass, view<Cpu>(draws), height, width, view<Cpu>(all));
  std::vector<Cells> each;
  for (Index i = 0; i < images; ++i)
    each.emplace_back(all.begin() + i * height * width, all.begin() + (i + 1) * height * width);
  return each;
}
Index count(const Cells& cells) {
  REQUIRE(std::all_of(cells.begin(), cells.end(), [](std::uint8_t c) { return c <= 1; }));
  return std::accumulate(cells.begin(), cells.end(), Index{0});
}
struct Statistics {
  double mean = 0, error = 0;  // of the mean
  Index least = 1 << 30, most = 0;
  double exactly = 0;  // share of masks with `most`
};
template <class Mask>
Statistics of(const Mask& mask, Index images, Index height, Index width) {
  Statistics s;
  std::vector<Index> counts;
  for (const Cells& cells : masks(mask, images, height, width)) counts.push_back(count(cells));
  double squares = 0;
  const auto n = static_cast<double>(images);
  for (const Index c : counts) {
    s.mean += static_cast<double>(c) / n;
    s.least = std::min(s.least, c), s.most = std::max(s.most, c);
  }
  for (const Index c : counts) {
    squares += std::pow(static_cast<double>(c) - s.mean, 2) / n;
    s.exactly += c == s.most ? 1 / n : 0;
  }
  s.error = std::sqrt(squares / n);
  return s;
}

}  // namespace

TEST_CASE("PaperMask masks 79 to 98 of 14 x 14 positions, 82.55 on average", "[mask]") {
  const Statistics s = of(PaperMask{}, 20000, 14, 14);
  CHECK((s.least >= 79 && s.most <= 98));
  CHECK(s.least == 79);
  CHECK(std::abs(s.mean - 82.55) < 5 * s.error + 0.02);
  CHECK(s.error < 0.05);
}

TEST_CASE("ReleasedMask masks at most 75 of 14 x 14 positions, 74.5 on average, 75 in two thirds",
          "[mask]") {
  const Statistics s = of(ReleasedMask{}, 20000, 14, 14);
  CHECK((s.least >= 1 && s.most == 75));
  CHECK(s.least < 70);
  CHECK(std::abs(s.mean - 74.5) < 0.06);
  CHECK(std::abs(s.exactly - 0.67) < 0.02);
}

TEST_CASE("Blocks of PaperMask have at most 84 positions, and 20 near the end of the budget",
          "[mask]") {
  Index largest = 0;
  for (Index i = 0; i < 3000; ++i) {
    Cells cells(196, 0);
    const Random random(1, Stream::mask, 0, Key{{i, 0}, 0, 0});
    const PaperMask mask;
    const double s = random.uniform(0, 16, .4 * 196), r = random.uniform(1, .3, 1 / .3);
    const detail::BlockSides side(s, r);
    CHECK(side.rows * side.cols <= 84);
    largest = std::max(largest, side.rows * side.cols);
    mask.mark(random, MaskGrid{14, 14, cells.data()});
    if (side.rows <= 14 && side.cols <= 14) {  // the first block is masked, where it says
      const Index top = random.below(2, 14 - side.rows + 1),
                  left = random.below(3, 14 - side.cols + 1);
      CHECK(MaskGrid{14, 14, cells.data()}.open(top, left, side.rows, side.cols) == 0);
    }
    for (const double left : {0.4, 3.0, 15.9}) {  // the ends have changed places
      const double area = random.uniform(7, 16, left);
      CHECK((area >= left && area <= 16));
      const detail::BlockSides small(area, random.uniform(8, .3, 1 / .3));
      CHECK(small.rows * small.cols <= 20);
    }
  }
  CHECK(largest > 70);
}

TEST_CASE("A block's sides are the rounded roots of area times and by aspect, at least 1",
          "[mask]") {
  const detail::BlockSides side(36, 0.25), thin(0.3, 0.3);
  CHECK((side.rows == 3 && side.cols == 12));
  CHECK((thin.rows == 1 && thin.cols == 1));
}

TEST_CASE("A mask is a function of seed, sample and turn, of no batch", "[mask]") {
  const auto check = [](const auto& mask) {
    const auto all = masks(mask, 20, 14, 14);
    CHECK(masks(mask, 20, 14, 14) == all);
    CHECK(masks(mask, 7, 14, 14)[6] == all[6]);
    CHECK(masks(mask, 20, 14, 14, 2)[3] != all[3]);
    CHECK(masks(mask, 20, 14, 14, 1, 1)[3] != all[3]);
    CHECK(std::set<Cells>(all.begin(), all.end()).size() == 20);
  };
  check(PaperMask{});
  check(ReleasedMask{});
}

TEST_CASE("Masks of small and narrow grids are never empty, and end", "[mask]") {
  for (const auto& [height, width] : {std::pair<Index, Index>{1, 1},
                                      {1, 2},
                                      {2, 1},
                                      {2, 2},
                                      {3, 3},
                                      {6, 6},
                                      {1, 196},
                                      {196, 1},
                                      {2, 60},
                                      {5, 9}}) {
    CAPTURE(height, width);
    const auto budget = static_cast<Index>(.4 * static_cast<double>(height * width));
    const Statistics slide = of(PaperMask{}, 300, height, width),
                     ref = of(ReleasedMask{}, 300, height, width);
    CHECK(slide.least > budget);
    CHECK(slide.most <= height * width);
    CHECK((ref.least >= 1 && ref.most <= std::min<Index>(75, height * width)));
  }
}

TEST_CASE("No block of ReleasedMask is as high or as wide as the grid", "[mask]") {
  for (const auto& [height, width] : {std::pair<Index, Index>{2, 196}, {196, 2}}) {
    const Statistics s = of(ReleasedMask{}, 100, height, width);  // so one position is left
    CHECK((s.least == 1 && s.most == 1));
  }
}

TEST_CASE("PaperMask lowers its smallest block on grids below 7 x 7 only", "[mask]") {
  const Statistics eight = of(PaperMask{}, 20000, 8, 8), six = of(PaperMask{}, 20000, 6, 6);
  CHECK((eight.least >= 26 && eight.most <= 45));
  CHECK(std::abs(eight.mean - 29.65) < 0.15);
  CHECK((six.least >= 15 && six.most <= 26));
  CHECK(std::abs(six.mean - 16.35) < 0.1);
  CHECK(detail::least_area(16, 0.4 * 49) == 16);
  CHECK(detail::least_area(16, 0.4 * 36) == Approx(7.2));
}

TEST_CASE("Each position of the middle is masked more often than a corner, sides are alike",
          "[mask]") {
  std::vector<double> often(196, 0);
  for (const Cells& cells : masks(PaperMask{}, 4000, 14, 14))
    for (std::size_t c = 0; c < 196; ++c) often[c] += cells[c] / 4000.;
  const auto at = [&](std::size_t i, std::size_t j) { return often[14 * i + j]; };
  CHECK(at(7, 7) > 0.5);
  for (const double corner : {at(0, 0), at(0, 13), at(13, 0), at(13, 13)}) CHECK(corner < 0.25);
  CHECK(std::abs(at(0, 7) - at(13, 7)) < 0.06);
  CHECK(std::abs(at(7, 0) - at(7, 13)) < 0.06);
  CHECK(std::abs(at(0, 7) - at(7, 0)) < 0.06);
}

TEST_CASE("More of a share masks more, and all of it everything", "[mask]") {
  const auto mean = [](double share) { return of(PaperMask{.share = share}, 200, 14, 14).mean; };
  CHECK(mean(.2) > .2 * 196);
  CHECK(mean(.2) < mean(.4));
  CHECK(mean(.4) < mean(.75));
  CHECK(mean(1) == Approx(196));
  CHECK(of(ReleasedMask{.budget = 20}, 200, 14, 14).most <= 20);
}

TEST_CASE("A grid counts what is open in a block", "[mask]") {
  Cells cells(12, 0);
  const MaskGrid grid{3, 4, cells.data()};
  CHECK(grid.mark(0, 1, 2, 2) == 4);
  CHECK(cells == Cells{0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0});
  CHECK(grid.open(1, 0, 2, 4) == 6);
  CHECK(grid.mark(1, 2, 2, 2) == 3);
  CHECK(grid.open(0, 0, 3, 4) == 5);
}

TEST_CASE("BEiT masks by the paper's algorithm unless told otherwise", "[mask]") {
  static_assert(std::same_as<BlockwiseMask, PaperMask>);
  static_assert(std::same_as<ReleasedMask::plays, role::Mask> && Policy<PaperMask>);
  CHECK((PaperMask{}.share == .4 && PaperMask{}.smallest == 16));
  CHECK((ReleasedMask{}.budget == 75 && ReleasedMask{}.attempts == 10));
}
