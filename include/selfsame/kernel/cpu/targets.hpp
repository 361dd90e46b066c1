/// @file
/// Rows of soft targets, written out.
#pragma once
#include <selfsame/kernel/cpu/detail/rows/terms.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

///     t_i = share s(labels[i]) + (1 - share) s(others[i])
///     s(y) = (1 - smoothing) e_y + smoothing / C
///
/// where s of a label of -1 is a row of zeros.
///
/// @param labels, others  (B), in [-1, C); `others` may be empty where share is 1
/// @param to              (B, C), overwritten
template <class R, class A, class D = BasicCpu<R, A>>
void write_targets(const BasicCpu<R, A>& device, Vector<const Index, D> labels,
                   Vector<const Index, D> others, Real<D> share, Real<D> smoothing, Out<D> to) {
  assert(labels.size == to.rows && (others.size == to.rows || others.size == 0));
  const Index cols = to.cols;
  parallel_pieces(device, to.rows, internal::row_piece(cols), [&](Index first, Index count) {
    for (Index i = first; i < first + count; ++i) {
      const Index a = labels[i], b = others.size > 0 ? others[i] : -1;
      assert(a < cols && b < cols);
      const R one = a >= 0 ? share : R(0), two = b >= 0 ? 1 - share : R(0);
      const R level = smoothing / static_cast<R>(cols) * (one + two), keep = 1 - smoothing;
      A* const row = to.row(i);
      std::fill_n(row, cols, static_cast<A>(level));
      if (a >= 0) row[a] = static_cast<A>(level + keep * (a == b ? one + two : one));
      if (b >= 0 && b != a) row[b] = static_cast<A>(level + keep * two);
    }
  });
}

/// q_ic = p_ic^(1 / temperature) / sum_k p_ik^(1 / temperature): sharper below 1, flatter above.
///
/// Of p = softmax(z) it is softmax(z / temperature). It is formed as softmax(log p / temperature),
/// log p being at least -80.
///
/// @param p  (B, C), >= 0
/// @param q  (B, C), overwritten; may be p
/// @see Xie et al. 2020, arXiv:1911.04252; Hinton et al. 2015, arXiv:1503.02531, eq. 1
template <class R, class A, class D = BasicCpu<R, A>>
void sharpen(const BasicCpu<R, A>& device, Workspace& scratch, In<D> p, Real<D> temperature,
             Out<D> q) {
  assert(p.rows == q.rows && p.cols == q.cols && temperature > 0);
  const Index cols = p.cols;
  internal::sum_rows<int>(
      device, scratch, p.rows, cols, cols, [&](auto lanes, Index i, R* own) SELFSAME_INLINE {
        using V = Simd<R, decltype(lanes)::value>;
        for (Index c = 0; c < cols; ++c) {
          const R x = std::log(static_cast<R>(p(i, c)));
          own[c] = x < R(-80) ? R(-80) : x;  // a NaN stays
        }
        const R all =
            internal::row_terms<V>(own, cols, internal::row_top<V>(own, cols), 1 / temperature, own,
                                   [](auto&&...) SELFSAME_INLINE {});
        internal::put_row<V>(q.row(i), cols, false, [&](Index c, Index n, V& x) SELFSAME_INLINE {
          load_some(own + c, n, x);
          x /= all;
        });
        return 0;
      });
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
