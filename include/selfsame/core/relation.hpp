/// @file
/// Relations: who is compared with whom, and how much (decision D4).
#pragma once
#include <selfsame/tensor/view.hpp>

#include <concepts>

namespace selfsame {

/// What a relation says of a pair: its weight among the positives, and its weight in the denominator.
/// {0, 0} is excluded, {0, 1} a plain negative, {1, 1} a positive that stands in the denominator, too.
struct Pair {
  double positive = 0;
  double negative = 0;
};

/// A block of pairs: `rows` rows from `row` on, `columns` columns from `column` on.
struct PairBlock {
  Index row = 0, rows = 0, column = 0, columns = 0;
};

/// A small value, also a user's own: relation(i, j) of row i and column j, and whether a block holds any
/// pair that is not {0, 1}. Only such blocks ask for each pair. Indices count the rows of all ranks.
template <class R>
concept Relation = requires(const R relation, Index i, PairBlock block) {
  { relation(i, i) } -> std::same_as<Pair>;
  { relation.special(block) } -> std::same_as<bool>;
};

/// Columns that are the rows themselves: one Live, whose gradient is written once.
struct Same {};

/// The values of columns: `Same`, a Live, or constants.
template <class D, class Columns>
In<D> column_values(const Live<D>& rows, const Columns& columns) {
  if constexpr (std::same_as<Columns, Same>)
    return rows.value;
  else if constexpr (std::same_as<Columns, Live<D>>)
    return columns.value;
  else
    return columns;
}

}  // namespace selfsame
