/// @file
#pragma once
#include <selfsame/loss/nt_xent.hpp>
#include <selfsame/relation/same_label.hpp>

namespace selfsame {

/// Supervised contrast with its gradient: a row's positives are all other rows of its label.
///
///     value = mean_i mean_{j: y_j = y_i, j != i} -log( exp(s_ij) / sum_{k != i} exp(s_ik) ),
///     s_ij = cos(z_i, z_j) / temperature,
///
/// over the rows i that have a positive. With one label an image it is NT-Xent. In a method the relation
/// SameLabelRelation makes NtXent this loss.
///
/// @param embeddings   (B, D), of any length; the gradient is written or added, as it asks
/// @param labels       (B); -1: a negative of all, never an anchor
/// @param temperature  > 0; the paper's is 0.1
/// @return  in nats; 0 where no row has a positive
/// @throws std::invalid_argument  where shapes do not agree or the temperature is not positive
/// @see Khosla et al. 2020, arXiv:2004.11362, eq. 2. The released code multiplies by temperature / 0.07 and counts rows
///      without a positive as zeros
template <Device D>
Real<D> sup_con(const D& device, Differentiable<D> embeddings, Vector<const Index, D> labels,
                Real<D> temperature) {
  detail::check_gradient<D>("embeddings", embeddings);
  detail::check_temperature("temperature", static_cast<double>(temperature));
  if (labels.size != embeddings.value.rows)
    throw std::invalid_argument("selfsame: embeddings are " + to_string(embeddings.value) +
                                ", labels are " + std::to_string(labels.size) +
                                "; there must be one a row");
  return detail::unit_contrast(device, embeddings, NtXent{}.epsilon, SameLabelRelation<D>{labels},
                               In<D>{}, temperature);
}

}  // namespace selfsame
