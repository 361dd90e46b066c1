#include <selfsame/assigner/teacher_labels.hpp>

#include "loss/row_reference.hpp"

using namespace selfsame;
using namespace selfsame::test;
using Catch::Matchers::ContainsSubstring;

namespace {

template <class D>
struct Run {
  D device{.threads = 2};
  Workspace scratch{};
  Pass<D> pass{};
  Run() {
    pass.device = &device;
    pass.workspace = &scratch;
  }
};
template <class D>
Dense targets_of(const TeacherLabels& teacher, const Dense& logits) {
  Run<D> run;
  const Strided<D> z(logits);
  Strided<D> t(Dense::Constant(logits.rows(), logits.cols(), 9));
  teacher.targets(run.pass, z.in(), {t.value.data(), t.rows, t.cols, t.cols + 3});
  return t.rounded();
}

}  // namespace

TEMPLATE_TEST_CASE("A teacher's targets are its softmax, or its smoothed arg-max", "[assigner]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  using Form = TeacherLabels::Form;
  const auto [rows, classes] = GENERATE(table<Index, Index>({{0, 3}, {1, 1}, {5, 2}, {70, 300}}));
  const Dense z = Strided<D>(noise(rows, classes, 1)).rounded();
  for (const double temperature : {.25, 1.0, 2.0})
    CHECK(worst(targets_of<D>({.temperature = temperature}, z), softmax_of(z, temperature)) <
          64 * epsilon<D>);
  CHECK(worst(targets_of<D>({.temperature = 1e-3}, z), softmax_of(z, 1e-3)) < 1e-2);  // T -> 0
  for (const double smoothing : {0.0, .1})
    CHECK(worst(targets_of<D>({.form = Form::hard, .smoothing = smoothing}, z),
                one_hot(largest(z), classes, smoothing)) < 8 * epsilon<D>);
}

TEMPLATE_TEST_CASE("A teacher labels each image, and says how sure it is", "[assigner]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  Dense z = noise(70, 9, 1);
  z.row(4).setConstant(1);  // equal: the lowest class, 1 / C
  const Strided<D> logits(z);
  std::vector<Index> labels(70);
  std::vector<Real<D>> sure(70);
  Run<D> run;
  const LabelCount count =
      TeacherLabels{}.label(run.pass, logits.in(), view<D>(labels), view<D>(sure));
  CHECK(count.kept == 70);
  CHECK(labels[4] == 0);
  CHECK(static_cast<double>(sure[4]) == Approx(1. / 9).epsilon(1e-6));
  const auto best = largest(z);
  const Dense p = softmax_of(z);
  for (Index i = 0; i < 70; ++i) {
    CHECK(labels[static_cast<std::size_t>(i)] == best[static_cast<std::size_t>(i)]);
    CHECK(static_cast<double>(sure[static_cast<std::size_t>(i)]) ==
          Approx(p.row(i).maxCoeff()).epsilon(1e-6));
  }
  // the same bits again
  std::vector<Index> again(70);
  std::vector<Real<D>> sure_again(70);
  TeacherLabels{}.label(run.pass, logits.in(), view<D>(again), view<D>(sure_again));
  CHECK((again == labels && sure_again == sure));
  z(5, 3) = NAN;
  const Strided<D> odd(z);
  const auto says =
      Catch::Matchers::ContainsSubstring("row 5 of the teacher's logits is not finite");
  CHECK_THROWS_WITH(TeacherLabels{}.label(run.pass, odd.in(), view<D>(labels), view<D>(sure)),
                    says);
  Strided<D> targets(Dense::Zero(70, 9));
  CHECK_THROWS_WITH(TeacherLabels{.form = TeacherLabels::Form::hard}.targets(
                        run.pass, odd.in(), targets.differentiable().gradient),
                    says);
}

TEST_CASE("A teacher's labels, filtered and balanced, are a pool to train on", "[assigner]") {
  const Index n = 400, classes = 5;
  Dense z = 2 * noise(n, classes, 3);
  const Strided<F64> logits(z);
  std::vector<Index> labels(static_cast<std::size_t>(n)), samples, copies(labels);
  std::vector<double> sure(labels.size());
  for (Index i = 0; i < n; ++i) samples.push_back(i + 1000);
  Run<F64> run;
  const TeacherLabels teacher{.balance = {.floor = .5, .per_class = 60}};
  teacher.label(run.pass, logits.in(), view<F64>(labels), view<F64>(sure));
  const BalanceReport report =
      teacher.select(run.pass, classes, view_of(labels), view<F64>(std::as_const(sure)),
                     view_of(samples), view<F64>(copies));
  CHECK(report.status == BalanceReport::Status::balanced);
  std::vector<Index> items(static_cast<std::size_t>(classes));
  for (std::size_t i = 0; i < copies.size(); ++i) {
    if (copies[i] > 0) CHECK(sure[i] >= .5);
    items[static_cast<std::size_t>(labels[i])] += copies[i];
  }
  for (const Index k : items) CHECK((k > 30 && k < 90));
}

TEST_CASE("A teacher's labels refuse what does not fit and print both sides", "[assigner]") {
  static_assert(std::same_as<TeacherLabels::plays, role::Assigner>);
  CHECK((TeacherLabels{}.temperature == 1 && TeacherLabels{}.smoothing == .1));
  Run<Cpu> run;
  Strided<Cpu> z(noise(4, 3, 1)), narrow(noise(4, 2, 1));
  std::vector<Index> labels(3);
  std::vector<float> sure(4);
  CHECK_THROWS_WITH(TeacherLabels{}.label(run.pass, z.in(), view<Cpu>(labels), view<Cpu>(sure)),
                    ContainsSubstring("(4, 3)") && ContainsSubstring("labels are 3"));
  CHECK_THROWS_WITH(TeacherLabels{}.targets(run.pass, z.in(), narrow.differentiable().gradient),
                    ContainsSubstring("(4, 3)") && ContainsSubstring("(4, 2)"));
}
