/// @file
/// The laws that every loss keeps, checked on a policy of your own.
#pragma once
#include <selfsame/testing/detail/loss_examples.hpp>
#include <selfsame/testing/detail/loss_laws.hpp>

namespace selfsame::testing {

/// Checks a loss as `example` calls it: example(loss, pass, given) asks `given` for inputs by name and
/// returns the loss's value. See Example.
template <class L, class E>
Report check_loss(const L& loss, const E& example) {
  return detail::LossLaws<L, E>(loss, example).check();
}

/// Checks a loss with its Example, or as a PairLoss (with the rows as columns, with constant and with
/// differentiated columns; the relation has soft positives, weighted negatives and no symmetry), a
/// RowLoss (targets are distributions) or a ViewLoss (two views):
///
///     const Report report = check_loss<MyLoss>();
///     if (!report) std::puts(to_string(report).c_str());
///
/// The laws: gradients agree with central differences in double; they are written or added, weighted,
/// and nothing else is written; the value is neither weighted nor does it depend on what is written; the
/// same bits come again, from two threads at once, and with 1, 2, 3 or 7 threads in one call; 2 and 4 ranks
/// have the value and the gradients of one, and 3 of which one has no rows; the order of the images does
/// not matter; float agrees with double, alone and as activations; batches of 0, 1, 2 and 3 images are
/// finite; a NaN in any number of an input shows in the value, and where that is not finite neither are the gradients, nor
/// the reverse, also of long rows and at the least temperature; a second call takes no more scratch; numbers of the policy can be set by name.
template <class L>
Report check_loss(const L& loss = {}) {
  using F64 = BasicCpu<double>;
  if constexpr (detail::HasExample<L>) {
    return check_loss(loss, Example<L>{});
  } else if constexpr (PairLoss<L, F64>) {
    Report report{type_name<L>()};
    report.add("the rows as columns", check_loss(loss, detail::SameColumns{}));
    report.add("constant columns", check_loss(loss, detail::ConstantColumns{}));
    report.add("columns with a gradient", check_loss(loss, detail::DifferentiableColumns{}));
    return report;
  } else if constexpr (ViewLoss<L, F64>) {
    return check_loss(loss, detail::Views{});
  } else {
    static_assert(RowLoss<L, F64>,
                  "selfsame: this loss is no PairLoss, RowLoss or ViewLoss on BasicCpu<double>. "
                  "Specialise selfsame::testing::Example to say how it is called.");
    return check_loss(loss, detail::RowExample{});
  }
}

}  // namespace selfsame::testing
