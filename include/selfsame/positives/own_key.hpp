/// @file
#pragma once
#include <selfsame/core/numbers.hpp>
#include <selfsame/core/roles.hpp>
#include <selfsame/positives/embedded.hpp>
#include <selfsame/relation/own_key.hpp>

namespace selfsame {

/// What the images of a batch-norm group are, in passes that give keys: those of the queries' groups, or
/// others, drawn at each step.
enum class KeyGroups { split, shuffled };

/// A query's positive is the key that the target gives the other view of its image. MoCo.
///
///     first: value = l(queries of view 1, keys of view 2)
///     both:  value = l(queries of view 1, keys of view 2) + l(queries of view 2, keys of view 1), a plain sum
///
/// Negatives are what the memory holds, and, of weight `others`, the keys of the batch's other images.
///
/// @see He et al. 2020, arXiv:1911.05722, eq. 1. `others = 1` and both directions without a memory: MoCo v3,
///      Chen et al. 2021, arXiv:2104.02057, algorithm 1
struct OwnKey {
  using plays = role::Positives;
  static constexpr bool labelled = false;
  static constexpr Passes passes =
      Passes::each_view;  ///< a batch norm sees one view; MoCo splits it further by `group`
  static constexpr bool keyed = true;  ///< compared with what a target says of other views

  Directions directions = Directions::first;
  NonNegative others = 0;  ///< weight of the batch's other keys among the negatives
  /// Where the recipe splits batch norms (`Recipe::batch_norm_group`) on a process: shuffled, so that a query cannot
  /// know its key by the statistics that they share.
  KeyGroups groups = KeyGroups::shuffled;

  /// Views that are queries, 0 to this.
  constexpr Index queries() const { return directions == Directions::both ? 2 : 1; }
  /// Views that are keys, from this to 2.
  constexpr Index first_key() const { return directions == Directions::both ? 0 : 1; }

  template <class E, class Visit>
  void compare(const E& embedded, Visit&& visit) const {
    for (Index q = 0; q < queries(); ++q)
      visit(embedded.queries[static_cast<std::size_t>(q)],
            embedded.keys[static_cast<std::size_t>(1 - q - first_key())], OwnKeyRelation{others},
            embedded.remembered);
  }
};

}  // namespace selfsame
