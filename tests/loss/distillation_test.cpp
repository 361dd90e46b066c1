#include <selfsame/loss/cross_entropy.hpp>
#include <selfsame/loss/distillation.hpp>
#include <selfsame/loss/targets.hpp>

#include "loss/row_reference.hpp"

using namespace selfsame;
using namespace selfsame::test;
using Catch::Matchers::ContainsSubstring;

namespace {

auto naive(const SoftDistillation& loss) {
  return [=](const Dense& student, const Dense& teacher) {
    const double t = loss.temperature;
    const Dense u = log_softmax(student, t), w = log_softmax(teacher, t);
    const Dense p = u.array().exp(), q = w.array().exp();
    Result r{0, p - q};
    switch (loss.divergence) {
      case Divergence::kl: r.value = (q.array() * (w - u).array()).sum(); break;
      case Divergence::cross_entropy: r.value = -(q.array() * u.array()).sum(); break;
      case Divergence::reverse_kl:
        r.value = (p.array() * (u - w).array()).sum();
        r.gradient = p.array() * (u - w).array();
        r.gradient -= (p.array() * (u - w).array()).rowwise().sum().matrix().asDiagonal() * p;
        break;
      case Divergence::squared:
        r.value = (p - q).squaredNorm();
        r.gradient = 2 * p.array() * (p - q).array();
        r.gradient -= Dense(r.gradient.rowwise().sum().asDiagonal() * p);
        break;
    }
    double n = static_cast<double>(std::max<Index>(student.rows(), 1));
    if (loss.mean_over == MeanOver::elements) n *= static_cast<double>(student.cols());
    if (loss.tau_squared) n /= t * t;
    return Result{r.value / n, r.gradient / (t * n)};
  };
}
Dense by_formula(Index rows, Index cols, double (*f)(double)) {
  Dense m(rows, cols);
  for (Index j = 0; j < cols * rows; ++j) m(j / cols, j % cols) = f(static_cast<double>(j));
  return m;
}
double sine(double j) { return std::sin(1 + j); }
double cosine(double j) { return std::cos(1 + j); }
double teacher_sine(double j) { return 2 * std::sin(2 + 3 * j); }
double teacher_cosine(double j) { return 2 * std::cos(1 + j); }
template <class L>
auto weighted(const L& loss, double weight) {
  return [=](const Pass<F64>& pass, Differentiable<F64> differentiable, In<F64> t) {
    differentiable.weight = weight;
    return loss(pass, differentiable, t);
  };
}
/// SimCLRv2's loss: Chen et al. 2020, arXiv:2006.10029, eq. 2.
SoftDistillation simclr_v2(double temperature) {
  return {
      .temperature = temperature, .divergence = Divergence::cross_entropy, .tau_squared = false};
}

}  // namespace

TEMPLATE_TEST_CASE("Soft distillation agrees with its formula in double", "[loss]",
                   SELFSAME_TEST_DEVICES) {
  const auto [rows, classes] = GENERATE(
      table<Index, Index>({{0, 3}, {1, 1}, {1, 2}, {2, 3}, {257, 7}, {5, 1000}, {2, 5'001}}));
  const auto form = GENERATE(Divergence::kl, Divergence::cross_entropy, Divergence::reverse_kl,
                             Divergence::squared);
  const double temperature = GENERATE(0.3, 1.0, 4.0);
  CAPTURE(rows, classes, static_cast<int>(form), temperature);
  const Dense student = noise(rows, classes, 1), teacher = noise(rows, classes, 2);
  const double rounding = epsilon<TestType> * (128 + 16 / temperature);
  for (const auto& [over, squared] :
       {std::pair{MeanOver::rows, true}, {MeanOver::rows, false}, {MeanOver::elements, true}}) {
    const SoftDistillation loss{temperature, form, over, squared};
    check_value<TestType>(loss, naive(loss), student, teacher, rounding, .02 * temperature);
  }
}

TEST_CASE("Distillation: the gradients agree with central differences", "[loss]") {
  const auto form = GENERATE(Divergence::kl, Divergence::cross_entropy, Divergence::reverse_kl,
                             Divergence::squared);
  const double temperature = GENERATE(0.5, 1.0, 3.0);
  const auto over = GENERATE(MeanOver::rows, MeanOver::elements);
  const bool squared = GENERATE(false, true);
  check_differences(SoftDistillation{temperature, form, over, squared}, noise(5, 4, 1),
                    2 * noise(5, 4, 2));
  check_differences(HardDistillation{}, noise(5, 4, 1), noise(5, 4, 2));
}

TEST_CASE("Distillation has the golden numbers of DeiT", "[loss]") {
  const Dense zc = by_formula(2, 4, sine), zd = by_formula(2, 4, cosine),
              zt = by_formula(2, 4, teacher_sine);
  Dense t(2, 4);
  const std::vector<Index> labels{1, 3};
  mixed_targets(F64{}, view_of(labels), .7, .1, view<F64>(t));
  CHECK(largest(zt) == std::vector<Index>{2, 0});
  {  // hard, alpha .5: alpha is the weight of one Differentiable, 1 - alpha of the other
    const Result base = run(weighted(CrossEntropy{}, .5), zc, t),
                 hard = run(weighted(HardDistillation{}, .5), zd, zt);
    CHECK(base.value == Approx(1.327769161).epsilon(1e-9));
    CHECK(hard.value == Approx(1.913158476).epsilon(1e-9));
    CHECK(.5 * base.value + .5 * hard.value == Approx(1.620463819).epsilon(1e-9));
    CHECK(base.gradient(0, 0) == Approx(.08404064934).epsilon(1e-9));
    CHECK(hard.gradient(0, 0) == Approx(.1313197680).epsilon(1e-9));
    CHECK(hard.gradient(0, 2) == Approx(-.2215729680).epsilon(1e-9));
    CHECK(hard.gradient(1, 3) == Approx(.03119014381).epsilon(1e-9));
  }
  const double base = run(weighted(CrossEntropy{}, .9), zc, t).value;
  const auto check = [&](const SoftDistillation& loss, double value, double first, double second,
                         double third) {
    const Result soft = run(weighted(loss, .1), zd, zt);
    CHECK(soft.value == Approx(value).epsilon(1e-9));
    CHECK(soft.gradient(0, 0) == Approx(first).epsilon(1e-9));
    CHECK(soft.gradient(0, 1) == Approx(second).epsilon(1e-9));
    if (third != 0) CHECK(soft.gradient(1, 3) == Approx(third).epsilon(1e-9));
    return .9 * base + .1 * soft.value;
  };
  CHECK(check({}, 1.480645357, -.007179244845, .01990057293, .01278496335) ==
        Approx(1.343056781).epsilon(1e-9));
  CHECK(check({.mean_over = MeanOver::elements}, .3701613393, -.007179244845 / 4, .01990057293 / 4,
              .01278496335 / 4) == Approx(1.232008379).epsilon(1e-9));
  check({.divergence = Divergence::reverse_kl}, 1.626254595, -.01539230217, .02250422621, 0);
}

TEST_CASE("Distillation has the golden numbers of SimCLRv2", "[loss]") {
  const Dense s = by_formula(2, 3, sine), t = by_formula(2, 3, teacher_cosine);
  const Result one = run(simclr_v2(1), s, t), tenth = run(simclr_v2(.1), s, t);
  CHECK(one.value == Approx(.9331913529023).epsilon(1e-12));
  CHECK(one.gradient(0, 0) == Approx(-.2237700482188).epsilon(1e-12));
  CHECK(one.gradient(0, 2) == Approx(.07709158551829).epsilon(1e-11));
  CHECK(one.gradient(1, 2) == Approx(-.1501318601654).epsilon(1e-12));
  CHECK(tenth.value == Approx(.5492757042951).epsilon(1e-12));
  CHECK(tenth.gradient(0, 0) == Approx(-3.317270856112).epsilon(1e-12));
  CHECK(tenth.gradient(1, 2) == Approx(-.04737448150454).epsilon(1e-11));
  Dense a(1, 2), b(1, 2), slope(1, 2);
  a << 1, 0;
  b << 0, 2;
  const Result small = run(simclr_v2(1), a, b), cool = run(simclr_v2(.5), a, b);
  CHECK(small.value == Approx(1.194058766).epsilon(1e-9));
  slope << .611855657, -.611855657;
  CHECK((small.gradient - slope).cwiseAbs().maxCoeff() < 1e-9);
  CHECK(cool.value == Approx(2.090955591).epsilon(1e-9));
  slope << 1.725621736, -1.725621736;
  CHECK((cool.gradient - slope).cwiseAbs().maxCoeff() < 1e-9);
}

TEST_CASE("Distillation agrees with PyTorch's kl_div and cross_entropy and with optax", "[loss]") {
  const Golden golden = Golden::read("loss/distillation.txt");
  const Dense student = dense(golden, "student"), teacher = dense(golden, "teacher");
  const auto check = [&](const std::string& name, const auto& loss, double factor = 1) {
    CAPTURE(name);
    const Result r = run(loss, student, teacher), single = run<Cpu>(loss, student, teacher);
    CHECK(r.value == Approx(factor * dense(golden, name + "_value")(0, 0)).epsilon(1e-12));
    CHECK(worst(r.gradient, factor * dense(golden, name + "_gradient")) < 1e-11);
    CHECK(single.value == Approx(r.value).epsilon(1e-5));
    CHECK(worst(single.gradient, r.gradient) < 1e-5);
  };
  for (const double t : {1.0, 3.0}) {
    const std::string at = t == 1 ? "_1" : "_3";
    check("batch" + at, SoftDistillation{.temperature = t});
    check("element" + at, SoftDistillation{.temperature = t, .mean_over = MeanOver::elements});
    check("element" + at, SoftDistillation{.temperature = t}, 11);  // 11 classes
    check("reverse" + at, SoftDistillation{.temperature = t, .divergence = Divergence::reverse_kl});
    check("entropy" + at, simclr_v2(t));
  }
  check("optax_kl", SoftDistillation{.temperature = 1});
  check("hard", HardDistillation{});
}

TEST_CASE("A student that is its teacher has no loss but its entropy, and no gradient", "[loss]") {
  const Dense z = 2 * noise(5, 6, 1);
  Dense moved = z;
  for (Index i = 0; i < 5; ++i) moved.row(i).array() += 3 * static_cast<double>(i);
  const Result same = run(SoftDistillation{}, z, z), shifted = run(SoftDistillation{}, moved, z);
  CHECK(same.value == 0);
  CHECK(same.gradient.cwiseAbs().maxCoeff() == 0);
  CHECK(std::abs(shifted.value) < 1e-14);
  CHECK(shifted.gradient.cwiseAbs().maxCoeff() < 1e-15);
  const double t = GENERATE(.3, 1.0, 2.0);
  const double entropy = -(softmax_of(z, t).array() * log_softmax(z, t).array()).sum() / 5;
  CHECK(run(simclr_v2(t), moved, z).value == Approx(entropy).epsilon(1e-13));
  CHECK(run(simclr_v2(t), moved, z).gradient.cwiseAbs().maxCoeff() < 1e-13);
  const Dense other = noise(5, 6, 2);
  const Result r = run(simclr_v2(t), other, z);
  CHECK(r.value > entropy);
  CHECK(r.gradient.rowwise().sum().cwiseAbs().maxCoeff() < 1e-15);
  CHECK(run(simclr_v2(1e9), other, z).value == Approx(std::log(6.0)).epsilon(1e-8));
}

TEST_CASE("The temperature's square keeps the gradient at high temperatures", "[loss]") {
  const Dense a = noise(1, 6, 1), b = noise(1, 6, 2);
  const double high = 1e5;
  const Result r = run(SoftDistillation{.temperature = high}, a, b);
  const Dense limit = ((a - b).array() - (a - b).mean()) / 6;
  CHECK(worst(r.gradient, limit) < 1e-4);
  const Result plain = run(SoftDistillation{.temperature = 4, .tau_squared = false}, a, b);
  const Result squared = run(SoftDistillation{.temperature = 4}, a, b);
  CHECK(squared.value == Approx(16 * plain.value));
  CHECK(worst(squared.gradient, 16 * plain.gradient) < 1e-14);
  const Result elements =
      run(SoftDistillation{.temperature = 4, .mean_over = MeanOver::elements}, a, b);
  CHECK(squared.value == Approx(6 * elements.value));
}

TEMPLATE_TEST_CASE("Distillation is finite from temperature 0.001 to 1000", "[loss]",
                   SELFSAME_TEST_DEVICES) {
  const double temperature = GENERATE(1e-3, 1.0, 1e3);
  const auto form = GENERATE(Divergence::kl, Divergence::cross_entropy, Divergence::reverse_kl,
                             Divergence::squared);
  Dense z(3, 3), a(3, 3);
  z << 1000, -1000, 0, 5, 5, 5, -3, 2, 7;
  a << 0, 1, 0, 3, 3, 3, 1000, 0, -1000;
  const SoftDistillation loss{temperature, form, MeanOver::rows, false};
  const Result r = run<TestType>(loss, z, a), wanted = naive(loss)(z, a);
  CHECK(r.value == Approx(wanted.value).epsilon(1e-4));
  CHECK(r.gradient.allFinite());
}

TEMPLATE_TEST_CASE("Hard distillation takes the teacher's first largest class, whatever its scale",
                   "[loss]", SELFSAME_TEST_DEVICES) {
  Dense teacher = noise(4, 30, 1);
  teacher.row(0).setConstant(2);  // all equal: class 0
  teacher(1, 4) = teacher(1, 21) = 50;
  const Dense student = noise(4, 30, 2);
  const auto labels = largest(teacher);
  CHECK((labels[0] == 0 && labels[1] == 4));
  const Result wanted = naive_cross_entropy(student, one_hot(labels, 30));
  const Result r = run<TestType>(HardDistillation{}, student, teacher);
  const Result scaled = run<TestType>(HardDistillation{}, student, 1e-3 * teacher);
  CHECK(r.value == Approx(wanted.value / 4).epsilon(1e-6));
  CHECK(worst(r.gradient, wanted.gradient / 4) < 1e-5);
  CHECK(scaled.value == r.value);
  CHECK(scaled.gradient == r.gradient);
}

TEMPLATE_TEST_CASE("A teacher's NaN makes distillation NaN, in the value and in its row's gradient",
                   "[loss]", SELFSAME_TEST_DEVICES) {
  Dense teacher = noise(4, 20, 1), student = noise(4, 20, 2);
  teacher(2, 13) = NAN;
  const Result hard = run<TestType>(HardDistillation{}, student, teacher);
  CHECK(std::isnan(hard.value));
  CHECK(hard.gradient.row(2).hasNaN());
  CHECK(hard.gradient.topRows(2).allFinite());
  const Result soft = run<TestType>(SoftDistillation{}, student, teacher);
  CHECK(std::isnan(soft.value));
  CHECK(soft.gradient.row(2).hasNaN());
  CHECK(soft.gradient.topRows(2).allFinite());
  student(3, 0) = NAN;
  CHECK(run<TestType>(HardDistillation{}, student, teacher).gradient.row(3).hasNaN());
}

TEST_CASE("Distillation obeys the weight, the threads and the ranks", "[loss]") {
  const auto check = [](const auto& loss) {
    check_weight_and_add(loss, noise(6, 7, 1), noise(6, 7, 2));
    check_threads(loss, noise(2000, 37, 1), noise(2000, 37, 2));
    check_row_ranks(loss, noise(12, 5, 1), noise(12, 5, 2));
  };
  for (const auto form :
       {Divergence::kl, Divergence::cross_entropy, Divergence::reverse_kl, Divergence::squared})
    check(SoftDistillation{.divergence = form, .mean_over = MeanOver::elements});
  check(HardDistillation{});
}

TEST_CASE("Distillation of a trainer of one's own is the policy's", "[loss]") {
  static_assert(RowLoss<SoftDistillation, Cpu> && RowLoss<HardDistillation, Cpu>);
  CHECK((SoftDistillation{}.temperature == 3 && SoftDistillation{}.tau_squared));
  Strided<F64> s(noise(4, 3, 1)), t(noise(4, 3, 2)), narrow(noise(4, 2, 1));
  CHECK(distillation(F64{}, s.differentiable(), t.in()) ==
        run(SoftDistillation{}, s.rounded(), t.rounded()).value);
  CHECK(distillation(F64{}, s.differentiable(), t.in(), HardDistillation{}) ==
        run(HardDistillation{}, s.rounded(), t.rounded()).value);
  CHECK_THROWS_WITH(distillation(F64{}, s.differentiable(), narrow.in()),
                    ContainsSubstring("student logits are (4, 3)") && ContainsSubstring("(4, 2)"));
  CHECK_THROWS_WITH(
      distillation(F64{}, Differentiable<F64>{s.in(), narrow.differentiable().gradient}, t.in()),
      ContainsSubstring("gradient") && ContainsSubstring("(4, 2)"));
  CHECK_THROWS_AS(SoftDistillation{.temperature = 0}, std::invalid_argument);
}
