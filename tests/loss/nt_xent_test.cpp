#include <selfsame/loss/nt_xent.hpp>

#include "loss/reference.hpp"
#include "support/golden.hpp"

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
Result run(const Dense& z, double temperature, Index views = 2) {
  Strided<D> rows(z);
  const double value =
      nt_xent(D{}, rows.differentiable(), static_cast<Real<D>>(temperature), views);
  return {value, rows.slope()};
}
double value(const Dense& z, double temperature, Index views = 2) {
  return run(z, temperature, views).value;
}
// A float's logits are known to epsilon / temperature; so are their exponentials.
template <class D>
double rounding(double temperature) {
  return epsilon<D> * (64 + 16 / temperature);
}

}  // namespace

TEMPLATE_TEST_CASE("NT-Xent agrees with the paper's formula in double", "[loss]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const auto [batch, width, views] = GENERATE(table<Index, Index, Index>({{1, 1, 2},
                                                                          {1, 4, 2},
                                                                          {2, 3, 2},
                                                                          {3, 5, 2},
                                                                          {7, 16, 3},
                                                                          {101, 3, 2},
                                                                          {103, 20, 2},
                                                                          {67, 128, 3},
                                                                          {150, 3, 4}}));
  const double temperature = GENERATE(0.07, 0.5, 10.0);
  CAPTURE(batch, width, views, temperature);
  Strided<D> rows(noise(batch * views, width, 1));
  const Dense z = rows.rounded();
  const double wanted = naive_nt_xent(z, temperature, views);
  const double mine = nt_xent(D{}, rows.differentiable(), static_cast<Real<D>>(temperature), views);
  CHECK(std::abs(mine - wanted) < rounding<D>(temperature) * std::max(1.0, wanted));
  const Dense slope = naive_nt_xent_gradient(z, temperature, OtherViewsRelation{batch, views});
  const double scale = std::max(slope.cwiseAbs().maxCoeff(), 1e-2 / static_cast<double>(z.rows()));
  CHECK((rows.slope() - slope).cwiseAbs().maxCoeff() < 4 * rounding<D>(temperature) * scale);
  CHECK(rows.untouched());
}

TEST_CASE("NT-Xent: the gradient agrees with central differences", "[loss]") {
  const auto [batch, width, views] =
      GENERATE(table<Index, Index, Index>({{2, 3, 2}, {3, 5, 2}, {5, 2, 3}, {4, 4, 4}}));
  const double temperature = GENERATE(0.1, 0.5, 1000.0);
  CAPTURE(batch, width, views, temperature);
  const Dense z = noise(batch * views, width, 3);
  const Index v = views;
  const auto at = [&](const Dense& x) {
    return 1000 * value(x, temperature, v);
  };  // small slopes at 1000
  CHECK(difference_error(at, z, 1000 * run(z, temperature, views).gradient, 1e-4) <
        (temperature == 0.1 ? 1e-5 : 1e-6));
}

TEST_CASE("NT-Xent: a small step's differences agree at a low temperature", "[loss]") {
  const Dense z = noise(6, 4, 5);
  CHECK(difference_error([](const Dense& x) { return value(x, 0.1); }, z, run(z, 0.1).gradient,
                         1e-6) < 1e-6);
}

TEST_CASE("NT-Xent has the golden numbers of six rows", "[loss]") {
  const Dense z = sines(6, 4);
  const auto half = run(z, .5), tenth = run(z, .1);
  CHECK(half.value == Approx(.3849096227858).epsilon(1e-12));
  CHECK(half.gradient(0, 0) == Approx(.07355140752486).epsilon(1e-12));
  CHECK(half.gradient(0, 2) == Approx(-.2026204038256).epsilon(1e-12));
  CHECK(half.gradient(4, 1) == Approx(-.03251318687334).epsilon(1e-12));
  CHECK(half.gradient(5, 1) == Approx(.1916493562101).epsilon(1e-12));
  CHECK(tenth.value == Approx(.02380451315799).epsilon(1e-11));
  CHECK(tenth.gradient(0, 0) == Approx(.04856661277487).epsilon(1e-11));
  CHECK(tenth.gradient(4, 1) == Approx(-1.318466763883e-5).epsilon(1e-9));
  CHECK(tenth.gradient(5, 1) == Approx(.1243947040232).epsilon(1e-11));
  CHECK(value(z, 1000) == Approx(1.608401280765).epsilon(1e-12));
  const auto by_temperature = [&](double t) {
    return (value(z, t + 1e-5) - value(z, t - 1e-5)) / 2e-5;
  };
  CHECK(by_temperature(.5) == Approx(1.038590337167).epsilon(1e-7));
  CHECK(by_temperature(.1) == Approx(.6124817136594).epsilon(1e-6));
}

TEST_CASE("NT-Xent: a zero row stays a candidate, and its gradient is that of the epsilon",
          "[loss]") {
  Dense z = sines(6, 4);
  z.row(1).setZero();
  const auto r = run(z, .5);
  CHECK(r.value == Approx(.7727621550121).epsilon(1e-12));
  CHECK(r.gradient(0, 0) == Approx(.07381254424339).epsilon(1e-12));
  CHECK(r.gradient(1, 0) == Approx(459106.9989234).epsilon(1e-11));
  CHECK(value(Dense::Zero(6, 4), .5) == Approx(std::log(5.0)).epsilon(1e-14));
}

TEMPLATE_TEST_CASE(
    "NT-Xent is finite where all cosines of a row are low and the temperature is 0.001", "[loss]",
    SELFSAME_TEST_DEVICES) {
  Dense z(4, 2);
  z << 1, 0, 0, 1, -1, 0, 0, -1;
  const auto r = run<TestType>(z, .001);
  CHECK(r.value == Approx(1000.693147181).epsilon(1e-6));
  if constexpr (std::same_as<TestType, F64>) CHECK(std::abs(r.value - 1000.693147181) < 1e-8);
  CHECK(r.gradient.allFinite());
}

TEST_CASE("NT-Xent has the golden numbers of a small batch", "[loss]") {
  Dense z(4, 2), slope(4, 2);
  z << 1, 2, 2, -1, 2, 1, 0, -3;
  slope << -.004796990, .002398495, .175125649, .350251298, .123374726, -.246749452, -.090249030, 0;
  const auto r = run(z, .5);
  CHECK(std::abs(r.value - .500450304) < 5e-10);
  CHECK((r.gradient - slope).cwiseAbs().maxCoeff() < 5e-10);
}

TEST_CASE("NT-Xent agrees with lightly's NTXentLoss", "[loss]") {
  const Golden golden = Golden::read("loss/nt_xent.txt");
  const auto& z = golden["z"];
  Dense rows(z.rows, z.cols), slope(z.rows, z.cols);
  std::copy(z.values.begin(), z.values.end(), rows.data());
  for (const char* t : {"0.1", "0.5"}) {
    CAPTURE(t);
    const auto r = run(rows, std::stod(t));
    CHECK(std::abs(r.value - golden[std::string("value_") + t].values[0]) < 1e-10);
    const auto& wanted = golden[std::string("gradient_") + t].values;
    std::copy(wanted.begin(), wanted.end(), slope.data());
    CHECK(worst(r.gradient, slope) < 1e-9);
    CHECK(worst(run<Cpu>(rows, std::stod(t)).gradient, slope) < 1e-5);
  }
}

TEST_CASE("NT-Xent of equal rows is the log of the number of choices, without a gradient",
          "[loss]") {
  for (const Index images : {2, 5, 130}) {
    const auto r = run(Dense::Constant(2 * images, 3, 0.7), .2);
    CHECK(r.value == Approx(std::log(2.0 * static_cast<double>(images) - 1)).epsilon(1e-12));
    CHECK(r.gradient.cwiseAbs().maxCoeff() < 1e-14);
  }
}

TEST_CASE("NT-Xent of equal views and orthogonal images has its closed form", "[loss]") {
  const auto twice = [](const Dense& m) {
    Dense z(2 * m.rows(), m.cols());
    z << m, m;
    return z;
  };
  CHECK(value(twice(Dense::Identity(2, 2)), .5) == Approx(.239544766).epsilon(1e-8));
  CHECK(value(twice(3 * Dense::Identity(150, 150)), .1) ==
        Approx(std::log(1 + 298 * std::exp(-10.0))).epsilon(1e-10));
  // a regular simplex is the minimum
  Dense simplex = Dense::Identity(4, 4) - Dense::Constant(4, 4, .25);
  const auto r = run(twice(simplex), .5);
  CHECK(r.value == Approx(.348471886).epsilon(1e-8));
  CHECK(r.gradient.cwiseAbs().maxCoeff() < 1e-14);
  CHECK(value(twice(simplex) + .1 * noise(8, 4, 3), .5) > r.value);
}

TEST_CASE("NT-Xent of one image is 0 without a gradient, and of no image 0", "[loss]") {
  const auto one = run(noise(2, 5, 4), .3);
  CHECK(std::abs(one.value) < 1e-15);
  CHECK(one.gradient.cwiseAbs().maxCoeff() < 1e-14);
  CHECK(run(Dense(0, 5), .3).value == 0);
  CHECK(run(Dense(0, 0), .3).value == 0);
  CHECK(value(Dense(4, 0), .3) == Approx(std::log(3.0)));  // rows without numbers are all alike
}

TEMPLATE_TEST_CASE("NT-Xent stays within its bounds at every temperature", "[loss]",
                   SELFSAME_TEST_DEVICES) {
  const double temperature = GENERATE(1e-3, 1e-2, 0.1, 1.0, 30.0, 1e3);
  CAPTURE(temperature);
  const Dense z = noise(250, 6, 8);
  const auto r = run<TestType>(z, temperature);
  const double others = 248, slack = 1e-5 * (1 + 2 / temperature);
  const auto bound = [&](double sign) {  // log(1 + others e^x) without overflow
    const double x = sign * 2 / temperature + std::log(others);
    return x > 30 ? x : std::log1p(std::exp(x));
  };
  CHECK(r.value >= bound(-1) - slack);
  CHECK(r.value <= bound(1) + slack);
  CHECK(r.gradient.allFinite());
  CHECK(std::abs(r.value - naive_nt_xent(z, temperature)) < 1e-4 * std::max(1.0, r.value));
}

TEST_CASE("NT-Xent: gradients are tangent, and scaling a row divides its own by the factor",
          "[loss]") {
  const Dense z = noise(12, 5, 6);
  const auto r = run(z, .3);
  for (Index i = 0; i < z.rows(); ++i) CHECK(std::abs(z.row(i).dot(r.gradient.row(i))) < 1e-14);
  Dense longer = z;
  longer.row(4) *= 7;
  const auto s = run(longer, .3);
  CHECK(s.value == Approx(r.value).epsilon(1e-13));
  Dense wanted = r.gradient;
  wanted.row(4) /= 7;
  CHECK(worst(s.gradient, wanted) < 1e-12);
}

TEST_CASE("NT-Xent does not see a rotation, the order of images, or which view is which",
          "[loss]") {
  const Dense z = noise(14, 5, 7);
  const auto r = run(z, .3);
  const Dense turn = rotation(5, 1);
  const auto turned = run(z * turn, .3);
  CHECK(turned.value == Approx(r.value).epsilon(1e-13));
  CHECK(worst(turned.gradient, r.gradient * turn) < 1e-12);
  const Dense moment = z.transpose() * r.gradient;
  CHECK((moment - moment.transpose()).cwiseAbs().maxCoeff() < 1e-14);
  Dense moved(14, 5), wanted(14, 5);
  for (Index i = 0; i < 7; ++i)
    for (Index v = 0; v < 2; ++v) {
      const Index to =
          (3 * i + 2) % 7 + (i == 5 ? 1 - v : v) * 7;  // and image 5's views change places
      moved.row(to) = z.row(i + 7 * v);
      wanted.row(to) = r.gradient.row(i + 7 * v);
    }
  const auto m = run(moved, .3);
  CHECK(m.value == Approx(r.value).epsilon(1e-13));
  CHECK(worst(m.gradient, wanted) < 1e-12);
}

TEST_CASE("NT-Xent writes or adds its gradient times the weight, and returns the value without it",
          "[loss]") {
  const Dense z = noise(6, 4, 2);
  const auto r = run(z, .5);
  Strided<F64> rows(z);
  CHECK(nt_xent(F64{}, rows.differentiable(-3), .5) == r.value);
  CHECK(worst(rows.slope(), -3 * r.gradient) < 1e-14);
  CHECK(nt_xent(F64{}, rows.differentiable().added(5), .5) == r.value);
  CHECK(worst(rows.slope(), 2 * r.gradient) < 1e-14);
  CHECK(rows.untouched());
}

TEMPLATE_TEST_CASE("NT-Xent of rows with a NaN or an infinity is NaN", "[loss]",
                   SELFSAME_TEST_DEVICES) {
  const double bad = GENERATE(double{NAN}, double{INFINITY});
  for (const Index images : {3, 120}) {
    CAPTURE(bad, images);
    Dense z = noise(2 * images, 4, 2);
    z(images + 1, 2) = bad;
    const auto r = run<TestType>(z, .5);
    CHECK(std::isnan(r.value));
    CHECK(std::isnan(r.gradient(images + 1, 2)));
  }
}

TEST_CASE("NT-Xent has the same bits with one, two and three threads", "[loss]") {
  const Dense z = noise(502, 37, 9);
  Strided<Cpu> one(z), two(z), three(z);
  const float value = nt_xent(Cpu{.threads = 1}, one.differentiable(), .1f);
  CHECK(nt_xent(Cpu{.threads = 2}, two.differentiable(), .1f) == value);
  CHECK(nt_xent(Cpu{.threads = 3}, three.differentiable(), .1f) == value);
  CHECK(one.slope() == two.slope());
  CHECK(one.slope() == three.slope());
}

TEST_CASE("NT-Xent refuses what does not fit and prints both sides", "[loss]") {
  std::vector<float> a(24), b(24);
  const auto call = [&](Index rows, Index gradient_rows, float temperature, Index views) {
    nt_xent(Cpu{}, Differentiable<Cpu>{{a.data(), rows, 4}, {b.data(), gradient_rows, 4}},
            temperature, views);
  };
  CHECK_NOTHROW(call(6, 6, .5f, 2));
  CHECK_THROWS_WITH(call(6, 5, .5f, 2), ContainsSubstring("(6, 4)") && ContainsSubstring("(5, 4)"));
  CHECK_THROWS_WITH(call(5, 5, .5f, 2),
                    ContainsSubstring("5 rows") && ContainsSubstring("2 views"));
  CHECK_THROWS_AS(call(6, 6, .5f, 1), std::invalid_argument);
  CHECK_THROWS_WITH(call(6, 6, 0, 2), ContainsSubstring("temperature"));
  CHECK_THROWS_AS(call(6, 6, -1, 2), std::invalid_argument);
  CHECK_THROWS_AS(call(6, 6, float{NAN}, 2), std::invalid_argument);
}

TEST_CASE("NT-Xent asks for rows of unit length and prints its two numbers", "[loss]") {
  static_assert(WantsUnitRows<NtXent> && PairLoss<NtXent, Cpu> && PairLoss<NtXent, F64>);
  CHECK(NtXent{.epsilon = 0.25}.normalised().epsilon == 0.25);
  CHECK(NtXent{}.temperature == 0.5);
}

TEST_CASE("NT-Xent with a memory has golden numbers", "[loss]") {
  Dense memory(5, 4);
  for (Index k = 0; k < 5; ++k)
    for (Index j = 0; j < 4; ++j) memory(k, j) = std::cos(1 + 4 * double(k) + double(j));
  Strided<F64> m(unit(memory));
  const auto with = [&](double temperature) {
    Strided<F64> z(sines(6, 4));
    const double v = nt_xent(F64{}, z.differentiable(), temperature, 2, m.in());
    return Result{v, z.slope()};
  };
  const Result half = with(.5), tenth = with(.1);
  CHECK(half.value == Approx(1.271997458396).epsilon(1e-12));
  CHECK(half.gradient(0, 0) == Approx(.07291661129316).epsilon(1e-11));
  CHECK(half.gradient(0, 2) == Approx(-.2008716586534).epsilon(1e-11));
  CHECK(half.gradient(5, 1) == Approx(.1836030025177).epsilon(1e-11));
  CHECK(tenth.value == Approx(1.276945551632).epsilon(1e-12));
  CHECK(tenth.gradient(0, 0) == Approx(.213668834336).epsilon(1e-11));
  CHECK(tenth.gradient(5, 1) == Approx(.767854618291).epsilon(1e-11));
}

TEST_CASE("NT-Xent without a memory and with one of no rows have the same bits", "[loss]") {
  const Dense z = noise(210, 9, 1);
  Strided<Cpu> a(z), b(z), none(Dense(0, 9));
  CHECK(nt_xent(Cpu{}, a.differentiable(), .5f) ==
        nt_xent(Cpu{}, b.differentiable(), .5f, 2, none.in()));
  CHECK(a.slope() == b.slope());
}

TEST_CASE("NT-Xent: any extra_negatives negative raises the value, and equal ones join the count",
          "[loss]") {
  const Dense z = noise(12, 5, 1), m = unit(noise(300, 5, 2));
  double before = value(z, .5);
  for (const Index count : {1, 2, 97, 300}) {
    Strided<F64> rows(z), memory(m.topRows(count));
    const double v = nt_xent(F64{}, rows.differentiable(), .5, 2, memory.in());
    CHECK(v > before);
    before = v;
  }
  const Dense one = unit(noise(1, 5, 3));
  Strided<F64> same(one.replicate(8, 1)), memory(one.replicate(20, 1));
  CHECK(nt_xent(F64{}, same.differentiable(), .5, 2, memory.in()) ==
        Approx(std::log(7 + 20)).epsilon(1e-13));
  CHECK(same.slope().cwiseAbs().maxCoeff() < 1e-14);
}

TEST_CASE("NT-Xent of three views leaves the other positive in the denominator", "[loss]") {
  // pytorch-metric-learning's SupConLoss does, too; its NTXentLoss takes it out: a relation
  const Golden golden = Golden::read("loss/three_views.txt");
  const auto dense = [&](const std::string& name) {
    const Golden::Array& a = golden[name];
    return Dense(Eigen::Map<const Dense>(a.values.data(), a.rows, a.cols));
  };
  const Result inside = run(dense("z"), .5, 3);
  CHECK(inside.value == Approx(golden["inside"].values[0]).epsilon(1e-12));
  CHECK(worst(inside.gradient, dense("inside_gradient")) < 1e-11);
  /// One positive per call, the others excluded: the mean over positives is that of the other package.
  struct Apart {
    Index batch, turn;
    Pair operator()(Index i, Index j) const {
      if ((i - j) % batch != 0) return {0, 1};
      return (i + turn * batch) % (3 * batch) == j ? Pair{1, 1} : Pair{0, 0};
    }
    bool has_exceptions(PairBlock) const { return true; }
  };
  Strided<F64> rows(unit(dense("z")));
  Workspace scratch;
  double apart = 0;
  for (const Index turn : {1, 2})
    apart += contrast(F64{}, scratch, single_process(), rows.differentiable(), SameRows{},
                      Apart{5, turn}, In<F64>{nullptr, 0, 7}, .5) /
             2;
  CHECK(apart == Approx(golden["apart"].values[0]).epsilon(1e-12));
}

TEST_CASE(
    "NT-Xent of bf16 rows is within 2^-8 of the value and 2^-6 of the largest gradient in double",
    "[loss]") {
  using Half = BasicCpu<float, BFloat16>;
  const Index rows = 230, width = 32;
  const double temperature = GENERATE(0.1, 0.5);
  const Dense z = noise(rows, width, 1);
  std::vector<BFloat16> stored, slope(std::size_t(rows * width), BFloat16(NAN));
  Dense rounded(rows, width);
  for (Index i = 0; i < rows * width; ++i) {
    stored.emplace_back(z.data()[i]);
    rounded.data()[i] = static_cast<double>(stored.back());
  }
  const double mine = double(nt_xent(
      Half{}, Differentiable<Half>{{stored.data(), rows, width}, {slope.data(), rows, width}},
      static_cast<float>(temperature)));
  const Result wanted = run(rounded, temperature);
  CHECK(std::abs(mine - wanted.value) < wanted.value / 256);
  Dense gradient(rows, width);
  for (Index i = 0; i < rows * width; ++i)
    gradient.data()[i] = static_cast<double>(slope[std::size_t(i)]);
  CHECK(worst(gradient, wanted.gradient) < 1. / 64);
}
