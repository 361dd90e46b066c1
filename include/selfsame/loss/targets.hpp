/// @file
/// Soft targets for a cross-entropy: smoothed, mixed, sharpened.
#pragma once
#include <selfsame/kernel/cpu/targets.hpp>
#include <selfsame/loss/detail/row_checks.hpp>

namespace selfsame {

namespace detail {
inline void check_fraction(const std::string& name, double x) {
  if (!(x >= 0 && x <= 1))
    throw std::invalid_argument("selfsame: the " + name + " is " + std::to_string(x) +
                                "; it must be in [0, 1]");
}
}  // namespace detail

/// t_i = s(labels[i]),   s(y) = (1 - smoothing) e_y + smoothing / C;   zeros for a label of -1
///
/// @param labels     (B), in [-1, C)
/// @param smoothing  in [0, 1]; 0.1 in the paper
/// @param to         (B, C), overwritten
/// @throws std::invalid_argument  where shapes, labels or numbers are not as said
/// @see Szegedy et al. 2016, arXiv:1512.00567, section 7
template <Device D>
void smoothed_targets(const D& device, Vector<const Index, D> labels, Real<D> smoothing,
                      Out<D> to) {
  detail::check_labels("targets", to, labels);
  detail::check_fraction("smoothing", smoothing);
  write_targets(device, labels, Vector<const Index, D>{}, Real<D>(1), smoothing, to);
}

/// Targets of mixed images: t_i = share s(labels[i]) + (1 - share) s(others[i])
///
/// @param share   of the first image, in [0, 1]: of pixels (CutMix) or of brightness (Mixup)
/// @param labels, others, smoothing, to  as above
/// @see Zhang et al. 2018, arXiv:1710.09412, section 2; Yun et al. 2019, arXiv:1905.04899, eq. 1
template <Device D>
void mixed_targets(const D& device, Vector<const Index, D> labels, Vector<const Index, D> others,
                   Real<D> share, Real<D> smoothing, Out<D> to) {
  detail::check_labels("targets", to, labels);
  detail::check_labels("targets", to, others);
  detail::check_fraction("share", share);
  detail::check_fraction("smoothing", smoothing);
  write_targets(device, labels, others, share, smoothing, to);
}

/// The same where image i is mixed with image B - 1 - i, as DeiT does.
/// @see Touvron et al. 2021, arXiv:2012.12877, section 5
template <Device D>
void mixed_targets(const D& device, Vector<const Index, D> labels, Real<D> share, Real<D> smoothing,
                   Out<D> to) {
  std::vector<Index> others(labels.begin(), labels.end());
  std::reverse(others.begin(), others.end());
  mixed_targets(device, labels, view<D>(std::as_const(others)), share, smoothing, to);
}

/// q_ic = p_ic^(1 / temperature) / sum_k p_ik^(1 / temperature), log p being at least -80
///
/// Where logits are at hand, `softmax(device, logits, temperature, q)` keeps more digits.
///
/// @param p  (B, C), >= 0
/// @param q  (B, C), overwritten; may be p
/// @throws std::invalid_argument  where shapes do not agree or the temperature is not positive
template <Device D>
void sharpened_targets(const D& device, In<D> p, Real<D> temperature, Out<D> q) {
  detail::check_same("probabilities", p, "targets are", q);
  detail::check_temperature("temperature", temperature);
  Workspace scratch;
  sharpen(device, scratch, p, temperature, q);
}

}  // namespace selfsame
