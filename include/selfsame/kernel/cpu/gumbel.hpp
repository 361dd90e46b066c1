/// @file
/// Samples of a categorical distribution that have a gradient.
#pragma once
#include <selfsame/core/random.hpp>
#include <selfsame/kernel/cpu/pseudo_labels.hpp>
#include <selfsame/kernel/options.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

namespace internal {

/// -log(-log u), u clamped to [1e-20, 1 - 1e-7]: in [-3.83, 16.2]. A NaN stays.
inline double gumbel_of(double u) {
  u = u < 1e-20 ? 1e-20 : u > 1 - 1e-7 ? 1 - 1e-7 : u;
  return -std::log(-std::log(u));
}

/// noise(r, c) is uniform in (0, 1).
template <class R, class A, class Noise, class D = BasicCpu<R, A>>
void gumbel_rows(const BasicCpu<R, A>& device, Workspace& scratch, In<D> logits, R temperature,
                 Out<D> y, const Noise& noise) {
  assert(logits.rows == y.rows && logits.cols == y.cols && temperature > 0);
  const Index cols = y.cols,
              each = std::max<Index>(1, row_piece(cols) / 16);  // logarithms are slow
  const Index tasks = pieces(y.rows, each), size = pieces(cols, 16) * 16;
  const Workspace::Scope scope(scratch);
  R* const own = scratch.take<R>(workers(device, tasks) * size);
  parallel(device, tasks, [&](Index task, Index thread) {
    R* const z = own + thread * size;
    for (Index r = task * each; r < std::min(y.rows, (task + 1) * each); ++r) {
      for (Index c = 0; c < cols; ++c)
        z[c] = static_cast<R>(static_cast<double>(logits(r, c)) + gumbel_of(noise(r, c)));
      softmax(BasicCpu<R>{}, MatrixView<const R, BasicCpu<R>>(z, 1, cols), temperature,
              MatrixView<R, BasicCpu<R>>(z, 1, cols));
      for (Index c = 0; c < cols; ++c) y(r, c) = static_cast<A>(z[c]);
    }
  });
}

}  // namespace internal

/// A relaxed sample of softmax(l) in each row:
///
///     y = softmax((l + g) / temperature),   g = -log(-log u),   u clamped to [1e-20, 1 - 1e-7]
///
/// Towards temperature 0 it becomes one-hot, and its arg max has the distribution softmax(l) at any
/// temperature. A row with a NaN becomes NaN.
///
/// @param logits    (rows, V)
/// @param uniforms  (rows, V), in (0, 1); constants
/// @param y         (rows, V), overwritten
/// @see Jang et al. 2017, arXiv:1611.01144, eq. 2; the clamp is that of BEiT's and DALL-E's code
template <class R, class A, class D = BasicCpu<R, A>>
void gumbel_softmax(const BasicCpu<R, A>& device, Workspace& scratch, In<D> logits, In<D> uniforms,
                    Real<D> temperature, Out<D> y) {
  assert(uniforms.rows == logits.rows && uniforms.cols == logits.cols);
  internal::gumbel_rows(device, scratch, logits, temperature, y,
                        [&](Index r, Index c) { return static_cast<double>(uniforms(r, c)); });
}

/// The same with counted noise: u of position p and class c of an image is element p V + c of its
/// array, so a sample does not depend on the batch.
/// @param images  one array an image, of the rows / images.size positions that lie side by side
template <class R, class A, class D = BasicCpu<R, A>>
void gumbel_softmax(const BasicCpu<R, A>& device, Workspace& scratch, In<D> logits,
                    Vector<const Random, D> images, Real<D> temperature, Out<D> y) {
  const Index positions = images.size > 0 ? logits.rows / images.size : 1;
  assert(positions * images.size == logits.rows);
  internal::gumbel_rows(device, scratch, logits, temperature, y, [&](Index r, Index c) {
    return images[r / positions].uniform(r % positions * logits.cols + c);
  });
}

/// What a straight-through sample feeds forward: 1 at the arg max of y, the lowest of several, else
/// 0. A row with a NaN stays NaN. Backward it is `gumbel_softmax_gradient` of the soft y.
/// @param one_hot  of y's shape, overwritten
template <class R, class A, class D = BasicCpu<R, A>>
void one_hot_of_largest(const BasicCpu<R, A>& device, Workspace& scratch, In<D> y, Out<D> one_hot) {
  assert(one_hot.rows == y.rows && one_hot.cols == y.cols);
  const Workspace::Scope scope(scratch);
  const Vector<Index, D> top{scratch.take<Index>(y.rows), y.rows};
  row_arg_max(device, scratch, y, top);
  parallel_pieces(device, y.rows, internal::row_piece(y.cols), [&](Index first, Index count) {
    for (Index r = first; r < first + count; ++r) {
      std::fill_n(one_hot.row(r), y.cols,
                  static_cast<A>(top[r] < 0 ? std::numeric_limits<R>::quiet_NaN() : R(0)));
      if (top[r] >= 0) one_hot(r, top[r]) = static_cast<A>(R(1));
    }
  });
}

/// The gradient of `gumbel_softmax`, also of its straight-through form:
///
///     d l_k = y_k (d y_k - sum_j y_j d y_j) / temperature
///
/// @param y         the soft sample
/// @param d_y       (rows, V), the slope at what was fed forward
/// @param d_logits  (rows, V), overwritten or added to; may be d_y
template <class R, class A, class D = BasicCpu<R, A>>
void gumbel_softmax_gradient(const BasicCpu<R, A>& device, In<D> y, In<D> d_y, Real<D> temperature,
                             Out<D> d_logits, Write write) {
  assert(y.rows == d_y.rows && y.cols == d_y.cols && temperature > 0);
  assert(y.rows == d_logits.rows && y.cols == d_logits.cols);
  const R inverse = 1 / temperature;
  parallel_pieces(device, y.rows, internal::row_piece(y.cols), [&](Index first, Index count) {
    on_isa([&](auto bytes) SELFSAME_INLINE {
      using V = Simd<R, decltype(bytes)::value>;
      for (Index r = first; r < first + count; ++r) {
        V along = {};
        const auto both = [&](Index c, Index n, V& p, V& a) SELFSAME_INLINE {
          load_some(y.row(r) + c, n, p);
          load_some(d_y.row(r) + c, n, a);
        };
        each_vector<V>(y.cols, [&](Index c, Index n) SELFSAME_INLINE {
          V p, a;
          both(c, n, p, a);
          along += p * a;
        });
        const R mean = sum_of(along);
        internal::put_row<V>(d_logits.row(r), y.cols, write == Write::add,
                             [&](Index c, Index n, V& g) SELFSAME_INLINE {
                               V p;
                               both(c, n, p, g);
                               g = p * (g - mean) * inverse;
                             });
      }
    });
  });
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
