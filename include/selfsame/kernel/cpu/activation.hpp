/// @file
/// Elementwise functions of rows.
#pragma once
#include <selfsame/kernel/cpu/batch_norm.hpp>

#include <concepts>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

namespace internal {
// f(vector of the output, starting at 0, vector of each input) over matrices of one shape.
template <class R, class A, class D, class F, std::same_as<MatrixView<const A, D>>... Inputs>
void map_rows(const BasicCpu<R, A>& device, MatrixView<A, D> out, F&& f, const Inputs&... inputs) {
  parallel_pieces(device, out.rows, norm_rows, [&](Index first, Index rows) {
    on_isa([&](auto bytes) SELFSAME_INLINE {
      using V = Simd<R, decltype(bytes)::value>;
      for (Index r = first; r < first + rows; ++r)
        each_vector<V>(out.cols, [&](Index c, Index n) SELFSAME_INLINE {
          V v = {}, in[sizeof...(Inputs)];
          std::size_t next = 0;
          (load_some(inputs.row(r) + c, n, in[next++]), ...);
          f(v, in);
          store_some(out.row(r) + c, n, v);
        });
    });
  });
}
}  // namespace internal

/// y = max(x, 0); y may be x.
template <class R, class A, class D = BasicCpu<R, A>>
void relu(const BasicCpu<R, A>& device, In<D> x, Out<D> y) {
  internal::map_rows(
      device, y, [](auto& out, const auto& in) SELFSAME_INLINE { out = in[0] > 0 ? in[0] : out; },
      x);
}
/// dx = dy where x > 0, else 0; dx may be dy.
template <class R, class A, class D = BasicCpu<R, A>>
void relu_gradient(const BasicCpu<R, A>& device, In<D> x, In<D> dy, Out<D> dx) {
  internal::map_rows(
      device, dx, [](auto& out, const auto& in) SELFSAME_INLINE { out = in[0] > 0 ? in[1] : out; },
      x, dy);
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
