/// @file
/// How losses of known kinds are called.
#pragma once
#include <selfsame/loss/pair_loss.hpp>
#include <selfsame/loss/view_loss.hpp>
#include <selfsame/testing/example.hpp>

#include <array>

namespace selfsame::testing::detail {

// Neighbours attract each other, one more than the other; some pairs repel more than others.
struct Neighbours {
  constexpr Pair operator()(Index i, Index j) const {
    if (i == j) return {0, 0};
    if (i / 2 == j / 2) return {1, 1};
    if (j - i == 2) return {0.5, 1};
    return {0, i - j == 3 ? 2.0 : 1.0};
  }
  constexpr bool has_exceptions(PairBlock b) const {
    return b.column <= b.row + b.rows + 3 && b.row <= b.column + b.columns + 3;
  }
};

template <class L>
inline constexpr Numbers row_numbers = WantsUnitRows<L> ? Numbers::unit : Numbers::normal;

struct RowExample {
  template <class L, class D>
  Real<D> operator()(const L& loss, const Pass<D>& pass, Given<D>& given) const {
    return loss(pass, given.differentiable("rows", 5, row_numbers<L>),
                given.constant("targets", 5, Numbers::shares));
  }
};

struct Views {
  template <class L, class D>
  Real<D> operator()(const L& loss, const Pass<D>& pass, Given<D>& given) const {
    const std::array<Differentiable<D>, 2> views{given.differentiable("first", 5),
                                                 given.differentiable("second", 5)};
    return loss(pass, std::span<const Differentiable<D>>(views));
  }
};

struct SameColumns {
  template <class L, class D>
  Real<D> operator()(const L& loss, const Pass<D>& pass, Given<D>& given) const {
    return loss(pass, given.differentiable("rows", 5, row_numbers<L>), SameRows{},
                given.relation(Neighbours{}), In<D>{});
  }
};
struct ConstantColumns {
  template <class L, class D>
  Real<D> operator()(const L& loss, const Pass<D>& pass, Given<D>& given) const {
    return loss(pass, given.differentiable("rows", 5, row_numbers<L>),
                given.constant("columns", 5, row_numbers<L>), given.relation(Neighbours{}),
                given.shared("extra_negatives", 3, 5, row_numbers<L>));
  }
};
struct DifferentiableColumns {
  template <class L, class D>
  Real<D> operator()(const L& loss, const Pass<D>& pass, Given<D>& given) const {
    return loss(pass, given.differentiable("rows", 5, row_numbers<L>),
                given.differentiable("columns", 5, row_numbers<L>), given.relation(Neighbours{}),
                given.shared("extra_negatives", 3, 5, row_numbers<L>));
  }
};

}  // namespace selfsame::testing::detail
