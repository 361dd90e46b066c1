/// @file
/// The transport problem that both forms of Sinkhorn's iterations work on.
#pragma once
#include <selfsame/core/communicator.hpp>
#include <selfsame/kernel/cpu/parallel.hpp>
#include <selfsame/kernel/options.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {
namespace internal {

/// A row of codes from its distribution, which may already stand there.
template <class R, class A>
void put_code(const R* distribution, Index cols, Codes codes, A* to) {
  if (codes == Codes::hard) {
    const Index top = std::max_element(distribution, distribution + cols) - distribution;
    std::fill_n(to, cols, A(0));
    to[top] = A(1);
  } else if (static_cast<const void*>(distribution) != static_cast<const void*>(to)) {
    for (Index k = 0; k < cols; ++k) to[k] = static_cast<A>(distribution[k]);
  }
}

/// The problem, and where its rows lie.
template <class R, class A>
struct Transport {
  using D = BasicCpu<R, A>;
  const D& device;
  Workspace& scratch;
  Communicator& ranks;
  In<D> scores;
  Out<D> codes;
  const SinkhornNumbers& numbers;
  double total;  ///< rows of all ranks
  double top;    ///< the largest score of all ranks

  Index rows() const { return scores.rows; }
  Index cols() const { return scores.cols; }
  Index first_kept() const { return numbers.rows == CodedRows::last ? rows() - codes.rows : 0; }
  bool kept(Index n) const { return n >= first_kept() && n < first_kept() + codes.rows; }
  A* code(Index n) const { return codes.row(n - first_kept()); }
  /// Pieces of rows: each has sums of its own, so there are not many.
  Index each() const { return std::max<Index>(32, pieces(rows(), 64)); }
  Index parts() const { return pieces(rows(), each()); }
};

}  // namespace internal
}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
