/// @file
/// Masks of rectangular blocks of positions.
#pragma once
#include <selfsame/core/numbers.hpp>
#include <selfsame/core/pass.hpp>
#include <selfsame/core/roles.hpp>

#include <algorithm>
#include <cmath>

namespace selfsame {

/// The positions of one image: 1 where one is masked.
struct MaskGrid {
  Index height, width;
  std::uint8_t* cells;

  /// How many of a block's positions are not masked yet.
  Index open(Index top, Index left, Index rows, Index cols) const {
    Index n = 0;
    for (Index i = top; i < top + rows; ++i)
      for (Index j = left; j < left + cols; ++j) n += cells[i * width + j] == 0;
    return n;
  }
  /// Masks a block; returns how many were open.
  Index mark(Index top, Index left, Index rows, Index cols) const {
    const Index n = open(top, left, rows, cols);
    for (Index i = top; i < top + rows; ++i)
      std::fill_n(cells + i * width + left, cols, std::uint8_t{1});
    return n;
  }
};

namespace detail {

/// The sides of a block of an area, `aspect` being height / width.
struct BlockSides {
  Index rows, cols;
  BlockSides(double area, double aspect)
      : rows(std::max<Index>(1, std::lround(std::sqrt(area * aspect)))),
        cols(std::max<Index>(1, std::lround(std::sqrt(area / aspect)))) {}
};

/// The least area of a block; half the budget where that is below it.
inline double least_area(double smallest, double budget) {
  return budget < smallest ? budget / 2 : smallest;
}

/// policy.mark(random, grid) for each image.
template <class D, class Policy_>
void draw_masks(const Pass<D>& pass, const Policy_& policy, Vector<const Draw, D> draws,
                Index height, Index width, Vector<std::uint8_t, D> mask) {
  assert(height > 0 && width > 0 && mask.size == draws.size * height * width);
  std::fill_n(mask.data, mask.size, std::uint8_t{0});
  for (Index i = 0; i < draws.size; ++i)
    policy.mark(Random(pass.seed, Stream::mask, 0, Key{draws[i], 0, 0}),
                MaskGrid{height, width, mask.data + i * height * width});
}

}  // namespace detail

/// Blocks are added until more than `share` of the positions are masked, as the paper's algorithm
/// reads:
///
///     s ~ U(smallest, share N - |M|),  r ~ U(aspect, 1 / aspect)
///     a = round sqrt(s r),  b = round sqrt(s / r)
///
/// a by b positions (each at least 1) at a uniform place; drawn again where they do not fit. Blocks
/// may overlap and the last one may overshoot: 79 to 98 of 14 x 14 positions, 82.5 on average.
/// Where what is left of the budget is below `smallest` the ends of U change places. Where the
/// whole budget is below it (grids below 7 x 7), half the budget takes its place. After 100 draws
/// that do not fit, a block is cut to the grid. Never empty.
///
/// A mask is a function of (seed, sample, turn).
///
/// @see Bao et al. 2021, arXiv:2106.08254, algorithm 1
struct PaperMask {
  using plays = role::Mask;
  Fraction share = 0.4;
  Positive smallest = 16;  ///< least area of a block, in positions
  Positive aspect = 0.3;   ///< least height / width, at most 1; the largest is 1 / aspect

  /// @param mask  (images, height * width), overwritten: 1 is masked
  template <class D>
  void draw(const Pass<D>& pass, Vector<const Draw, D> draws, Index height, Index width,
            Vector<std::uint8_t, D> mask) const {
    detail::draw_masks(pass, *this, draws, height, width, mask);
  }
  /// One image's, in a grid of zeros; returns how many are masked.
  Index mark(const Random& random, const MaskGrid& grid) const {
    const Index positions = grid.height * grid.width;
    const double budget = share * static_cast<double>(positions);
    const double least = detail::least_area(smallest, budget);
    Index marked = 0, element = 0;
    for (Index misfits = 0; marked == 0 || static_cast<double>(marked) <= budget;) {
      if (marked == positions) break;
      const double left = budget - static_cast<double>(marked);
      const double area = random.uniform(element++, least, left);
      detail::BlockSides side(std::max(area, 0.0), random.uniform(element++, aspect, 1 / aspect));
      if (side.rows > grid.height || side.cols > grid.width) {
        if (++misfits < 100) continue;
        side.rows = std::min(side.rows, grid.height);
        side.cols = std::min(side.cols, grid.width);
      }
      misfits = 0;
      const Index top = random.below(element++, grid.height - side.rows + 1);
      const Index first = random.below(element++, grid.width - side.cols + 1);
      marked += grid.mark(top, first, side.rows, side.cols);
    }
    return marked;
  }
};

/// Blocks are added while they fit into a budget of positions, as in the released code:
///
///     s ~ U(smallest, budget - |M|),  log r ~ U(log aspect, -log aspect),  a, b as above
///
/// A block is drawn again, up to 10 times, where it is as high or as wide as the grid, adds
/// nothing, or adds more than what is left; then the mask is as it is: at most 75 of 14 x 14
/// positions, exactly 75 in two thirds of the draws. `smallest` is lowered on small grids as in
/// PaperMask. Where nothing at all was masked, one position is.
///
/// A mask is a function of (seed, sample, turn).
///
/// @see github.com/microsoft/unilm, beit; the numbers are for 14 x 14 positions
struct ReleasedMask {
  using plays = role::Mask;
  Count budget = 75;       ///< most positions that are masked
  Positive smallest = 16;  ///< least area of a block, in positions
  Positive aspect = 0.3;   ///< least height / width, at most 1; the largest is 1 / aspect
  Count attempts = 10;     ///< at a block

  /// @param mask  (images, height * width), overwritten: 1 is masked
  template <class D>
  void draw(const Pass<D>& pass, Vector<const Draw, D> draws, Index height, Index width,
            Vector<std::uint8_t, D> mask) const {
    detail::draw_masks(pass, *this, draws, height, width, mask);
  }
  /// One image's, in a grid of zeros; returns how many are masked.
  Index mark(const Random& random, const MaskGrid& grid) const {
    const Index positions = grid.height * grid.width;
    const double least = detail::least_area(smallest, 0.4 * static_cast<double>(positions));
    const double tallest = -std::log(static_cast<double>(aspect));
    Index marked = 0, element = 0;
    for (Index attempt = 0; attempt < attempts && marked < budget; ++attempt) {
      const Index left = budget - marked;
      const double area = random.uniform(element++, least, static_cast<double>(left));
      const detail::BlockSides side(area, std::exp(random.uniform(element++, -tallest, tallest)));
      if (side.rows >= grid.height || side.cols >= grid.width) continue;
      const Index top = random.below(element++, grid.height - side.rows + 1);
      const Index first = random.below(element++, grid.width - side.cols + 1);
      const Index open = grid.open(top, first, side.rows, side.cols);
      if (open == 0 || open > left) continue;
      marked += grid.mark(top, first, side.rows, side.cols);
      attempt = -1;  // a new block
    }
    if (marked > 0) return marked;
    const Index one = random.below(element, positions);
    return grid.mark(one / grid.width, one % grid.width, 1, 1);
  }
};

/// What BEiT masks by default.
using BlockwiseMask = PaperMask;

}  // namespace selfsame
