/// @file
/// Which rows of a memory bank an anchor is compared with.
#pragma once
#include <selfsame/core/pass.hpp>

#include <stdexcept>

namespace selfsame {

/// Each anchor has a list of its own.
template <class D>
struct OwnNegatives {
  MatrixView<const Index, D>
      index;  ///< (B, k + 1), rows of the bank; column 0 is the anchor's sample
};

/// One list for the whole batch and all ranks, beside each anchor's own row. A row of the list is a
/// negative of everybody, also where it is somebody's own.
template <class D>
struct SharedNegatives {
  Vector<const Index, D> own;        ///< (B), the anchors' samples
  Vector<const Index, D> negatives;  ///< (k)
};

namespace detail {

template <class D>
Index anchors_of(const OwnNegatives<D>& picks) {
  return picks.index.rows;
}
template <class D>
Index anchors_of(const SharedNegatives<D>& picks) {
  return picks.own.size;
}
template <class D>
Index negatives_of(const OwnNegatives<D>& picks) {
  return picks.index.cols - 1;
}
template <class D>
Index negatives_of(const SharedNegatives<D>& picks) {
  return picks.negatives.size;
}

inline void check_bank_row(Index row, Index rows) {
  if (row < 0 || row >= rows)
    throw std::invalid_argument("selfsame: a picked row is " + std::to_string(row) +
                                ", the bank's are 0 to " + std::to_string(rows - 1));
}
template <class D>
void check_picks(In<D> anchors, In<D> bank, const OwnNegatives<D>& picks) {
  if (picks.index.rows != anchors.rows || picks.index.cols < 1)
    throw std::invalid_argument("selfsame: anchors are " + to_string(anchors) + ", indices are " +
                                to_string(picks.index) +
                                "; each anchor needs a row of them, its own sample first");
  for (Index i = 0; i < picks.index.rows; ++i)
    for (Index j = 0; j < picks.index.cols; ++j) check_bank_row(picks.index(i, j), bank.rows);
}
template <class D>
void check_picks(In<D> anchors, In<D> bank, const SharedNegatives<D>& picks) {
  if (picks.own.size != anchors.rows)
    throw std::invalid_argument("selfsame: anchors are " + to_string(anchors) + ", own rows are " +
                                std::to_string(picks.own.size) + "; each anchor needs one");
  for (const Index row : picks.own) check_bank_row(row, bank.rows);
  for (const Index row : picks.negatives) check_bank_row(row, bank.rows);
}
template <class D, class Picks>
void check_bank(In<D> anchors, In<D> bank, const Picks& picks) {
  if (anchors.cols != bank.cols)
    throw std::invalid_argument("selfsame: anchors are " + to_string(anchors) + ", the bank is " +
                                to_string(bank) + "; widths must agree");
  check_picks<D>(anchors, bank, picks);
}

}  // namespace detail
}  // namespace selfsame
