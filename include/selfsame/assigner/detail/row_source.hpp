/// @file
/// Rows in blocks that can be read again and again, on one of several ranks.
#pragma once
#include <selfsame/assigner/clusters.hpp>
#include <selfsame/core/pass.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

namespace selfsame::detail {

template <Device D, RowBlocks<D> Blocks>
class RowSource {
 public:
  RowSource(const Pass<D>& pass, Blocks& blocks) : pass_(pass), blocks_(blocks) {}

  /// f(first, block): one reading. The first one counts rows and columns.
  template <class F>
  void each(F&& f) {
    Index first = 0;
    blocks_([&](In<D> x) {
      if (width_ < 0) width_ = x.cols;
      if (x.cols != width_)
        throw std::invalid_argument("selfsame: a block is " + to_string(x) +
                                    ", the first one has width " + std::to_string(width_) +
                                    "; widths must agree");
      if (rows_ >= 0 && first + x.rows > rows_) fail(first + x.rows);
      f(first, x);
      first += x.rows;
    });
    if (rows_ >= 0 && first != rows_) fail(first);
    if (rows_ >= 0) return;
    rows_ = first;
    const Index mine = width_;
    if (ranks().size() > 1) {
      ranks().max(&width_, 1, Number::integer);
      std::vector<Index> counts(static_cast<std::size_t>(ranks().size()));
      counts[static_cast<std::size_t>(ranks().rank())] = rows_;
      ranks().sum(counts.data(), ranks().size(), Number::integer);
      for (Index r = 0; r < ranks().size(); ++r) {
        if (r < ranks().rank()) before_ += counts[static_cast<std::size_t>(r)];
        total_ += counts[static_cast<std::size_t>(r)];
      }
    } else {
      total_ = rows_;
    }
    if (mine >= 0 && mine != width_)
      throw std::invalid_argument("selfsame: rows of this rank have width " + std::to_string(mine) +
                                  ", of another one " + std::to_string(width_) +
                                  "; widths must agree");
    width_ = std::max<Index>(width_, 0);
  }

  /// to.row(k) = row wanted[k] of all ranks' rows, on all ranks.
  void fetch(const std::vector<Index>& wanted, MatrixView<Real<D>, D> to) {
    std::vector<std::pair<Index, Index>> order;
    for (std::size_t k = 0; k < wanted.size(); ++k)
      order.emplace_back(wanted[k] - before_, static_cast<Index>(k));
    std::sort(order.begin(), order.end());
    for (Index k = 0; k < to.rows; ++k) std::fill_n(to.row(k), to.cols, Real<D>(0));
    each([&](Index first, In<D> x) {
      for (auto next = std::lower_bound(order.begin(), order.end(), std::pair{first, Index{0}});
           next != order.end() && next->first < first + x.rows; ++next)
        std::transform(x.row(next->first - first), x.row(next->first - first) + x.cols,
                       to.row(next->second), [](auto v) { return static_cast<Real<D>>(v); });
    });
    if (ranks().size() > 1)  // one summand is not zero
      for (Index k = 0; k < to.rows; ++k) ranks().sum(to.row(k), to.cols, number_of<Real<D>>);
  }

  Communicator& ranks() const { return *pass_.ranks; }
  Index rows() const { return rows_; }      ///< of this rank
  Index total() const { return total_; }    ///< of all ranks
  Index before() const { return before_; }  ///< of lower ranks
  Index width() const { return width_; }

 private:
  [[noreturn]] void fail(Index now) const {
    throw std::invalid_argument("selfsame: the blocks have " + std::to_string(now) +
                                " rows, at their first reading they had " + std::to_string(rows_) +
                                "; they must be the same each time");
  }

  const Pass<D>& pass_;
  Blocks& blocks_;
  Index rows_ = -1, width_ = -1, total_ = 0, before_ = 0;
};

/// Refuses rows of which one is not finite, on every rank.
/// @param odd  the first of this rank's rows that is not, or -1; the source has been read
template <class Source>
void refuse_row(const std::string& name, Index odd, const Source& source) {
  Index first = odd < 0 ? -source.total() : -(source.before() + odd);
  if (source.ranks().size() > 1) source.ranks().max(&first, 1, Number::integer);
  if (-first < source.total())
    throw std::invalid_argument("selfsame: row " + std::to_string(-first) + " of the " + name +
                                " is not finite, or its square is not");
}

}  // namespace selfsame::detail
