/// @file
#pragma once
#include <selfsame/loss/detail/unit_contrast.hpp>
#include <selfsame/loss/pair_loss.hpp>
#include <selfsame/relation/other_views.hpp>

namespace selfsame {

/// Normalised temperature-scaled cross-entropy: each view picks the other views of its image among all other rows.
///
///     value = mean_i mean_{j another view of i} -log( exp(s_ij) / sum_{k != i} exp(s_ik) ),
///     s_ij = cos(z_i, z_j) / temperature
///
/// As role::Loss it works on rows that the method has brought to unit length.
///
/// @see Chen et al. 2020, arXiv:2002.05709, eq. 1. The released code returns the sum of the means over
///      both views, twice this. For more than two views the mean over (anchor, positive) of the
///      cross-entropy, the other positives staying in the denominator: Khosla et al. 2020,
///      arXiv:2004.11362, eq. 2
struct NtXent {
  using plays = role::Loss;
  Temperature temperature = 0.5;  ///< no unit; the paper's 0.5 for CIFAR-10, 0.1 for ImageNet
  Epsilon epsilon = 1e-6;         ///< of a row's length, below which it is not made longer

  constexpr UnitLength normalised() const { return {epsilon}; }
  template <class D, class Columns>
  Real<D> operator()(const Pass<D>& pass, Differentiable<D> rows, const Columns& columns,
                     const Relation auto& relation, In<D> extra_negatives) const {
    return contrast(*pass.device, *pass.workspace, *pass.ranks, rows, columns, relation,
                    extra_negatives, static_cast<Real<D>>(temperature));
  }
};

/// NT-Xent of embeddings of any length, with its gradient: for a trainer of your own.
///
/// @param embeddings   (views B, D): view 1 of all images, then view 2, ...; zero rows stay zero. The
///                     gradient is written or added, as it asks
/// @param temperature  > 0
/// @param views        of each image, at least 2
/// @param memory       (K, D), rows of unit length that are negatives of every view: SimCLRv2's. Constants
/// @return  in nats; 0 for fewer than two rows
/// @throws std::invalid_argument  where shapes do not agree or numbers are out of range
template <Device D>
Real<D> nt_xent(const D& device, Differentiable<D> embeddings, Real<D> temperature, Index views = 2,
                In<D> memory = {}) {
  const In<D> z = embeddings.value;
  detail::check_gradient<D>("embeddings", embeddings);
  detail::check_width<D>("embeddings", z, "memory's rows", memory);
  detail::check_temperature("temperature", static_cast<double>(temperature));
  if (views < 2 || z.rows % views != 0)
    throw std::invalid_argument("selfsame: " + std::to_string(z.rows) + " rows are not " +
                                std::to_string(views) +
                                " views (at least 2) of as many images each");
  return detail::unit_contrast(device, embeddings, NtXent{}.epsilon,
                               OtherViewsRelation{z.rows / views, views}, memory, temperature);
}

}  // namespace selfsame
