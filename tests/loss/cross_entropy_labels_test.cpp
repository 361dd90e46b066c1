// Cross-entropy with hard labels, smoothing and weights, and what it is divided by.
#include <selfsame/loss/cross_entropy.hpp>
#include <selfsame/tensor/bfloat16.hpp>

#include "loss/row_reference.hpp"

using namespace selfsame;
using namespace selfsame::test;
using Catch::Matchers::ContainsSubstring;

namespace {

using Labels = std::vector<Index>;
using Weights = std::vector<double>;

/// A loss with hard labels and weights as one of rows; `z` stands for the targets that it ignores.
auto hard(const CrossEntropy& loss, const Labels& labels, const Weights& rows = {},
          const Weights& classes = {}) {
  return [=]<class D>(const Pass<D>& pass, Differentiable<D> differentiable, In<D>) {
    const std::vector<Real<D>> r(rows.begin(), rows.end()), c(classes.begin(), classes.end());
    return loss(pass, differentiable, Vector<const Index, D>(view<D>(labels)),
                TermWeights<D>{view<D>(r), view<D>(c)});
  };
}
auto soft_weighted(const CrossEntropy& loss, const Weights& rows, const Weights& classes) {
  return [=](const Pass<F64>& pass, Differentiable<F64> differentiable, In<F64> targets) {
    return loss(pass, differentiable, targets,
                TermWeights<F64>{view<F64>(rows), view<F64>(classes)});
  };
}
Labels as_labels(const Dense& m) {
  Labels labels;
  for (Index i = 0; i < m.cols(); ++i) labels.push_back(static_cast<Index>(m(0, i)));
  return labels;
}

}  // namespace

TEMPLATE_TEST_CASE("Cross-entropy with labels is that with one-hot targets", "[loss]",
                   SELFSAME_TEST_DEVICES) {
  const auto [rows, classes] =
      GENERATE(table<Index, Index>({{1, 1}, {1, 2}, {2, 3}, {257, 7}, {5, 1000}, {2, 5'001}}));
  const double smoothing = GENERATE(0.0, 0.1), temperature = GENERATE(0.1, 1.0, 20.0);
  CAPTURE(rows, classes, smoothing, temperature);
  const Labels labels = labels_of(rows, classes);
  const auto reference = [&](const Dense& z, const Dense&) {
    const Result sum = naive_cross_entropy(z, one_hot(labels, z.cols(), smoothing), temperature);
    return Result{sum.value / static_cast<double>(z.rows()),
                  sum.gradient / static_cast<double>(z.rows())};
  };
  const CrossEntropy loss{.temperature = temperature, .smoothing = smoothing};
  const Dense z = 2 * noise(rows, classes, 1);
  check_value<TestType>(
      hard(loss, labels), reference, z, z,
      epsilon<TestType> * (64 + 8 / temperature + static_cast<double>(classes) / 16),
      .05 / temperature);  // the reference adds 5,001 targets in one step
}

TEST_CASE("Cross-entropy with labels: the gradient agrees with central differences", "[loss]") {
  const double temperature = GENERATE(0.2, 1.0, 5.0), smoothing = GENERATE(0.0, 0.1);
  const auto divide = GENERATE(Divide::standard, Divide::rows, Divide::weights);
  const CrossEntropy loss{temperature, smoothing, divide};
  const Dense z = noise(6, 4, 4);
  check_differences(hard(loss, {0, 3, -1, 2, 2, 1}), z, z);
  check_differences(hard(loss, {0, 3, -1, 2, 2, 1}, {1, .5, 2, 0, 3, 1}, {.5, 2, 1, 0}), z, z);
  check_differences(soft_weighted(loss, {1, .5, 2, 0, 3, 1}, {.5, 2, 1, 0}), z, soft(6, 4, 5));
}

TEST_CASE("Cross-entropy with labels agrees with PyTorch's, weights, smoothing and all", "[loss]") {
  const Golden golden = Golden::read("loss/cross_entropy_labels.txt");
  const Dense z = dense(golden, "logits"), targets = dense(golden, "targets");
  const Labels labels = as_labels(dense(golden, "labels")), some = as_labels(dense(golden, "some"));
  const Weights weights = golden["weights"].values;
  const auto check = [&](const std::string& name, const auto& loss, const Dense& t,
                         double factor = 1) {
    CAPTURE(name);
    const Result r = run(loss, z, t);
    CHECK(r.value == Approx(factor * dense(golden, name + "_value")(0, 0)).epsilon(1e-12));
    CHECK(worst(r.gradient, factor * dense(golden, name + "_gradient")) < 1e-11);
  };
  // PyTorch's mean is over rows with a label, or by the weights of their classes
  check("ignored", hard({.divide = Divide::weights}, some), z);
  check("ignored", hard({}, some), z, 16. / 19);  // ours counts all rows
  check("weighted", hard({}, labels, {}, weights), z);
  check("weighted_ignored", hard({}, some, {}, weights), z);
  check("weighted_smooth", hard({.smoothing = .1}, labels, {}, weights), z);
  const Dense whole = targets.array().colwise() / targets.rowwise().sum().array();
  check("soft_smooth", CrossEntropy{.smoothing = .2}, whole);
  check("soft_weighted_smooth", soft_weighted({.smoothing = .2}, {}, weights), whole);
  // timm and optax
  check("timm_smooth", hard({.smoothing = .1}, labels), z);
  check("timm_soft", CrossEntropy{}, targets);
  check("optax_soft", CrossEntropy{}, targets);
  check("optax_hard", hard({}, labels), z);
  const Result single = run<Cpu>(hard({.smoothing = .1}, labels, {}, weights), z, z);
  CHECK(worst(single.gradient, dense(golden, "weighted_smooth_gradient")) < 1e-5);
}

TEST_CASE("Cross-entropy divides by rows or by weights", "[loss]") {
  const Dense z = noise(4, 3, 1), u = -log_softmax(z);
  const Labels labels{2, -1, 0, 2};
  const Weights r{.5, 2, 3, 0}, w{.25, 1, 4};
  const double sum = .5 * 4 * u(0, 2) + 3 * .25 * u(2, 0);
  const auto value = [&](Divide divide, const Weights& rows, const Weights& classes) {
    return run(hard({.divide = divide}, labels, rows, classes), z, z).value;
  };
  CHECK(value(Divide::rows, r, w) == Approx(sum / 4));
  CHECK(value(Divide::weights, r, w) == Approx(sum / (.5 * 4 + 3 * .25)));
  CHECK(value(Divide::standard, r, w) == Approx(sum / (4 + .25 + 4)));  // of classes, not of rows
  const double by_row = .5 * u(0, 2) + 3 * u(2, 0);
  CHECK(value(Divide::standard, r, {}) == Approx(by_row / 4));
  CHECK(value(Divide::rows, r, {}) == Approx(by_row / 4));
  CHECK(value(Divide::weights, r, {}) == Approx(by_row / 3.5));
  CHECK(value(Divide::weights, {}, {}) == Approx((u(0, 2) + u(2, 0) + u(3, 2)) / 3));
  const Dense t = soft(4, 3, 2);
  const auto softly = [&](Divide divide) {
    return run(soft_weighted({.divide = divide}, r, w), z, t).value;
  };
  double soft_sum = 0, mass = 0;
  for (Index i = 0; i < 4; ++i)
    for (Index c = 0; c < 3; ++c) {
      const double x = r[static_cast<std::size_t>(i)] * w[static_cast<std::size_t>(c)] * t(i, c);
      soft_sum += x * u(i, c), mass += x;
    }
  CHECK(softly(Divide::standard) == Approx(soft_sum / 4));
  CHECK(softly(Divide::rows) == Approx(soft_sum / 4));
  CHECK(softly(Divide::weights) == Approx(soft_sum / mass));
}

TEST_CASE("Class weights of 1 change nothing where the divisor is named", "[loss]") {
  const Dense z = noise(4, 3, 1);
  const Labels labels{2, -1, 0, -1};
  const Weights ones(3, 1);
  for (const Divide divide : {Divide::rows, Divide::weights}) {
    const Result plain = run(hard({.divide = divide}, labels), z, z);
    const Result weighted = run(hard({.divide = divide}, labels, {}, ones), z, z);
    CHECK(weighted.value == plain.value);
    CHECK(weighted.gradient == plain.gradient);
  }
  // The standard counts all rows without class weights, and the weights of labels with them.
  const double some = run(hard({}, labels), z, z).value;
  CHECK(run(hard({}, labels, {}, ones), z, z).value == Approx(2 * some));
}

TEST_CASE("The mean by weights is PyTorch's, value and gradient in closed form", "[loss]") {
  // Two classes of equal logits: each row costs log 2 times its class's weight, whatever the weights it is log 2.
  const Dense z = Dense::Zero(4, 2);
  const Labels labels{0, -1, 1, 1};
  const Result r = run(hard({.divide = Divide::weights}, labels, {}, {3, 1}), z, z);
  CHECK(r.value == Approx(std::log(2.0)).epsilon(1e-15));
  Dense wanted = Dense::Zero(4, 2);  // w_y (softmax - e_y) / (3 + 1 + 1)
  wanted.row(0) << -1.5 / 5, 1.5 / 5;
  wanted.row(2) << .5 / 5, -.5 / 5;
  wanted.row(3) = wanted.row(2);
  CHECK(worst(r.gradient, wanted) < 1e-15);
  const Result by_rows = run(hard({.divide = Divide::rows}, labels, {}, {3, 1}), z, z);
  CHECK(by_rows.value == Approx(std::log(2.0) * 5 / 4).epsilon(1e-15));
  CHECK(worst(by_rows.gradient, wanted * 5 / 4) < 1e-15);
}

TEMPLATE_TEST_CASE("A row without a label, or of weight 0, is not read and has no gradient",
                   "[loss]", SELFSAME_TEST_DEVICES) {
  const auto divide = GENERATE(Divide::standard, Divide::rows, Divide::weights);
  Dense z = noise(4, 20, 1);
  z.row(1).setConstant(NAN);
  z.row(3).setConstant(INFINITY);
  const Result r =
      run<TestType>(hard({.smoothing = .1, .divide = divide}, {4, -1, 19, 2}, {1, 1, 1, 0}), z, z);
  CHECK(std::isfinite(r.value));
  CHECK(r.gradient.row(1).cwiseAbs().maxCoeff() == 0);
  CHECK(r.gradient.row(3).cwiseAbs().maxCoeff() == 0);
  CHECK(r.gradient.row(0).cwiseAbs().maxCoeff() > 1e-3);
  const Result none = run<TestType>(hard({.divide = divide}, {-1, -1, -1, -1}), z, z);
  CHECK(none.value == 0);
  CHECK(none.gradient.cwiseAbs().maxCoeff() == 0);
}

TEMPLATE_TEST_CASE("A class that cannot be costs nothing where it is not wanted", "[loss]",
                   SELFSAME_TEST_DEVICES) {
  Dense z = noise(3, 5, 1), t = Dense::Zero(3, 5);
  z(0, 2) = z(1, 2) = -INFINITY;
  t(0, 1) = t(1, 0) = t(2, 4) = 1;
  for (const Result& r :
       {run<TestType>(hard({}, {1, 0, 4}), z, z), run<TestType>(CrossEntropy{}, z, t)}) {
    CHECK(std::isfinite(r.value));
    CHECK(r.gradient.allFinite());
    CHECK(r.gradient(0, 2) == 0);
  }
  CHECK(run<TestType>(hard({}, {2, 0, 4}), z, z).value == INFINITY);
}

TEMPLATE_TEST_CASE("Cross-entropy with labels of a NaN is NaN, in the value and in its row only",
                   "[loss]", SELFSAME_TEST_DEVICES) {
  const double bad = GENERATE(double{NAN}, double{INFINITY});
  Dense z = noise(4, 20, 1);
  z(2, 17) = bad;
  const Result r = run<TestType>(hard({}, {1, 2, 3, 17}), z, z);
  CHECK(std::isnan(r.value));
  CHECK(r.gradient.row(2).hasNaN());
  CHECK(r.gradient.topRows(2).allFinite());
  CHECK(r.gradient.row(3).allFinite());
  CHECK(std::isnan(run(hard({}, {1, 2, 3, 4}, {}, Weights(20, NAN)), noise(4, 20, 1), z).value));
}

TEMPLATE_TEST_CASE("Cross-entropy with labels is finite for logits of a thousand", "[loss]",
                   SELFSAME_TEST_DEVICES) {
  const double temperature = GENERATE(1e-3, 1.0, 1e3);
  Dense z = Dense::Zero(2, 3);
  z << 1000, -1000, 0, 5, 5, 5;
  const double wanted = naive_cross_entropy(z, one_hot({1, 2}, 3, .1), temperature).value / 2;
  const Result r = run<TestType>(hard({.temperature = temperature, .smoothing = .1}, {1, 2}), z, z);
  CHECK(r.value == Approx(wanted).epsilon(1e-5));
  CHECK(r.gradient.allFinite());
}

TEST_CASE("Cross-entropy with labels has the golden numbers of DeepCluster's head", "[loss]") {
  Dense f(2, 3), w(4, 3);
  for (Index i = 0; i < 6; ++i) f(i / 3, i % 3) = std::sin(1 + static_cast<double>(i));
  for (Index i = 0; i < 12; ++i) w(i / 3, i % 3) = std::cos(1 + static_cast<double>(i));
  const Dense z = f * w.transpose();
  const Result r = run(hard({}, {2, 0}), z, z);
  CHECK(r.value == Approx(1.109230727644).epsilon(1e-12));
  CHECK(r.gradient(0, 2) == Approx(-.3090726382).epsilon(1e-9));
  CHECK(r.gradient(1, 0) == Approx(-.3575684276).epsilon(1e-9));
  CHECK(Dense(r.gradient.transpose() * f)(0, 0) == Approx(.3743939080).epsilon(1e-9));
  CHECK(Dense(r.gradient * w)(0, 0) == Approx(-.3013790373).epsilon(1e-9));
  // rows sum to 0; equal logits cost log K
  CHECK(r.gradient.rowwise().sum().cwiseAbs().maxCoeff() < 1e-16);
  const Dense zero = Dense::Zero(3, 10'000);
  CHECK(run(hard({}, {0, 9'999, 77}), zero, zero).value == Approx(std::log(1e4)).epsilon(1e-13));
}

TEST_CASE("The least smoothed cross-entropy is the entropy of the smoothed target", "[loss]") {
  const Dense best = one_hot({5}, 1000, .1).array().log();
  const Result r = run(hard({.smoothing = .1}, {5}), best, best);
  CHECK(r.value == Approx(1.014848).epsilon(1e-6));
  CHECK(r.gradient.cwiseAbs().maxCoeff() < 1e-13);
}

TEST_CASE(
    "Cross-entropy of bf16 logits is within 1e-5 of the value and 2^-8 of each slope in double",
    "[loss]") {
  using Half = BasicCpu<float, BFloat16>;
  const Index rows = 37, classes = 515, size = rows * classes;
  const Labels labels = labels_of(rows, classes);
  const Dense z = 3 * noise(rows, classes, 1), t = soft(rows, classes, 2);
  std::vector<BFloat16> a(static_cast<std::size_t>(size)), b(a), slope(a);
  Dense exact(rows, classes), exact_targets(rows, classes);
  for (Index k = 0; k < size; ++k) {
    const auto at = static_cast<std::size_t>(k);
    a[at] = BFloat16(z.data()[k]), b[at] = BFloat16(t.data()[k]);
    exact.data()[k] = static_cast<double>(a[at]),
    exact_targets.data()[k] = static_cast<double>(b[at]);
  }
  const Differentiable<Half> differentiable{{a.data(), rows, classes},
                                            {slope.data(), rows, classes}};
  const auto check = [&](float value, const Dense& targets) {
    const Result wanted = naive_cross_entropy(exact, targets);
    CHECK(value == Approx(wanted.value / 37).epsilon(1e-5));
    for (Index k = 0; k < size; ++k) {
      const double g = wanted.gradient.data()[k] / 37;
      REQUIRE(std::abs(static_cast<double>(slope[static_cast<std::size_t>(k)]) - g) <=
              std::abs(g) / 256 + 1e-8);
    }
  };
  check(cross_entropy(Half{.threads = 2}, differentiable,
                      Vector<const Index, Half>(view<Half>(labels)), {.smoothing = .1}),
        one_hot(labels, classes, .1));
  check(cross_entropy(Half{}, differentiable, In<Half>{b.data(), rows, classes}), exact_targets);
}

TEST_CASE("Cross-entropy with labels obeys the weight, the threads and the ranks", "[loss]") {
  const auto divide = GENERATE(Divide::standard, Divide::rows, Divide::weights);
  const CrossEntropy loss{.temperature = .5, .smoothing = .1, .divide = divide};
  Labels labels = labels_of(5000, 11);
  const Dense z = noise(5000, 11, 1);
  check_threads(hard(loss, labels), z, z);
  check_weight_and_add(hard(loss, {1, -1, 2, 0}, {}, {1, 2, 3}), noise(4, 3, 1), Dense(4, 3));
  labels = {0, 1, -1, -1, -1, 4, 3, 2, -1, 0, 1, 2};  // unequal numbers of labels a rank
  const Weights r{1, 2, 3, 1, 2, 3, 1, 2, 0, 1, 2, 5}, w{1, .5, 2, 3, .25};
  check_ranks(
      [&](const Pass<F64>& pass, Differentiable<F64> differentiable, In<F64>, Index first) {
        const Index n = differentiable.value.rows;
        return loss(
            pass, differentiable, view_of(labels).part(first, n),
            TermWeights<F64>{Vector<const double, F64>(view<F64>(r)).part(first, n), view<F64>(w)});
      },
      noise(12, 5, 1), noise(12, 5, 1));
}

TEST_CASE("Cross-entropy with labels of a trainer of one's own is the policy's", "[loss]") {
  const Labels labels{0, 2, -1, 1};
  Strided<F64> z(noise(4, 3, 1)), narrow(noise(3, 3, 1)), t(soft(4, 3, 2));
  const Weights w{1, 2, 3};
  const CrossEntropy numbers{.temperature = 2, .smoothing = .1};
  const TermWeights<F64> weights{.classes = view<F64>(w)};
  CHECK(cross_entropy(F64{}, z.differentiable(), view_of(labels)) ==
        run(hard({}, labels), z.rounded(), z.rounded()).value);
  CHECK(cross_entropy(F64{}, z.differentiable(), view_of(labels), numbers, weights) ==
        run(hard(numbers, labels, {}, w), z.rounded(), z.rounded()).value);
  CHECK(cross_entropy(F64{}, z.differentiable(), t.in(), numbers, weights) ==
        run(soft_weighted(numbers, {}, w), z.rounded(), t.rounded()).value);
  const auto call = [&](const Labels& y, const TermWeights<F64>& terms = {}) {
    return cross_entropy(F64{}, z.differentiable(), view_of(y), {}, terms);
  };
  CHECK_THROWS_WITH(call({0, 1}), ContainsSubstring("(4, 3)") && ContainsSubstring("labels are 2"));
  CHECK_THROWS_WITH(call({0, 1, 3, 0}), ContainsSubstring("label of row 2 is 3") &&
                                            ContainsSubstring("classes are 0 to 2"));
  CHECK_THROWS_WITH(call({0, -2, 1, 0}), ContainsSubstring("row 1 is -2"));
  const Weights two{1, 2}, negative{1, -2, 3};
  CHECK_THROWS_WITH(call(labels, {.classes = view<F64>(two)}),
                    ContainsSubstring("2 weights of classes") && ContainsSubstring("3 classes"));
  CHECK_THROWS_WITH(call(labels, {.rows = view<F64>(w)}),
                    ContainsSubstring("3 weights of rows") && ContainsSubstring("4 rows"));
  CHECK_THROWS_WITH(call(labels, {.classes = view<F64>(negative)}), ContainsSubstring("weight 1"));
  CHECK_THROWS_WITH(
      cross_entropy(F64{}, Differentiable<F64>{z.in(), narrow.differentiable().gradient},
                    view_of(labels)),
      ContainsSubstring("(4, 3)") && ContainsSubstring("(3, 3)"));
  CHECK(cross_entropy(F64{}, Differentiable<F64>{{nullptr, 0, 3}, {nullptr, 0, 3}}, view_of({})) ==
        0);
}
