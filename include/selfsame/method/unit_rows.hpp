/// @file
#pragma once
#include <selfsame/core/pass.hpp>
#include <selfsame/kernel/cpu/normalise.hpp>
#include <selfsame/loss/pair_loss.hpp>

namespace selfsame {

/// Rows as a loss compares them: of unit length where it asks for that, as they are where not.
template <class D>
class UnitRows {
 public:
  /// The rows to compare; their gradient is added.
  template <class Loss>
  Differentiable<D> of(const Pass<D>& pass, const Loss& loss, Differentiable<D> rows) {
    source_ = rows;
    if constexpr (WantsUnitRows<Loss>) {
      epsilon_ = static_cast<Real<D>>(loss.normalised().epsilon);
      unit_.resize(rows.value.rows, rows.value.cols);
      gradient_.resize(rows.value.rows, rows.value.cols);
      norms_.resize(rows.value.rows);
      l2_normalise(*pass.device, rows.value, epsilon_, unit_.out(), view<D>(norms_));
      std::fill_n(gradient_.data.data(), gradient_.data.size(), Activation<D>(0));
      return differentiable_ = {unit_.in(), gradient_.out(), 1, true};
    } else {
      return differentiable_ = rows;
    }
  }
  /// What `of` returned last.
  Differentiable<D> differentiable() const { return differentiable_; }
  /// The same of constants.
  template <class Loss>
  In<D> constant(const Pass<D>& pass, const Loss& loss, In<D> rows) {
    if constexpr (WantsUnitRows<Loss>) {
      unit_.resize(rows.rows, rows.cols);
      norms_.resize(rows.rows);
      l2_normalise(*pass.device, rows, static_cast<Real<D>>(loss.normalised().epsilon), unit_.out(),
                   view<D>(norms_));
      return unit_.in();
    } else {
      return rows;
    }
  }
  /// Brings the gradient back to the rows as they were.
  template <class Loss>
  void pull_back(const Pass<D>& pass, const Loss&) const {
    if constexpr (WantsUnitRows<Loss>)
      l2_normalise_gradient(*pass.device, unit_.in(), view<D>(norms_), epsilon_, gradient_.in(),
                            source_.gradient, Write::add);
  }

 private:
  Differentiable<D> source_{}, differentiable_{};
  Rows<D> unit_, gradient_;
  Buffer<Real<D>> norms_;
  Real<D> epsilon_ = 0;
};

}  // namespace selfsame
