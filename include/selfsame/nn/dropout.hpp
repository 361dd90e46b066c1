/// @file
/// Layers that draw: their masks are counted from the image's key and the path (decision D6), and drawn
/// again in backward instead of stored.
#pragma once
#include <selfsame/kernel/cpu/parallel.hpp>
#include <selfsame/nn/layer.hpp>

namespace selfsame {

/// What a draw decides about: each value alone, or a whole image.
enum class Drops { values, images };

namespace detail {
/// y = x / (1 - rate) where a draw keeps it, else 0; y may be x.
template <class D>
void drop(const Pass<D>& pass, Shape in, In<D> x, double rate, Drops drops, Out<D> y) {
  const bool off = pass.mode == Mode::evaluate || rate == 0;
  const auto scale = static_cast<Activation<D>>(rate < 1 ? 1 / (1 - rate) : 0);
  parallel(*pass.device, in.images, [&](Index image, Index) {
    const Random random = pass.random(image);
    const bool whole = off || (drops == Drops::images && !random.chance(0, rate));
    const bool none = !off && drops == Drops::images && !whole;
    for (Index p = 0; p < in.positions(); ++p) {
      const Index r = image * in.positions() + p;
      for (Index c = 0; c < in.channels; ++c) {
        const bool keep = whole || (!none && !random.chance(p * in.channels + c, rate));
        y(r, c) = keep ? (off ? x(r, c) : scale * x(r, c)) : Activation<D>(0);
      }
    }
  });
}
}  // namespace detail

/// What is dropped, with probability `rate` in training, is zero; the rest grows by 1 / (1 - rate).
template <Drops what>
struct DropoutOf {
  Fraction rate = 0;

  template <class D>
  using Cache = None;
  template <class D>
  using Statistics = None;
  constexpr Shape output(Shape in) const { return in; }
  void describe(Shape, auto&) const {}
  template <class D>
  void forward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>&, Out<D> y, None&,
               None&) const {
    detail::drop(pass, in, x, rate, what, y);
  }
  template <class D>
  void backward(const Pass<D>& pass, Shape in, In<D>, const Fixed<D>&, const None&, In<D> dy,
                Out<D> dx, Slice<Real<D>, D>) const {
    if (dx.data != nullptr) detail::drop(pass, in, dy, rate, what, dx);
  }
};

/// Each value alone. @see Srivastava et al. 2014, in its inverted form
using Dropout = DropoutOf<Drops::values>;
/// A whole image at the end of a residual branch, which is then skipped.
/// @see Huang et al. 2016, arXiv:1603.09382; scaled in training, as later work does
using StochasticDepth = DropoutOf<Drops::images>;

}  // namespace selfsame
