/// @file
/// Relations: which columns are positives and negatives of a row (decision D4).
#pragma once
#include <selfsame/tensor/view.hpp>

#include <concepts>

namespace selfsame {

/// The weights of a pair: among the positives, and in the denominator.
/// {0, 0} is excluded, {0, 1} a plain negative, {1, 1} a positive that stands in the denominator, too.
struct Pair {
  double positive = 0;
  double denominator = 0;
};

/// A block of pairs: `rows` rows from `row` on, `columns` columns from `column` on.
struct PairBlock {
  Index row = 0, rows = 0, column = 0, columns = 0;
};

/// Which columns are positives and negatives of a row: relation(i, j) gives the weights of row i and column j.
/// Indices count the rows of all ranks. A small value, also a user's own.
///
/// Most pairs of most relations are plain negatives, {0, 1}. A relation that can tell which blocks hold others has a member
/// has_exceptions(block), and is asked for the pairs of those blocks alone; without it, for every pair.
template <class R>
concept Relation = requires(const R relation, Index i) {
  { relation(i, i) } -> std::same_as<Pair>;
};

/// Whether a block may hold a pair that is not {0, 1}.
template <Relation R>
constexpr bool has_exceptions(const R& relation, PairBlock block) {
  if constexpr (requires { relation.has_exceptions(block); }) {
    static_assert(std::same_as<decltype(relation.has_exceptions(block)), bool>,
                  "selfsame: has_exceptions(block) of a relation is a bool");
    return relation.has_exceptions(block);
  } else {
    return true;
  }
}

/// Columns that are the rows themselves: one Differentiable, whose gradient is written once.
struct SameRows {};

/// The values of columns: `SameRows`, a Differentiable, or constants.
template <class D, class Columns>
In<D> column_values(const Differentiable<D>& rows, const Columns& columns) {
  if constexpr (std::same_as<Columns, SameRows>)
    return rows.value;
  else if constexpr (std::same_as<Columns, Differentiable<D>>)
    return columns.value;
  else
    return columns;
}

}  // namespace selfsame
