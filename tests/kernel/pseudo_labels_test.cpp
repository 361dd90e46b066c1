#include <selfsame/kernel/cpu/pseudo_labels.hpp>

#include "kernel/devices.hpp"

using namespace selfsame;
using namespace selfsame::test;

TEMPLATE_TEST_CASE("The arg-max of a row is the first of its largest numbers", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  for (const Isa isa : isas())
    for (const Index cols : {1, 2, 9, 128, 129, 700}) {
      const Forced forced(isa);
      CAPTURE(static_cast<int>(isa), cols);
      Padded<Activation<D>> x(cols + 3, cols, 1);
      for (Index i = 0; i < cols; ++i)  // row i: twice the same, at i and at the end
        x.template view<D>()(i, i) = x.template view<D>()(i, cols - 1) = 2;
      std::vector<Index> labels(static_cast<std::size_t>(cols + 3), -7);
      Workspace scratch;
      const LabelCount count =
          row_arg_max(D{.threads = 2}, scratch, x.template view<D>(), view<D>(labels));
      CHECK(count.kept == cols + 3);
      CHECK(count.undefined == 0);
      for (Index i = 0; i < cols; ++i) CHECK(labels[static_cast<std::size_t>(i)] == i);
      for (Index i = cols; i < cols + 3; ++i) {
        Index best;
        x.matrix().row(i).maxCoeff(&best);
        CHECK(labels[static_cast<std::size_t>(i)] == best);
      }
    }
}

TEMPLATE_TEST_CASE("The arg-max of a row with a NaN, and of an empty row, is -1", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  using A = Activation<D>;
  for (const Isa isa : isas())
    for (const Index bad : {0, 5, 40, 99}) {
      const Forced forced(isa);
      Padded<A> x(3, 100, 1);
      x.template view<D>()(1, bad) = static_cast<A>(NAN);
      x.template view<D>()(2, bad) = std::numeric_limits<A>::infinity();
      std::vector<Index> labels(3);
      Workspace scratch;
      const LabelCount count = row_arg_max(D{}, scratch, x.template view<D>(), view<D>(labels));
      CHECK((labels[0] >= 0 && labels[1] == -1 && labels[2] == bad));
      CHECK((count.kept == 2 && count.undefined == 1));
    }
  std::vector<Index> labels(2);
  Workspace scratch;
  CHECK(row_arg_max(D{}, scratch, In<D>{nullptr, 2, 0}, view<D>(labels)).kept == 0);
  CHECK(labels == std::vector<Index>{-1, -1});
  CHECK(pseudo_labels(D{}, scratch, In<D>{nullptr, 2, 0}, Real<D>(0), view<D>(labels)).kept == 0);
}

TEMPLATE_TEST_CASE("Pseudo-labels are kept from the threshold on, with their confidence",
                   "[kernel]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  using R = Real<D>;
  for (const Isa isa : isas())
    for (const Index cols : {2, 10, 37, 500}) {
      const Forced forced(isa);
      CAPTURE(static_cast<int>(isa), cols);
      Padded<Activation<D>> x(60, cols, 4);
      for (Index i = 0; i < 60; ++i)
        x.template view<D>()(i, i % cols) =
            static_cast<Activation<D>>(0.2 * static_cast<double>(i));
      std::vector<Index> labels(60);
      std::vector<R> sure(60);
      Workspace scratch;
      const LabelCount count = pseudo_labels(D{.threads = 2}, scratch, x.template view<D>(),
                                             R(0.75), view<D>(labels), view<D>(sure));
      Index kept = 0;
      const Matrix z = x.matrix();
      for (Index i = 0; i < 60; ++i) {
        Index best;
        const double top = z.row(i).maxCoeff(&best);
        const double wanted = 1 / (z.row(i).array() - top).exp().sum();
        CHECK(std::abs(static_cast<double>(sure[static_cast<std::size_t>(i)]) - wanted) <
              1e-5 * wanted);
        CHECK(labels[static_cast<std::size_t>(i)] == (wanted >= 0.75 ? best : -1));
        kept += wanted >= 0.75;
      }
      CHECK((count.kept == kept && kept > 0 && kept < 60 && count.undefined == 0));
    }
}

TEMPLATE_TEST_CASE("A row without a softmax has no pseudo-label at any threshold, and is counted",
                   "[kernel]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const double threshold = GENERATE(0.0, 0.5, 1.0);
  Padded<Activation<D>> x(4, 20, 1);
  const auto v = x.template view<D>();
  v(0, 3) = static_cast<Activation<D>>(NAN);
  v(1, 3) = std::numeric_limits<Activation<D>>::infinity();
  for (Index c = 0; c < 20; ++c) v(2, c) = -std::numeric_limits<Activation<D>>::infinity();
  v(3, 19) = 1000;
  std::vector<Index> labels(4);
  Workspace scratch;
  const LabelCount count =
      pseudo_labels(D{}, scratch, v, static_cast<Real<D>>(threshold), view<D>(labels));
  CHECK(labels == std::vector<Index>{-1, -1, -1, 19});
  CHECK((count.kept == 1 && count.undefined == 3 && count.first == 0));
}
