/// @file
/// Rows and a vector: biases, and their gradient.
#pragma once
#include <selfsame/kernel/cpu/batch_norm.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

/// x(r, c) += bias[c], by one thread: it runs where a product has just finished rows.
template <class R, class A, class D = BasicCpu<R, A>>
void add_to_rows(const BasicCpu<R, A>&, const R* bias, Out<D> x) {
  on_isa([&](auto bytes) SELFSAME_INLINE {
    using V = Simd<R, decltype(bytes)::value>;
    each_vector<V>(x.cols, [&](Index c, Index n) SELFSAME_INLINE {
      V b;
      load_some(bias + c, n, b);
      for (Index r = 0; r < x.rows; ++r) {
        V v;
        load_some(x.row(r) + c, n, v);
        v += b;
        store_some(x.row(r) + c, n, v);
      }
    });
  });
}

/// sums[c] += sum_r x(r, c): in blocks of rows, added in their order and in double.
template <class R, class A, class D = BasicCpu<R, A>>
void add_column_sums(const BasicCpu<R, A>& device, Workspace& scratch, In<D> x, R* sums) {
  const Index blocks = pieces(x.rows, norm_rows);
  const Workspace::Scope scope(scratch);
  R* const parts = scratch.take<R>(blocks * x.cols);
  double* const total = scratch.take<double>(x.cols);
  parallel(device, blocks, [&](Index block, Index) {
    const Index first = block * norm_rows, last = std::min(x.rows, first + norm_rows);
    on_isa([&](auto bytes) SELFSAME_INLINE {
      using V = Simd<R, decltype(bytes)::value>;
      each_vector<V>(x.cols, [&](Index c, Index n) SELFSAME_INLINE {
        V sum = {};
        for (Index r = first; r < last; ++r) {
          V v;
          load_some(x.row(r) + c, n, v);
          sum += v;
        }
        store_some(parts + block * x.cols + c, n, sum);
      });
    });
  });
  std::fill_n(total, x.cols, 0.0);
  for (Index block = 0; block < blocks; ++block)
    for (Index c = 0; c < x.cols; ++c) total[c] += static_cast<double>(parts[block * x.cols + c]);
  for (Index c = 0; c < x.cols; ++c) sums[c] += static_cast<R>(total[c]);
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
