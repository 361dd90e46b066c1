/// @file
#pragma once
#include <selfsame/core/numbers.hpp>
#include <selfsame/core/roles.hpp>
#include <selfsame/kernel/cpu/kl_to_uniform.hpp>
#include <selfsame/loss/detail/agreed.hpp>
#include <selfsame/loss/detail/row_checks.hpp>

namespace selfsame {

/// The divergence of a categorical latent from the uniform distribution, in nats: a sum over the
/// positions of an image, a mean over the images of all ranks.
///
///     value = 1/B sum_{b, position} [ log V - H(q) ],   q = softmax(logits), never tempered
///
/// One position gives between 0 and log V.
///
/// @see Ramesh et al. 2021, arXiv:2102.12092, section 2.1. DALLE-pytorch sums over images, too
struct KlToUniform {
  using plays = role::Loss;

  /// @param logits  (images * positions, V)
  /// @param images  of this rank
  template <class D>
  Real<D> operator()(const Pass<D>& pass, Differentiable<D> logits, Index images) const {
    const double count = static_cast<double>(std::max<Index>(pass.total(images), 1));
    double value =
        kl_to_uniform_sum(*pass.device, *pass.workspace, logits, static_cast<Real<D>>(1 / count));
    pass.ranks->sum(&value, 1, Number::real64);
    return detail::agreed<Real<D>>(value / count, logits);
  }
};

namespace detail {
/// Rows that belong to images: as many each.
inline void check_images(const std::string& name, Index rows, Index images) {
  if (images < 0 || (images == 0 ? rows != 0 : rows % images != 0))
    throw std::invalid_argument("selfsame: " + name + " have " + std::to_string(rows) +
                                " rows, of " + std::to_string(images) +
                                " images; each image needs as many");
}
}  // namespace detail

/// The same for a trainer of your own.
/// @throws std::invalid_argument  where shapes do not agree
template <Device D>
Real<D> kl_to_uniform(const D& device, Differentiable<D> logits, Index images) {
  detail::check_gradient("logits", logits);
  detail::check_images("logits", logits.value.rows, images);
  const detail::Alone<D> alone(device);
  return KlToUniform{}(alone.pass, logits, images);
}

}  // namespace selfsame
