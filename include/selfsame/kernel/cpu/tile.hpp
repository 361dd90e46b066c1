/// @file
/// The register tile behind products, convolutions and losses: it hands its sums to an epilogue
/// while they are in registers.
#pragma once
#include <selfsame/kernel/cpu/simd.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

/// Part of a sum: `length` of its terms, which start at `left` in each row of a left operand that is read
/// where it lies, and at row `right` of the panel of the right one.
struct Stretch {
  Index left, right, length;
};

/// rows x cols sums over the depth, kept in registers:
///
///     sum[r][c] = sum_k left[k * rows + r] * right[k * cols + c]
///
/// Both operands are packed in panels (pack.hpp) that are zero beyond the matrix' edge, so there is
/// one loop for all tiles, and a number has the same bits wherever its tile lies.
template <class Real, int bytes>
struct Tile {
#if defined(__aarch64__)
  static constexpr int rows = 12;  // 32 registers
#else
  static constexpr int rows = bytes == 64 ? 12 : bytes == 32 ? 6 : 4;  // 32, 16, 16 registers
#endif
  static constexpr int lanes = bytes / static_cast<int>(sizeof(Real));
  static constexpr int cols = 2 * lanes;
  using V = Simd<Real, bytes>;

  /// Calls epilogue(sum) with V sum[rows][2].
  template <class Epilogue>
  SELFSAME_INLINE static inline void multiply(const Real* left, const Real* right, Index depth,
                                              Epilogue&& epilogue) {
    V sum[rows][2] = {};
    for (Index k = 0; more(k, depth); ++k, left += rows, right += cols) {
      V low, high;
      load(right, low);
      load(right + lanes, high);
#pragma GCC unroll 12
      for (int r = 0; r < rows; ++r) {  // without the pragma g++ spills the sums at -O2
        const Real scalar = left[r];
        sum[r][0] += scalar * low;
        sum[r][1] += scalar * high;
      }
    }
    epilogue(sum);
  }

  /// The same with a left operand that is not packed: its number for row r and k is
  /// left[r * stride + k], or left[k * stride + r] where it is turned.
  template <bool turned, class Epilogue>
  SELFSAME_INLINE static inline void multiply_unpacked(const Real* left, Index stride,
                                                       const Real* right, Index depth,
                                                       Epilogue&& epilogue) {
    V sum[rows][2] = {};
    constexpr int groups = (rows + 2) / 3;  // an address has a base and once or twice the stride
    const Real* base[groups];
    for (int g = 0; g < groups; ++g) base[g] = left + 3 * g * stride;
    for (Index k = 0; more(k, depth); ++k, right += cols) {
      V low, high;
      load(right, low);
      load(right + lanes, high);
#pragma GCC unroll 12
      for (int r = 0; r < rows; ++r) {
        const Real scalar = turned ? left[r] : base[r / 3][(r % 3) * stride];
        sum[r][0] += scalar * low;
        sum[r][1] += scalar * high;
      }
      left += turned ? stride : 0;
      if constexpr (!turned)
#pragma GCC unroll 4
        for (int g = 0; g < groups; ++g) ++base[g];
    }
    epilogue(sum);
  }

  /// The same over stretches of the sum, with left rows that lie anywhere: stretch s of row r begins at
  /// left[r] + s.left.
  template <class Epilogue>
  SELFSAME_INLINE static inline void multiply_gathered(const Real* const* left,
                                                       const Stretch* stretches, Index count,
                                                       const Real* right, Epilogue&& epilogue) {
    V sum[rows][2] = {};
    for (Index s = 0; s < count; ++s) {
      const Real* line[rows];
      for (int r = 0; r < rows; ++r) line[r] = left[r] + stretches[s].left;
      const Real* panel = right + stretches[s].right * cols;
      const Index length = stretches[s].length;
      for (Index k = 0; more(k, length); ++k, panel += cols) {
        V low, high;
        load(panel, low);
        load(panel + lanes, high);
#pragma GCC unroll 12
        for (int r = 0; r < rows; ++r) {
          const Real scalar = line[r][k];
          sum[r][0] += scalar * low;
          sum[r][1] += scalar * high;
        }
      }
    }
    epilogue(sum);
  }

  /// The same with left rows in the packed panel that `index` names, in units of its numbers: only
  /// some of the panel's terms take part.
  template <class Epilogue>
  SELFSAME_INLINE static inline void multiply_indexed(const Real* left, const std::int32_t* index,
                                                      const Real* right, Index depth,
                                                      Epilogue&& epilogue) {
    V sum[rows][2] = {};
    for (Index k = 0; more(k, depth); ++k, right += cols) {
      const Real* const from = left + index[k];
      V low, high;
      load(right, low);
      load(right + lanes, high);
#pragma GCC unroll 12
      for (int r = 0; r < rows; ++r) {
        const Real scalar = from[r];
        sum[r][0] += scalar * low;
        sum[r][1] += scalar * high;
      }
    }
    epilogue(sum);
  }

 private:
  /// k < depth. g++ takes a loop of unknown length for a short one, and on arm64 gives the registers of
  /// sums to what an epilogue needs; it is told that there is much to add.
  SELFSAME_INLINE static inline bool more(Index k, Index depth) {
#if defined(__aarch64__)
    return __builtin_expect_with_probability(k < depth, true, 0.99);
#else
    return k < depth;
#endif
  }
};

/// Every tile's rows and columns divide these, whatever the instruction set.
inline constexpr Index tile_rows = 12;
template <class Real>
inline constexpr Index tile_cols = 2 * 64 / static_cast<Index>(sizeof(Real));

/// Rows and columns of the tile in use.
struct TileSize {
  Index rows = 0, cols = 0;
};
template <class Real>
TileSize tile_size() {
  TileSize size;
  on_isa([&](auto lanes) SELFSAME_INLINE {
    using T = Tile<Real, decltype(lanes)::value>;
    size = {T::rows, T::cols};
  });
  return size;
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
