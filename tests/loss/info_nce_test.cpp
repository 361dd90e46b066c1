#include <selfsame/loss/info_nce.hpp>

#include "loss/reference.hpp"
#include "support/golden.hpp"

#include <Eigen/Geometry>

using namespace selfsame;
using namespace selfsame::test;
using Catch::Matchers::ContainsSubstring;

namespace {

using F64 = BasicCpu<double>;

struct Result {
  double value;
  Dense gradient;
};
template <class D = F64>
Result run(const Dense& queries, const Dense& keys, const Dense& negatives, double temperature,
           int threads = 1) {
  Strided<D> q(queries), k(keys), n(negatives);
  const double value = info_nce(D{.threads = threads}, q.differentiable(), k.in(), n.in(),
                                static_cast<Real<D>>(temperature));
  CHECK(q.untouched());
  return {value, q.slope()};
}
/// Through the unit length of z, so that the paper's numbers of unnormalised queries can be met.
Result of_any_length(const Dense& z, const Dense& keys, const Dense& negatives,
                     double temperature) {
  const Dense u = unit(z);
  Result r = run(u, keys, negatives, temperature);
  for (Index i = 0; i < z.rows(); ++i) {
    r.gradient.row(i) -= u.row(i).dot(r.gradient.row(i)) * Eigen::RowVectorXd(u.row(i));
    r.gradient.row(i) /= z.row(i).norm();
  }
  return r;
}
/// As STYLE of a reference: a softmax over own key and negatives.
Result naive(const Dense& q, const Dense& k, const Dense& n, double temperature) {
  Result r{0, Dense::Zero(q.rows(), q.cols())};
  for (Index i = 0; i < q.rows(); ++i) {
    Dense choices(1 + n.rows(), q.cols());
    choices << k.row(i), n;
    Eigen::VectorXd p = choices * q.row(i).transpose() / temperature;
    const double top = p.maxCoeff(), own = p(0);
    p = (p.array() - top).exp();
    r.value += std::log(p.sum()) + top - own;
    p /= p.sum();
    p(0) -= 1;
    r.gradient.row(i) = p.transpose() * choices / temperature;
  }
  const auto b = static_cast<double>(std::max<Index>(q.rows(), 1));
  return {r.value / b, r.gradient / b};
}

}  // namespace

TEMPLATE_TEST_CASE("InfoNCE agrees with the formula in double", "[loss]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const auto [batch, width, queue] = GENERATE(table<Index, Index, Index>(
      {{1, 1, 0}, {1, 3, 1}, {2, 3, 2}, {8, 64, 33}, {97, 5, 385}, {300, 33, 1000}}));
  const double temperature = GENERATE(0.07, 0.2, 1.0, 1000.0);
  CAPTURE(batch, width, queue, temperature);
  const Dense q = unit(noise(batch, width, 1)), k = unit(noise(batch, width, 2)),
              n = unit(noise(queue, width, 3));
  Strided<D> rq(q), rk(k), rn(n);
  const Result wanted = naive(rq.rounded(), rk.rounded(), rn.rounded(), temperature);
  const Result mine = run<D>(q, k, n, temperature, 2);
  const double rounding = epsilon<D> * (64 + 16 / temperature);
  CHECK(std::abs(mine.value - wanted.value) < rounding * std::max(1.0, wanted.value));
  CHECK(worst(mine.gradient, wanted.gradient, 1e-2 / temperature / static_cast<double>(batch)) <
        4 * rounding);
}

TEST_CASE("InfoNCE: the gradient agrees with central differences", "[loss]") {
  const auto [batch, width, queue] =
      GENERATE(table<Index, Index, Index>({{1, 2, 1}, {3, 4, 0}, {4, 3, 9}}));
  const double temperature = GENERATE(0.1, 1.0);
  const Dense q = unit(noise(batch, width, 1)), k = unit(noise(batch, width, 2)),
              n = unit(noise(queue, width, 3));
  const auto value = [&](const Dense& x) { return run(x, k, n, temperature).value; };
  const Result r = run(q, k, n, temperature);
  if (queue == 0)
    CHECK(r.gradient.cwiseAbs().maxCoeff() < 1e-14);
  else
    CHECK(difference_error(value, q, r.gradient, 1e-6) < 1e-6);
}

TEST_CASE("InfoNCE has the golden numbers of a small case", "[loss]") {
  Dense k(2, 4), n(6, 4);
  for (Index i = 0; i < 2; ++i)
    for (Index j = 0; j < 4; ++j) k(i, j) = std::cos(1.0 + 4.0 * double(i) + double(j));
  for (Index c = 0; c < 6; ++c)
    for (Index j = 0; j < 4; ++j) n(c, j) = std::sin(2 + 3 * (4 * double(c) + double(j)));
  const Result cold = of_any_length(sines(2, 4), unit(k), unit(n), .07),
               warm = of_any_length(sines(2, 4), unit(k), unit(n), .2);
  CHECK(cold.value == Approx(4.181102318677).epsilon(1e-12));
  CHECK(cold.gradient(0, 0) == Approx(.4613698195686).epsilon(1e-11));
  CHECK(cold.gradient(0, 2) == Approx(5.076693906234).epsilon(1e-12));
  CHECK(cold.gradient(1, 3) == Approx(2.134613296952).epsilon(1e-12));
  CHECK(warm.value == Approx(2.265222884529).epsilon(1e-12));
  CHECK(warm.gradient(0, 0) == Approx(.1828567514108).epsilon(1e-11));
  CHECK(warm.gradient(0, 2) == Approx(1.582090951318).epsilon(1e-12));
  CHECK(warm.gradient(1, 3) == Approx(.6564249354449).epsilon(1e-12));
  Dense z(1, 2), key(1, 2), queue(2, 2);
  z << 3, 4;
  key << 1, 0;
  queue << 0, 1, -1, 0;
  const Result small = of_any_length(z, key, queue, .5);
  CHECK(small.value == Approx(.948774437).epsilon(1e-9));
  CHECK(small.gradient(0, 0) == Approx(-.276775703).epsilon(1e-8));
  CHECK(small.gradient(0, 1) == Approx(.207581777).epsilon(1e-8));
}

TEST_CASE("InfoNCE agrees with PyTorch, solo-learn and lightly", "[loss]") {
  const Golden golden = Golden::read("loss/info_nce.txt");
  const auto dense = [&](const std::string& name) {
    const Golden::Array& a = golden[name];
    return Dense(Eigen::Map<const Dense>(a.values.data(), a.rows, a.cols));
  };
  for (const auto& [temperature, name] : {std::pair(.07, "0.07"), std::pair(.2, "0.2")}) {
    const Result r = of_any_length(dense("z"), dense("keys"), dense("queue"), temperature);
    CHECK(r.value == Approx(golden["value_" + std::string(name)].values[0]).epsilon(1e-12));
    CHECK(worst(r.gradient, dense("gradient_" + std::string(name))) < 1e-11);
  }
}

TEST_CASE("InfoNCE of equal rows is the log of the number of choices, without a gradient",
          "[loss]") {
  const Dense one = unit(noise(1, 8, 1));
  const Result r = run(one.replicate(3, 1), one.replicate(3, 1), one.replicate(640, 1), .07);
  CHECK(r.value == Approx(std::log(641)).epsilon(1e-13));
  CHECK(r.gradient.cwiseAbs().maxCoeff() < 1e-12);
}

TEST_CASE("InfoNCE of a key found among orthogonal negatives has its closed form", "[loss]") {
  Dense q = Dense::Zero(2, 6), n = Dense::Zero(50, 6);
  q.col(0).setOnes();
  for (Index i = 0; i < 50; ++i) n(i, 1 + i % 5) = 1;
  for (const double t : {.07, .2, 1.})
    CHECK(run(q, q, n, t).value == Approx(std::log1p(50 * std::exp(-1 / t))).epsilon(1e-10));
}

TEST_CASE("InfoNCE of a found key among random negatives is near its expectation", "[loss]") {
  const Dense q = unit(noise(16, 128, 1)), n = unit(noise(65536, 128, 2));
  CHECK(run<Cpu>(q, q, n, .07).value == Approx(.0870).epsilon(.08));
  CHECK(run<Cpu>(q, q, n, .2).value == Approx(6.190).epsilon(.005));
}

TEST_CASE("InfoNCE does not change with the order of negatives or a common rotation", "[loss]") {
  const Dense q = unit(noise(5, 3, 1)), k = unit(noise(5, 3, 2)), n = unit(noise(40, 3, 3));
  const Result r = run(q, k, n, .1);
  CHECK(run(q, k, n.colwise().reverse(), .1).value == Approx(r.value).epsilon(1e-13));
  const Dense turn =
      Eigen::AngleAxisd(.7, Eigen::Vector3d(1, 2, 3).normalized()).toRotationMatrix();
  const Result turned = run(q * turn, k * turn, n * turn, .1);
  CHECK(turned.value == Approx(r.value).epsilon(1e-13));
  CHECK(worst(turned.gradient, r.gradient * turn) < 1e-12);
}

TEST_CASE("InfoNCE stays finite at any temperature from 1e-3 to 1e3", "[loss]") {
  const Dense q = unit(noise(9, 4, 1)), k = unit(noise(9, 4, 2)), n = unit(noise(70, 4, 3));
  for (const double t : {1e-3, 1e-2, 1., 1e3}) {
    CAPTURE(t);
    const Result wanted = naive(q, k, n, t);
    const Result fine = run(q, k, n, t), coarse = run<Cpu>(q, k, n, t);
    CHECK(fine.value == Approx(wanted.value).epsilon(1e-11));
    CHECK(worst(fine.gradient, wanted.gradient) < 1e-9);
    CHECK(coarse.value == Approx(wanted.value).epsilon(1e-4 + 1e-6 / t));
    CHECK(worst(coarse.gradient, wanted.gradient) < 1e-3 / std::min(t, 1.) * 1e-1);
  }
}

TEST_CASE("Symmetric InfoNCE is the plain sum of both directions", "[loss]") {
  const Dense q1 = unit(noise(6, 4, 1)), q2 = unit(noise(6, 4, 2)), k1 = unit(noise(6, 4, 3)),
              k2 = unit(noise(6, 4, 4)), n = unit(noise(20, 4, 5));
  Strided<F64> a(q1), b(q2), c(k1), d(k2), queue(n);
  const double value = symmetric_info_nce(F64{}, a.differentiable(), c.in(), b.differentiable(),
                                          d.in(), queue.in(), .2);
  const Result one = naive(q1, k2, n, .2), two = naive(q2, k1, n, .2);
  CHECK(value == Approx(one.value + two.value).epsilon(1e-13));
  CHECK(worst(a.slope(), one.gradient) < 1e-12);
  CHECK(worst(b.slope(), two.gradient) < 1e-12);
}

TEST_CASE("Keys of other images are negatives where the relation says so", "[loss]") {  // MoCo v3
  const Dense q = unit(noise(110, 4, 1)), k = unit(noise(110, 4, 2));
  Strided<F64> queries(q), keys(k);
  Workspace scratch;
  Pass<F64> pass;
  const F64 device;
  pass.device = &device;
  pass.workspace = &scratch;
  const double value = InfoNCE{.temperature = .2}(pass, queries.differentiable(), keys.in(),
                                                  OwnKeyRelation{1}, In<F64>{nullptr, 0, 4});
  double wanted = 0;
  for (Index i = 0; i < 110; ++i) {
    const Eigen::ArrayXd s = (k * q.row(i).transpose() / .2).array();
    wanted += std::log(s.exp().sum()) - s(i);
  }
  CHECK(value == Approx(wanted / 110).epsilon(1e-13));
}

TEST_CASE("InfoNCE has the same bits with 1, 2, 3 and 7 threads", "[loss]") {
  const Dense q = unit(noise(330, 20, 1)), k = unit(noise(330, 20, 2)),
              n = unit(noise(2000, 20, 3));
  const Result one = run<Cpu>(q, k, n, .1);
  for (const int threads : {2, 3, 7}) {
    const Result r = run<Cpu>(q, k, n, .1, threads);
    CHECK(r.value == one.value);
    CHECK(r.gradient == one.gradient);
  }
}

TEST_CASE("InfoNCE of no rows is zero", "[loss]") {
  CHECK(run(Dense(0, 4), Dense(0, 4), noise(3, 4, 1), .1).value == 0);
}

TEST_CASE("InfoNCE names both sides of shapes that do not agree", "[loss]") {
  Strided<Cpu> q(noise(4, 3, 1)), k(noise(4, 3, 2)), few(noise(3, 3, 3)), wide(noise(9, 5, 4));
  CHECK_THROWS_WITH(info_nce(Cpu{}, q.differentiable(), few.in(), k.in(), .1f),
                    ContainsSubstring("queries are (4, 3), keys are (3, 3)"));
  CHECK_THROWS_WITH(info_nce(Cpu{}, q.differentiable(), k.in(), wide.in(), .1f),
                    ContainsSubstring("queries are (4, 3), negatives are (9, 5); widths"));
  CHECK_THROWS_WITH(info_nce(Cpu{}, q.differentiable(), k.in(), few.in(), 0.f),
                    ContainsSubstring("temperature is 0; it must be in"));
  CHECK_THROWS_WITH(info_nce(Cpu{}, Differentiable<Cpu>{q.in(), {}}, k.in(), few.in(), 1.f),
                    ContainsSubstring("their gradient is (0, 0)"));
}
