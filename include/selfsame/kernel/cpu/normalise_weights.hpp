/// @file
#pragma once
#include <selfsame/kernel/cpu/normalise.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

/// w_r <- w_r / max(|w_r|, epsilon), in place: a projection of weights, not a layer, so it has no
/// gradient. A zero row stays zero.
/// @param epsilon  > 0
template <class R, class A, class D = BasicCpu<R, A>>
void normalise_weights(const BasicCpu<R, A>& device, Workspace& scratch,
                       MatrixView<R, BasicCpu<R, A>> weights, Real<D> epsilon) {
  using Wide = BasicCpu<R>;  // weights are Real
  const Workspace::Scope scope(scratch);
  const Out<Wide> w(weights.data, weights.rows, weights.cols, weights.stride);
  const Vector<R, Wide> norms{scratch.take<R>(w.rows), w.rows};
  l2_normalise(Wide{.threads = device.threads}, w, epsilon, w, norms);
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
