/// @file
/// The laws that every assigner keeps, checked on a policy of your own.
#pragma once
#include <selfsame/testing/detail/assigner_laws.hpp>

namespace selfsame::testing {

/// An assigner of hard labels: assigner.assign(pass, scores, labels), labels in [-1, columns of scores).
template <class A, class D>
concept AssignsLabels =
    Policy<A> && requires(const A assigner, const Pass<D>& pass, In<D> scores,
                          Vector<Index, D> labels) { assigner.assign(pass, scores, labels); };

/// An assigner of soft codes: assigner.assign(pass, scores, codes), each row a distribution.
template <class A, class D>
concept AssignsCodes =
    Policy<A> && requires(const A assigner, const Pass<D>& pass, In<D> scores, Out<D> codes) {
      assigner.assign(pass, scores, codes);
    };

namespace detail {
struct LabelsExample {
  template <class A, class D>
  void operator()(const A& assigner, const Pass<D>& pass, Given<D>& given) const {
    assigner.assign(pass, given.constant("scores", 5, Numbers::logits),
                    given.labels_out("labels", 5));
  }
};
struct CodesExample {
  template <class A, class D>
  void operator()(const A& assigner, const Pass<D>& pass, Given<D>& given) const {
    assigner.assign(pass, given.constant("scores", 5), given.out("codes", 5, Numbers::shares));
  }
};
}  // namespace detail

/// Checks an assigner as `example` calls it: example(assigner, pass, given) asks `given` for inputs and
/// outputs by name. See Example.
template <class A, class E>
Report check_assigner(const A& assigner, const E& example) {
  return detail::AssignerLaws<A, E>(assigner, example).check();
}

/// Checks an assigner with its Example, or as one of labels or of soft codes:
///
///     const Report report = check_assigner<MyAssigner>();
///     if (!report) std::puts(to_string(report).c_str());
///
/// The laws: a NaN that is read is refused or comes out; labels are in range, rows of codes are distributions; both depend on the scores, are finite
/// and written everywhere, and nothing else is written; the same bits come again, from two threads at
/// once, and with 1, 2, 3 or 7 threads in one call; 2 and 4 ranks, and 3 of which one has no images,
/// assign as one does; the order of the images does not matter; float agrees with double; batches of
/// 0, 1, 2 and 3 images are finite; a second call takes no more scratch; numbers of the policy can be set
/// by name.
template <class A>
Report check_assigner(const A& assigner = {}) {
  using F64 = BasicCpu<double>;
  if constexpr (detail::HasExample<A>) {
    return check_assigner(assigner, Example<A>{});
  } else if constexpr (AssignsLabels<A, F64>) {
    return check_assigner(assigner, detail::LabelsExample{});
  } else {
    static_assert(
        AssignsCodes<A, F64>,
        "selfsame: this assigner has no assign(pass, scores, labels) or assign(pass, "
        "scores, codes) on BasicCpu<double>. Specialise selfsame::testing::Example to say "
        "how it is called.");
    return check_assigner(assigner, detail::CodesExample{});
  }
}

}  // namespace selfsame::testing
