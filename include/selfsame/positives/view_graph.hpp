/// @file
/// Which views are compared with which: each unordered pair of a graph gives two ordered ones,
/// (anchors of a, bank of b) and (anchors of b, bank of a).
#pragma once
#include <selfsame/core/numbers.hpp>
#include <selfsame/core/roles.hpp>
#include <selfsame/positives/embedded.hpp>

namespace selfsame {

/// Every two views: M (M - 1) ordered pairs.
///
///     L_F = sum_{a < b} l(a, b) + l(b, a)
///
/// @see Tian et al. 2020, arXiv:1906.05849, eq. 8
struct FullGraph {
  using plays = role::Positives;
  static constexpr bool labelled = false;
  static constexpr Passes passes = Passes::each_view;

  /// f(anchor, bank) for each ordered pair; a pair and its mirror come one after the other.
  template <class F>
  constexpr void each_pair(Index views, F&& f) const {
    for (Index a = 0; a < views; ++a)
      for (Index b = a + 1; b < views; ++b) f(a, b), f(b, a);
  }
  constexpr Index pairs(Index views) const { return views * (views - 1); }
};

/// One view against each other one: 2 (M - 1) ordered pairs.
///
///     L_C = sum_{b != core} l(core, b) + l(b, core)
///
/// @see Tian et al. 2020, arXiv:1906.05849, eq. 7
struct CoreView {
  using plays = role::Positives;
  static constexpr bool labelled = false;
  static constexpr Passes passes = Passes::each_view;

  Index core = 0;  ///< which view; below the number of views

  template <class F>
  constexpr void each_pair(Index views, F&& f) const {
    for (Index b = 0; b < views && core < views; ++b)
      if (b != core) f(core, b), f(b, core);
  }
  constexpr Index pairs(Index views) const { return core < views ? 2 * (views - 1) : 0; }
};

}  // namespace selfsame
