/// @file
/// The interfaces of role::Loss: of pairs, and of rows against targets.
#pragma once
#include <selfsame/core/pass.hpp>
#include <selfsame/core/roles.hpp>
#include <selfsame/relation/relation.hpp>

namespace selfsame {

namespace detail {
struct AnyRelation {
  Pair operator()(Index, Index) const { return {}; }
};
}  // namespace detail

/// A loss of pairs: loss(pass, rows, columns, relation, extra_negatives), columns being `SameRows`, a `Differentiable` or
/// constants. It writes or adds the gradients that its Differentiable arguments ask for and returns its value.
template <class L, class D>
concept PairLoss = Policy<L> && requires(const L loss, const Pass<D>& pass, Differentiable<D> rows,
                                         In<D> constants, const detail::AnyRelation& relation) {
  { loss(pass, rows, SameRows{}, relation, constants) } -> std::same_as<Real<D>>;
  { loss(pass, rows, rows, relation, constants) } -> std::same_as<Real<D>>;
  { loss(pass, rows, constants, relation, constants) } -> std::same_as<Real<D>>;
};

/// A loss that asks for rows of unit length says so by `normalised() -> UnitLength`; the method then
/// normalises, so that a memory sees unit rows, too.
struct UnitLength {
  double epsilon;  ///< u = z / max(|z|, epsilon)
};
/// A loss that has `normalised()`.
template <class L>
concept WantsUnitRows = requires(const L loss) {
  { loss.normalised() } -> std::same_as<UnitLength>;
};

/// A loss of rows against targets: loss(pass, rows, targets).
template <class L, class D>
concept RowLoss = Policy<L> && requires(const L loss, const Pass<D>& pass, Differentiable<D> rows,
                                        In<D> targets) {
  { loss(pass, rows, targets) } -> std::same_as<Real<D>>;
};

}  // namespace selfsame
