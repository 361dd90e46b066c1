/// @file
/// Linear interpolation of vectors.
#pragma once
#include <selfsame/kernel/cuda/device.cuh>

#include <thrust/transform.h>

namespace selfsame {
inline namespace SELFSAME_FLAGS {

namespace internal::on_thrust {
template <class Real>
struct Lerp {
  Real step;
  SELFSAME_HD Real operator()(Real from, Real to) const { return to + step * (from - to); }
};
}  // namespace internal::on_thrust

/// to += step * (from - to). Vectors of equal size, not overlapping.
template <class System, class R, class D = BasicThrust<System, R>>
void lerp(const BasicThrust<System, R>& device, Vector<const Real<D>, D> from, Real<D> step,
          Vector<Real<D>, D> to) {
  assert(from.size == to.size);
  thrust::transform(device.policy(), from.data, from.data + from.size, to.data, to.data,
                    internal::on_thrust::Lerp<R>{step});
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
