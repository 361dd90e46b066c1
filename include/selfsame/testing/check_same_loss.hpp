/// @file
/// Whether two losses are the same: a kernel by hand and its draft.
#pragma once
#include <selfsame/testing/check_loss.hpp>

namespace selfsame::testing {

/// Compares values and gradients of two losses that `example` calls alike, in double, for several numbers of
/// images: example(loss, pass, given), see Example.
/// @param bound  relative difference of values, and of gradients beside the largest
template <class A, class B, class E>
Report check_same_loss(const A& a, const B& b, const E& example, double bound = 1e-8) {
  using F64 = BasicCpu<double>;
  Report report{type_name<A>() + " beside " + type_name<B>()};
  for (const Index images : {6, 13, 2}) {
    Setting setting;
    setting.images = images;
    const detail::Outcome x = detail::run<F64>(a, example, setting);
    const detail::Outcome y = detail::run<F64>(b, example, setting);
    const std::string where = " of " + std::to_string(images) + " images";
    report.require(detail::value_error(x, y) < bound,
                   "the value" + where + " is " + detail::number_text(x.value) + ", the other's " +
                       detail::number_text(y.value));
    for (std::size_t k = 0; k < y.arrays.size(); ++k)
      report.require(k < x.arrays.size() && detail::array_error(x, y, k) < bound,
                     "the gradient of " + y.arrays[k].name + where + " differs from the other's");
  }
  return report;
}

/// The same of two losses of views, or of rows against targets.
template <class A, class B>
Report check_same_loss(const A& a, const B& b, double bound = 1e-8) {
  using F64 = BasicCpu<double>;
  if constexpr (ViewLoss<A, F64>) {
    return check_same_loss(a, b, detail::Views{}, bound);
  } else {
    static_assert(RowLoss<A, F64>, "selfsame: say how these losses are called, see Example");
    return check_same_loss(a, b, detail::RowExample{}, bound);
  }
}

}  // namespace selfsame::testing
