/// @file
#pragma once
#include <selfsame/loss/detail/unit_contrast.hpp>
#include <selfsame/loss/pair_loss.hpp>
#include <selfsame/relation/grid_offset.hpp>

namespace selfsame {

/// InfoNCE over patches: plain scalar products, no unit length, no temperature.
///
///     value = mean_r -log( exp(scale p_r . t_y(r)) / sum_l exp(scale p_r . t_l) )
///
/// @see Hénaff et al. 2020, arXiv:1905.09272, section 2.1 and the listing of its appendix
struct PatchNCE {
  using plays = role::Loss;
  Temperature scale = 0.1;  ///< of predictions, so that logits begin small; one over a temperature

  template <class D, class Columns>
  Real<D> operator()(const Pass<D>& pass, Differentiable<D> rows, const Columns& columns,
                     const Relation auto& relation, In<D> extra_negatives) const {
    return contrast(*pass.device, *pass.workspace, *pass.ranks, rows, columns, relation,
                    extra_negatives, static_cast<Real<D>>(1 / scale));
  }
};

/// The same with its gradients, for a trainer of your own: one offset of one direction.
///
/// @param predictions  (images (side - offset) side, D), as GridOffsetRelation counts them
/// @param targets      (images side^2, D), all patches, with a gradient: targets are not detached
/// @param scale        > 0
/// @return  in nats; 0 for an offset that leaves the grid
/// @throws std::invalid_argument  where shapes do not agree or numbers are out of range
template <Device D>
Real<D> patch_nce(const D& device, Differentiable<D> predictions, Differentiable<D> targets,
                  const GridOffsetRelation& grid, Real<D> scale) {
  const In<D> p = predictions.value, t = targets.value;
  detail::check_gradient<D>("predictions", predictions);
  detail::check_gradient<D>("targets", targets);
  detail::check_width<D>("predictions", p, "targets", t);
  detail::check_temperature("scale", static_cast<double>(scale));
  const Index patches = grid.side * grid.side;
  if (grid.side < 1 || grid.offset < 1)
    throw std::invalid_argument("selfsame: the grid's side is " + std::to_string(grid.side) +
                                " and the offset " + std::to_string(grid.offset) +
                                "; both must be at least 1");
  if (t.rows % patches != 0 || p.rows != grid.rows(t.rows / patches))
    throw std::invalid_argument(
        "selfsame: targets are " + to_string(t) + ", predictions are " + to_string(p) +
        "; a grid of side " + std::to_string(grid.side) + " has " + std::to_string(patches) +
        " patches and " + std::to_string(grid.rows(1)) + " predictions of this offset an image");
  Workspace scratch;
  return contrast(device, scratch, single_process(), predictions, targets, grid,
                  In<D>{nullptr, 0, p.cols}, 1 / scale);
}

}  // namespace selfsame
