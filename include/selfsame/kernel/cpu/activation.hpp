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

/// y = max(x, 0), NaN where x is; y may be x.
template <class R, class A, class D = BasicCpu<R, A>>
void relu(const BasicCpu<R, A>& device, In<D> x, Out<D> y) {
  const auto f = [](auto& out, const auto& in) SELFSAME_INLINE {
    out = in[0];
    rectify(out);
  };
  internal::map_rows(device, y, f, x);
}
/// dx = 0 where x <= 0, else dy, also where x is NaN; dx may be dy.
template <class R, class A, class D = BasicCpu<R, A>>
void relu_gradient(const BasicCpu<R, A>& device, In<D> x, In<D> dy, Out<D> dx) {
  const auto f = [](auto& out, const auto& in) SELFSAME_INLINE {
    out = in[1];
    rectify_gradient(in[0], out);
  };
  internal::map_rows(device, dx, f, x, dy);
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
