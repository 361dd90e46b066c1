/// @file
/// A layer is an immutable value that describes a function of (pass, rows, weights).
#pragma once
#include <selfsame/core/weights.hpp>

#include <tuple>
#include <utility>

namespace selfsame {

struct None {};  ///< a cache or statistics of a layer that needs none

/// `Cache` is what backward needs of one forward pass; `Statistics` what `update_buffers` needs: it outlives
/// the cache, because a pass in chunks keeps only it. Both are reused from step to step.
///
/// `output` throws std::invalid_argument where the input does not fit. `forward` is pure: y is
/// overwritten. `backward` overwrites dx, unless it has no data, and adds to dtheta.
template <class L, class D>
concept Layer =
    requires(const L layer, const Shape in, Layout& layout, Counter& counter, const Pass<D>& pass,
             In<D> x, const Fixed<D>& w, Out<D> y, typename L::template Cache<D>& cache,
             const typename L::template Cache<D>& kept,
             typename L::template Statistics<D>& statistics, Slice<Real<D>, D> dtheta) {
      { layer.output(in) } -> std::same_as<Shape>;
      { layer.describe(in, layout) } -> std::same_as<void>;
      { layer.describe(in, counter) } -> std::same_as<void>;
      { layer.forward(pass, in, x, w, y, cache, statistics) } -> std::same_as<void>;
      { layer.backward(pass, in, x, w, kept, x, y, dtheta) } -> std::same_as<void>;
    };

/// Folds the statistics of one pass, or of one chunk of it, into the buffers, where a layer has any.
template <class L, class S, class D, class R>
void update_layer_buffers(const L& layer, const S& statistics, Slice<R, D> buffers) {
  if constexpr (!std::same_as<S, None>) layer.update_buffers(statistics, buffers);
}

/// Calls f(std::integral_constant<std::size_t, i>) for i < n.
template <std::size_t n, class F>
constexpr void each_index(F&& f) {
  [&]<std::size_t... i>(std::index_sequence<i...>) {
    (f(std::integral_constant<std::size_t, i>{}), ...);
  }(std::make_index_sequence<n>{});
}

}  // namespace selfsame
