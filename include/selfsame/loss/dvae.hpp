/// @file
/// The objective of the discrete variational autoencoder behind BEiT's and DALL-E's tokens.
#pragma once
#include <selfsame/core/schedule.hpp>
#include <selfsame/loss/kl_to_uniform.hpp>
#include <selfsame/loss/reconstruction.hpp>

namespace selfsame {

template <class D>
struct ElboTerms {
  Real<D> value = 0;           ///< reconstruction + beta / numbers of an image * divergence
  Real<D> reconstruction = 0;  ///< a mean over all numbers of the images
  Real<D> divergence = 0;      ///< a mean over images, a sum over positions
};

/// The negative evidence lower bound per number of an image:
///
///     value = mean -log p(x|y) + beta / (3 H W) * 1/B sum_{b, position} KL(q || uniform)
///
/// q is the softmax of the encoder's logits without temperature and noise; y, what the decoder saw,
/// is the caller's (gumbel_softmax), and so is the gradient that comes back through it.
///
/// @tparam Reconstruction  LogitLaplace, MeanSquared or SmoothL1
/// @see Ramesh et al. 2021, arXiv:2102.12092, section 2.1 and appendix A.2; beta climbs from 0 to
///      6.6 in the first 5,000 of 3,000,000 updates there
template <class Reconstruction = LogitLaplace>
struct Elbo {
  using plays = role::Loss;
  Reconstruction reconstruction{};
  Schedule<NonNegative> beta = 6.6;

  /// @param decoded  (images * pixels, columns as the reconstruction asks)
  /// @param pixels   (images * pixels, C), constants
  /// @param logits   (images * positions, V), of the encoder
  /// @param images   of this rank
  template <class D>
  ElboTerms<D> operator()(const Pass<D>& pass, Differentiable<D> decoded, In<D> pixels,
                          Differentiable<D> logits, Index images) const {
    const double numbers =
        static_cast<double>(std::max<Index>(pass.total(pixels.rows * pixels.cols), 1));
    const double count = static_cast<double>(std::max<Index>(pass.total(images), 1));
    const auto share = static_cast<Real<D>>(beta.at(pass.progress) * count / numbers);
    ElboTerms<D> terms;
    terms.reconstruction = reconstruction(pass, decoded, pixels);
    logits.weight *= share;
    terms.divergence = KlToUniform{}(pass, logits, images);
    terms.value = terms.reconstruction + share * terms.divergence;
    return terms;
  }
};

/// The same for a trainer of your own.
/// @throws std::invalid_argument  where shapes do not agree
template <Device D, class Reconstruction = LogitLaplace>
ElboTerms<D> dvae_loss(const D& device, Differentiable<D> decoded, In<D> pixels,
                       Differentiable<D> logits, Index images,
                       const Elbo<Reconstruction>& numbers = {}) {
  detail::check_decoded<D>(numbers.reconstruction, decoded, pixels);
  detail::check_gradient("logits", logits);
  detail::check_images("logits", logits.value.rows, images);
  detail::check_images("pixels", pixels.rows, images);
  const detail::Alone<D> alone(device);
  return numbers(alone.pass, decoded, pixels, logits, images);
}

}  // namespace selfsame
