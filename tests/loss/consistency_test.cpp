#include <selfsame/loss/consistency.hpp>
#include <selfsame/loss/cross_entropy.hpp>

#include "loss/row_reference.hpp"

using namespace selfsame;
using namespace selfsame::test;
using Catch::Matchers::ContainsSubstring;

namespace {

enum class Form { hard, soft, squared };

/// The three losses, straight.
auto naive(Form form, double threshold, double temperature) {
  return [=](const Dense& strong, const Dense& weak) {
    Result r{0, Dense::Zero(strong.rows(), strong.cols())};
    const Dense q = softmax_of(weak), p = softmax_of(strong);
    const auto labels = largest(weak);
    for (Index i = 0; i < strong.rows(); ++i) {
      if (q.row(i).maxCoeff() < threshold) continue;
      const Dense target = form == Form::hard
                               ? one_hot({labels[static_cast<std::size_t>(i)]}, weak.cols())
                               : softmax_of(weak.row(i), temperature);
      if (form == Form::squared) {
        const Eigen::RowVectorXd d = p.row(i) - target;
        r.value += d.squaredNorm();
        r.gradient.row(i) = 2 * p.row(i).array() * (d.array() - d.dot(p.row(i)));
      } else {
        const Result one = naive_cross_entropy(strong.row(i), target);
        r.value += one.value;
        r.gradient.row(i) = one.gradient;
      }
    }
    const double n = static_cast<double>(std::max<Index>(strong.rows(), 1));
    return Result{r.value / n, r.gradient / n};
  };
}
Dense sure_of(Index rows, Index classes, unsigned seed) {
  Dense z = noise(rows, classes, seed);
  for (Index i = 0; i < rows; i += 2) z(i, (3 * i) % classes) += 8;
  return z;
}
Dense by_formula(Index rows, double (*f)(double)) {
  Dense m(rows, 4);
  for (Index j = 0; j < 4 * rows; ++j) m(j / 4, j % 4) = f(static_cast<double>(j));
  return m;
}
/// One row whose first logit exceeds all others by `margin`.
Dense margin(Index classes, double by) {
  Dense z = Dense::Zero(1, classes);
  z(0, 0) = by;
  return z;
}

}  // namespace

TEMPLATE_TEST_CASE("Consistency agrees with its formula in double, hard, soft and squared",
                   "[loss]", SELFSAME_TEST_DEVICES) {
  const auto [rows, classes] = GENERATE(
      table<Index, Index>({{0, 3}, {1, 1}, {1, 2}, {2, 3}, {257, 7}, {5, 1000}, {2, 5'001}}));
  const double threshold = GENERATE(0.0, 0.6);
  CAPTURE(rows, classes, threshold);
  const Dense strong = 2 * noise(rows, classes, 1), weak = sure_of(rows, classes, 2);
  const double rounding = 128 * epsilon<TestType>;
  check_value<TestType>(PseudoLabelConsistency{threshold}, naive(Form::hard, threshold, 1), strong,
                        weak, rounding);
  for (const double temperature : {0.4, 1.0, 5.0}) {
    CAPTURE(temperature);
    check_value<TestType>(SoftConsistency{threshold, temperature},
                          naive(Form::soft, threshold, temperature), strong, weak, 2 * rounding);
    check_value<TestType>(SquaredConsistency{threshold, temperature},
                          naive(Form::squared, threshold, temperature), strong, weak, 2 * rounding);
  }
}

TEST_CASE("Consistency: the gradients agree with central differences", "[loss]") {
  const Dense strong = noise(6, 5, 1), weak = sure_of(6, 5, 2);
  check_differences(PseudoLabelConsistency{.6}, strong, weak);
  check_differences(SoftConsistency{.6, .5}, strong, weak);
  check_differences(SquaredConsistency{.6, .5}, strong, weak);
}

TEST_CASE("Consistency has the golden numbers of FixMatch", "[loss]") {
  const Dense zl = by_formula(2, [](double j) { return std::sin(1 + j); }),
              zw = by_formula(4, [](double j) { return 3 * std::sin(2 + 3 * j); }),
              zs = by_formula(4, [](double j) { return std::cos(1 + j); });
  LabelCount count;
  const auto doubled = [&](const Pass<F64>& pass, Differentiable<F64> strong, In<F64> weak) {
    strong.weight = 2;  // lambda_u
    return PseudoLabelConsistency{.5}(pass, strong, weak, &count);
  };
  const Result u = run(doubled, zs, zw), l = run(CrossEntropy{}, zl, one_hot({1, 3}, 4));
  CHECK((count.kept == 3 && count.undefined == 0));
  CHECK(l.value == Approx(.8559170702).epsilon(1e-9));
  CHECK(u.value == Approx(1.540976516).epsilon(1e-9));
  CHECK(l.value + 2 * u.value == Approx(3.937870101).epsilon(1e-9));
  CHECK(l.gradient(0, 0) == Approx(.1805812987).epsilon(1e-9));
  CHECK(l.gradient(1, 3) == Approx(-.2664550579).epsilon(1e-9));
  CHECK(u.gradient(0, 2) == Approx(-.4431459360).epsilon(1e-9));
  CHECK(u.gradient(2, 3) == Approx(.2792208955).epsilon(1e-9));
  CHECK(u.gradient.row(3).cwiseAbs().maxCoeff() == 0);
}

TEST_CASE("Consistency agrees with PyTorch's cross_entropy and mse_loss under a mask", "[loss]") {
  const Golden golden = Golden::read("loss/consistency.txt");
  const Dense strong = dense(golden, "strong"), weak = dense(golden, "weak");
  const auto check = [&](const std::string& name, const auto& loss) {
    CAPTURE(name);
    const Result r = run(loss, strong, weak), single = run<Cpu>(loss, strong, weak);
    CHECK(r.value == Approx(dense(golden, name + "_value")(0, 0)).epsilon(1e-12));
    CHECK(worst(r.gradient, dense(golden, name + "_gradient")) < 1e-11);
    CHECK(single.value == Approx(r.value).epsilon(1e-6));
    CHECK(worst(single.gradient, r.gradient) < 1e-5);
    const Dense mask = dense(golden, "mask");
    for (Index i = 0; i < strong.rows(); ++i)
      CHECK((r.gradient.row(i).cwiseAbs().maxCoeff() > 0) == (mask(0, i) == 1));
  };
  check("hard", PseudoLabelConsistency{.5});
  check("soft", SoftConsistency{.5, .4});
  check("squared", SquaredConsistency{.5});
}

TEMPLATE_TEST_CASE("The threshold is inclusive, and the lowest of equal classes is the label",
                   "[loss]", SELFSAME_TEST_DEVICES) {
  const Dense equal = Dense::Constant(1, 2, 3.0);
  Dense strong(1, 2);
  strong << 1, 0;
  const Result r = run<TestType>(PseudoLabelConsistency{.5}, strong, equal);
  CHECK(r.value == Approx(std::log(1 + std::exp(-1.0))).epsilon(1e-6));  // class 0
  CHECK(run<TestType>(SoftConsistency{.5, 1}, strong, equal).value > .5);
  CHECK(run<TestType>(SquaredConsistency{.5, 1}, strong, equal).value > .05);
  for (const double above : {.5000001, .95}) {
    const Result none = run<TestType>(PseudoLabelConsistency{above}, strong, equal);
    CHECK(none.value == 0);
    CHECK(none.gradient.cwiseAbs().maxCoeff() == 0);
  }
}

TEMPLATE_TEST_CASE("The mask is that of the margin's closed form", "[loss]",
                   SELFSAME_TEST_DEVICES) {
  for (const auto& [classes, at] : {std::pair<Index, double>{10, 5.1417}, {100, 7.5396}}) {
    const double exact = std::log(static_cast<double>(classes - 1) * .95 / .05);
    CHECK(std::abs(exact - at) < 1e-4);
    const Dense strong = noise(1, classes, 1);
    for (const double by : {-1e-3, 1e-3}) {
      const Dense weak = margin(classes, exact + by);
      CHECK((run<TestType>(PseudoLabelConsistency{}, strong, weak).value > 0) == (by > 0));
      CHECK((run<TestType>(SoftConsistency{}, strong, weak).value > 0) == (by > 0));
      CHECK((run<TestType>(SquaredConsistency{}, strong, weak).value > 0) == (by > 0));
    }
  }
}

TEST_CASE("Consistency divides by all rows, also those that are not kept", "[loss]") {
  Dense weak = Dense::Zero(6, 3);
  for (const Index i : {0, 2, 4}) weak(i, i / 2) = 20;
  const Result r = run(PseudoLabelConsistency{}, Dense::Zero(6, 3), weak);
  CHECK(r.value == Approx(std::log(3.0) / 2).epsilon(1e-14));
  CHECK(r.gradient(2, 0) == Approx(1. / 18));
  CHECK(r.gradient.rowwise().sum().cwiseAbs().maxCoeff() < 1e-16);
}

TEMPLATE_TEST_CASE("Rows that are not kept have no gradient, even beside a NaN or an infinity",
                   "[loss]", SELFSAME_TEST_DEVICES) {
  Dense strong = noise(5, 20, 1), weak = sure_of(5, 20, 2);
  weak.row(0).setZero(), weak.row(2).setZero();
  strong(1, 3) = INFINITY;  // the weak view is not sure
  strong(3, 3) = NAN;
  const auto check = [&](const auto& loss) {
    LabelCount count;
    const auto counted = [&]<class D>(const Pass<D>& pass, Differentiable<D> differentiable,
                                      In<D> w) { return loss(pass, differentiable, w, &count); };
    const Result r = run<TestType>(counted, strong, weak);
    CHECK((count.kept == 1 && count.undefined == 0));
    CHECK(std::isfinite(r.value));
    CHECK(r.value > 0);
    CHECK(r.gradient.topRows(4).cwiseAbs().maxCoeff() == 0);
    CHECK(r.gradient.row(4).cwiseAbs().maxCoeff() > 1e-4);
    Dense bad = strong;
    bad(4, 2) = NAN;  // a row that is kept
    const Result lost = run<TestType>(counted, bad, weak);
    CHECK(std::isnan(lost.value));
    CHECK(lost.gradient.row(4).hasNaN());
    CHECK(lost.gradient.topRows(4).cwiseAbs().maxCoeff() == 0);
    // A weak row without a softmax is not a row that is not sure.
    for (const double odd : {double{NAN}, double{INFINITY}}) {
      Dense broken = weak;
      broken(2, 7) = odd;
      const Result r2 = run<TestType>(counted, strong, broken);
      CHECK(count.undefined == 1);
      CHECK(std::isnan(r2.value));
      CHECK(r2.gradient.row(2).hasNaN());
      CHECK(r2.gradient.topRows(2).cwiseAbs().maxCoeff() == 0);
      CHECK(r2.gradient.row(4).allFinite());
    }
  };
  check(PseudoLabelConsistency{.6});
  check(SoftConsistency{.6, .4});
  check(SquaredConsistency{.6, 1});
}

TEMPLATE_TEST_CASE("Consistency is finite at every temperature", "[loss]", SELFSAME_TEST_DEVICES) {
  const double temperature = GENERATE(1e-3, 1.0, 1e3);
  const Dense strong = 100 * noise(6, 9, 1), weak = 100 * noise(6, 9, 2);
  for (const Result& r : {run<TestType>(SoftConsistency{.5, temperature}, strong, weak),
                          run<TestType>(SquaredConsistency{.5, temperature}, strong, weak)}) {
    CHECK(std::isfinite(r.value));
    CHECK(r.gradient.allFinite());
  }
  // next to 0 the soft form is the hard one
  if (temperature < 1)
    CHECK(run<TestType>(SoftConsistency{.5, temperature}, strong, weak).value ==
          Approx(run<TestType>(PseudoLabelConsistency{.5}, strong, weak).value));
}

TEST_CASE("Consistency of a view with itself has no gradient where it is soft", "[loss]") {
  const Dense z = sure_of(5, 6, 3);
  CHECK(run(SoftConsistency{.5, 1}, z, z).gradient.cwiseAbs().maxCoeff() == 0);
  const Result squared = run(SquaredConsistency{.5, 1}, z, z);
  CHECK(squared.value == 0);
  CHECK(squared.gradient.cwiseAbs().maxCoeff() == 0);
}

TEST_CASE("Consistency obeys the weight, the threads and the ranks", "[loss]") {
  const auto check = [](const auto& loss) {
    check_weight_and_add(loss, noise(6, 7, 1), sure_of(6, 7, 2));
    check_threads(loss, noise(2000, 37, 1), sure_of(2000, 37, 2));
    check_row_ranks(loss, noise(12, 5, 1), sure_of(12, 5, 2));
  };
  check(PseudoLabelConsistency{.6});
  check(SoftConsistency{.6, .4});
  check(SquaredConsistency{.6, .4});
}

TEST_CASE("Consistency of a trainer of one's own is the policy's", "[loss]") {
  static_assert(RowLoss<PseudoLabelConsistency, Cpu> && RowLoss<SoftConsistency, Cpu> &&
                RowLoss<SquaredConsistency, Cpu>);
  CHECK(PseudoLabelConsistency{}.threshold == .95);
  CHECK((SoftConsistency{}.threshold == .95 && SoftConsistency{}.temperature == .4));
  CHECK((SquaredConsistency{}.threshold == .95 && SquaredConsistency{}.temperature == 1));
  Strided<F64> strong(noise(4, 3, 1)), weak(sure_of(4, 3, 2)), narrow(noise(4, 2, 1));
  LabelCount count;
  CHECK(consistency(F64{}, strong.differentiable(), weak.in()) ==
        run(PseudoLabelConsistency{}, strong.rounded(), weak.rounded()).value);
  CHECK(consistency(F64{}, strong.differentiable(), weak.in(), SoftConsistency{.threshold = .9},
                    &count) ==
        run(SoftConsistency{.threshold = .9}, strong.rounded(), weak.rounded()).value);
  CHECK(count.kept == 2);
  CHECK_THROWS_WITH(consistency(F64{}, strong.differentiable(), narrow.in()),
                    ContainsSubstring("(4, 3)") && ContainsSubstring("(4, 2)"));
  CHECK_THROWS_WITH(
      consistency(F64{}, Differentiable<F64>{strong.in(), narrow.differentiable().gradient},
                  weak.in()),
      ContainsSubstring("gradient") && ContainsSubstring("(4, 2)"));
}
