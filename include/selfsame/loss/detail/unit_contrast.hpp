/// @file
#pragma once
#include <selfsame/kernel/cpu/contrast.hpp>
#include <selfsame/kernel/cpu/normalise.hpp>
#include <selfsame/loss/detail/row_checks.hpp>

namespace selfsame::detail {

template <class D>
void check_width(const std::string& name, In<D> x, const std::string& other, In<D> y) {
  if (y.rows > 0 && x.cols != y.cols)
    throw std::invalid_argument("selfsame: " + name + " are " + to_string(x) + ", " + other +
                                " are " + to_string(y) + "; widths must agree");
}
/// The loss of pairs among all embeddings, brought to unit length before and their gradient back after it.
template <class D, class Rel>
Real<D> unit_contrast(const D& device, Differentiable<D> embeddings, double epsilon,
                      const Rel& relation, In<D> extra_negatives, Real<D> temperature) {
  const In<D> z = embeddings.value;
  const auto least = static_cast<Real<D>>(epsilon);
  Workspace scratch;
  const Out<D> unit(scratch.take<Activation<D>>(z.rows * z.cols), z.rows, z.cols);
  const Out<D> gradient(scratch.take<Activation<D>>(z.rows * z.cols), z.rows, z.cols);
  const Vector<Real<D>, D> norms{scratch.take<Real<D>>(z.rows), z.rows};
  l2_normalise(device, z, least, unit, norms);
  const Real<D> value =
      contrast(device, scratch, single_process(),
               Differentiable<D>{unit, gradient, embeddings.weight}, SameRows{}, relation,
               extra_negatives.rows > 0 ? extra_negatives : In<D>{nullptr, 0, z.cols}, temperature);
  l2_normalise_gradient(device, unit, norms, least, gradient, embeddings.gradient,
                        embeddings.add ? Write::add : Write::overwrite);
  return value;
}

}  // namespace selfsame::detail
