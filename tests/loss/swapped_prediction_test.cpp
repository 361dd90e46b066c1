#include <selfsame/loss/swapped_prediction.hpp>

#include <selfsame/assigner/sinkhorn.hpp>
#include <selfsame/kernel/cpu/normalise.hpp>
#include <selfsame/testing/virtual_ranks.hpp>

#include "loss/reference.hpp"
#include "support/golden.hpp"

#include <mutex>
#include <numeric>

using namespace selfsame;
using namespace selfsame::test;
using Catch::Matchers::ContainsSubstring;
using testing::VirtualRanks;

namespace {

using F64 = BasicCpu<double>;

Dense log_softmax(Dense s) {
  for (Index r = 0; r < s.rows(); ++r) {
    s.row(r).array() -= s.row(r).maxCoeff();
    s.row(r).array() -= std::log(s.row(r).array().exp().sum());
  }
  return s;
}
struct Problem {
  Dense rows, prototypes, codes;  // (V B, D), (K, D), (A B, K)
  Index coded = 2;
  Index images() const { return codes.rows() / coded; }
  Index views() const { return rows.rows() / images(); }
};
/// The paper's formula: a mean over images, predicting views and coded views.
double naive_swapped(const Problem& p, double temperature) {
  const Index b = p.images();
  const Dense log_p = log_softmax(p.rows * p.prototypes.transpose() / temperature);
  double sum = 0;
  for (Index i = 0; i < p.coded; ++i)
    for (Index v = 0; v < p.views(); ++v)
      if (v != i)
        sum -= (p.codes.middleRows(i * b, b).array() * log_p.middleRows(v * b, b).array()).sum();
  return sum / static_cast<double>(p.coded * (p.views() - 1) * b);
}
/// Its gradient for the scores.
Dense naive_slopes(const Problem& p, double temperature) {
  const Index b = p.images();
  Dense g = Dense::Zero(p.rows.rows(), p.prototypes.rows());
  const Dense soft = log_softmax(p.rows * p.prototypes.transpose() / temperature).array().exp();
  for (Index i = 0; i < p.coded; ++i)
    for (Index v = 0; v < p.views(); ++v)
      if (v != i)
        g.middleRows(v * b, b) += soft.middleRows(v * b, b) - p.codes.middleRows(i * b, b);
  return g / (temperature * static_cast<double>(p.coded * (p.views() - 1) * b));
}
struct Result {
  double value;
  Dense rows, prototypes;
};
template <class D = F64>
Result run(const Problem& p, const SwappedPrediction& numbers = {}, int threads = 1) {
  Strided<D> z(p.rows), c(p.prototypes), q(p.codes);
  SwappedPrediction all = numbers;
  all.coded_views = p.coded;
  const double value = swapped_prediction(D{.threads = threads}, z.differentiable(),
                                          c.differentiable(), q.in(), all);
  CHECK((z.untouched() && c.untouched()));
  return {value, z.slope(), c.slope()};
}
Dense distributions(Index rows, Index cols, unsigned seed) {
  return log_softmax(2 * noise(rows, cols, seed)).array().exp();
}
Problem random(Index images, Index views, Index coded, Index prototypes, Index width,
               unsigned seed = 1) {
  return {unit(noise(images * views, width, seed)), unit(noise(prototypes, width, seed + 1)),
          distributions(images * coded, prototypes, seed + 2), coded};
}
Dense cosines(Index rows, Index cols) {
  Dense m(rows, cols);
  for (Index r = 0; r < rows; ++r)
    for (Index c = 0; c < cols; ++c) m(r, c) = std::cos(static_cast<double>(1 + cols * r + c));
  return m;
}
Dense codes_of(const Dense& scores) {
  RowMajor<double> s = scores, q = scores;
  sinkhorn(F64{}, In<F64>(view<F64>(s)), view<F64>(q));
  return q;
}
/// A case of so many crops: rows, prototypes and Sinkhorn's codes of the first two.
Problem golden_problem(Index crops) {
  Problem p{unit(sines(9, 5)).topRows(3 * crops), unit(cosines(4, 5)), Dense(6, 4)};
  const Dense s = p.rows * p.prototypes.transpose();
  p.codes << codes_of(s.topRows(3)), codes_of(s.middleRows(3, 3));
  return p;
}
Dense read(const Golden& golden, const std::string& name) {
  const auto& a = golden[name];
  Dense m(a.rows, a.cols);
  std::copy(a.values.begin(), a.values.end(), m.data());
  return m;
}
double entropy(const Dense& q) {
  return -(q.array() * q.array().log()).sum() / static_cast<double>(q.rows());
}

}  // namespace

TEMPLATE_TEST_CASE("swapped prediction and both gradients agree with the paper's formula", "[loss]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const auto [images, views, coded, prototypes, width] =
      GENERATE(table<Index, Index, Index, Index, Index>({{1, 2, 2, 1, 1},
                                                         {1, 2, 1, 2, 3},
                                                         {2, 3, 2, 7, 5},
                                                         {3, 3, 3, 33, 4},
                                                         {64, 8, 2, 50, 16},
                                                         {7, 4, 2, 1000, 33}}));
  const double temperature = GENERATE(0.05, 0.1, 2.0);
  CAPTURE(images, views, coded, prototypes, temperature);
  Problem p = random(images, views, coded, prototypes, width);
  p = {Strided<D>(p.rows).rounded(), Strided<D>(p.prototypes).rounded(),
       Strided<D>(p.codes).rounded(), coded};
  const Result r = run<D>(p, {.temperature = temperature}, 2);
  const double wanted = naive_swapped(p, temperature);
  const double rounding = epsilon<D> * (64 + 8 / temperature);
  CHECK(std::abs(r.value - wanted) < rounding * std::max(1.0, wanted));
  const Dense g = naive_slopes(p, temperature);
  const double scale = std::max(g.cwiseAbs().maxCoeff(), 1e-3 / static_cast<double>(images));
  CHECK((r.rows - g * p.prototypes).cwiseAbs().maxCoeff() < 20 * rounding * scale);
  CHECK((r.prototypes - g.transpose() * p.rows).cwiseAbs().maxCoeff() <
        20 * rounding * scale * std::sqrt(static_cast<double>(p.rows.rows())));
}

TEST_CASE("swapped prediction: both gradients agree with central differences", "[loss]") {
  const auto [images, views, coded] =
      GENERATE(table<Index, Index, Index>({{1, 2, 2}, {3, 3, 2}, {2, 4, 1}, {2, 3, 3}}));
  const double temperature = GENERATE(0.1, 1.0, 1000.0);
  const Reduction reduction = GENERATE(Reduction::mean_pairs, Reduction::sum_pairs);
  CAPTURE(images, views, coded, temperature);
  const SwappedPrediction numbers{.temperature = temperature, .reduction = reduction};
  const Problem p = random(images, views, coded, 5, 4);
  const Result r = run(p, numbers);
  const double step = temperature == 1000 ? 1e-3 : 1e-5;
  const auto by_rows = [&](const Dense& x) {
    return 1000 * run({x, p.prototypes, p.codes, p.coded}, numbers).value;
  };
  const auto by_prototypes = [&](const Dense& x) {
    return 1000 * run({p.rows, x, p.codes, p.coded}, numbers).value;
  };
  CHECK(difference_error(by_rows, p.rows, 1000 * r.rows, step) < 1e-6);
  CHECK(difference_error(by_prototypes, p.prototypes, 1000 * r.prototypes, step) < 1e-6);
}

TEST_CASE("swapped prediction has the golden numbers of a small case", "[loss]") {
  const Problem p = golden_problem(3);
  const Result r = run(p);
  CHECK(r.value == Approx(12.385483354741).epsilon(1e-12));
  const Dense g = naive_slopes(p, 0.1);
  CHECK(g(0, 0) == Approx(-.0006380818937).epsilon(1e-8));
  CHECK(g(0, 1) == Approx(.8142674660).epsilon(1e-9));
  CHECK(g(0, 2) == Approx(.01897373357).epsilon(1e-9));
  CHECK(g(0, 3) == Approx(-.8326031177).epsilon(1e-9));
  CHECK(g(8, 0) == Approx(1.659728725).epsilon(1e-9));
  CHECK(g(8, 1) == Approx(-.4095941777).epsilon(1e-9));
  CHECK(worst(r.rows, g * p.prototypes) < 1e-13);
  CHECK(r.prototypes(0, 0) == Approx(.8963661085).epsilon(1e-9));
  CHECK(r.prototypes(0, 4) == Approx(1.188166568).epsilon(1e-9));
  // Through z = y / |y|: the gradient is tangent (9.8).
  RowMajor<double> y = sines(9, 5), z = y, dz = r.rows, dy = y;
  std::vector<double> norms(9);
  l2_normalise(F64{}, In<F64>(view<F64>(y)), 1e-12, view<F64>(z), view<F64>(norms));
  l2_normalise_gradient(F64{}, In<F64>(view<F64>(z)), view<F64>(std::as_const(norms)), 1e-12,
                        In<F64>(view<F64>(dz)), view<F64>(dy), Write::overwrite);
  CHECK(dy(0, 0) == Approx(.1465244846).epsilon(1e-9));
  CHECK(dy(8, 4) == Approx(-.2473758021).epsilon(1e-9));
  for (Index i = 0; i < 9; ++i) CHECK(std::abs(z.row(i).dot(dy.row(i))) < 1e-14);
}

TEST_CASE("two views alone have the golden mean and sum over pairs", "[loss]") {
  const Problem p = golden_problem(2);
  const Result mean = run(p), sum = run(p, {.reduction = Reduction::sum_pairs});
  CHECK(mean.value == Approx(14.318958377893).epsilon(1e-12));
  CHECK(sum.value == Approx(28.637916755786).epsilon(1e-12));
  CHECK(worst(sum.rows, 2 * mean.rows) < 1e-14);
  CHECK(worst(sum.prototypes, 2 * mean.prototypes) < 1e-14);
  const Dense log_p =
      log_softmax(p.rows * p.prototypes.transpose() / 0.1);  // l(z_t, q_s) + l(z_s, q_t)
  const double swapped = -(p.codes.topRows(3).array() * log_p.bottomRows(3).array()).sum() -
                         (p.codes.bottomRows(3).array() * log_p.topRows(3).array()).sum();
  CHECK(sum.value == Approx(swapped / 3).epsilon(1e-13));
}

TEST_CASE("the sum over pairs is A (V - 1) times the mean", "[loss]") {
  const Problem p = random(3, 5, 2, 6, 4);
  const Result mean = run(p), sum = run(p, {.reduction = Reduction::sum_pairs});
  CHECK(sum.value == Approx(8 * mean.value).epsilon(1e-14));
  CHECK(worst(sum.rows, 8 * mean.rows) < 1e-14);
  CHECK(worst(sum.prototypes, 8 * mean.prototypes) < 1e-14);
}

TEST_CASE("swapped prediction agrees with lightly's SwaVLoss, of two views also with solo-learn's",
          "[loss]") {
  const Golden golden = Golden::read("loss/swapped_prediction.txt");
  const Dense rows = read(golden, "rows"), prototypes = read(golden, "prototypes");
  for (const std::string name : {"multi_crop", "two_views"}) {
    CAPTURE(name);
    Problem p{name == "two_views" ? Dense(rows.topRows(8)) : rows, prototypes,
              read(golden, name + "_codes")};
    const double value = read(golden, name + "_value")(0, 0);
    const Result r = run(p);
    CHECK(r.value == Approx(value).epsilon(1e-12));
    // torch's gradient of all rows; those of absent views are zero
    CHECK(worst(r.rows, Dense(read(golden, name + "_rows").topRows(p.rows.rows()))) < 1e-11);
    CHECK(worst(r.prototypes, read(golden, name + "_prototypes")) < 1e-11);
    const Result single = run<Cpu>(p);
    CHECK(single.value == Approx(value).epsilon(1e-6));
    CHECK(worst(single.rows, r.rows) < 1e-5);
    CHECK(worst(single.prototypes, r.prototypes) < 1e-5);
    const Dense s = p.rows * prototypes.transpose();
    CHECK(worst(codes_of(s.topRows(4)), Dense(p.codes.topRows(4))) < 1e-12);
  }
}

TEST_CASE("swapped prediction is at least the codes' entropy, and that where views predict them",
          "[loss]") {
  const Dense z = unit(noise(6, 5, 3)), c = unit(noise(8, 5, 4));
  Problem p{Dense(18, 5), c, Dense(12, 8)};
  p.rows << z, z, z;
  const Dense q = log_softmax(z * c.transpose() / 0.1).array().exp();
  p.codes << q, q;
  const Result same = run(p);
  CHECK(same.value == Approx(entropy(q)).epsilon(1e-12));
  CHECK(same.rows.cwiseAbs().maxCoeff() < 1e-13);
  CHECK(same.prototypes.cwiseAbs().maxCoeff() < 1e-13);
  p.codes = distributions(12, 8, 5);
  CHECK(run(p).value > entropy(p.codes) + 0.1);
  // Uniform codes and predictions: collapse costs log K.
  p.codes.setConstant(1. / 8);
  p.rows.setZero();
  CHECK(run(p).value == Approx(std::log(8.0)).epsilon(1e-14));
}

TEST_CASE("the scores' gradient of each row sums to zero", "[loss]") {
  Problem p = random(4, 3, 2, 6, 5);
  const Dense shift = noise(1, 5, 9);
  const double value = run(p).value;  // so that a shift of all prototypes changes nothing
  Problem moved = p;
  moved.prototypes.rowwise() += Eigen::RowVectorXd(shift.row(0));
  CHECK(run(moved).value == Approx(value).epsilon(1e-12));
  CHECK(run(p).prototypes.colwise().sum().cwiseAbs().maxCoeff() < 1e-14);
}

TEST_CASE(
    "permuted prototypes permute their gradient, and one view's scores alone change the value",
    "[loss]") {
  const Problem p = random(4, 3, 2, 6, 5);
  const Result r = run(p);
  Problem q = p;
  for (Index k = 0; k < 6; ++k) {
    q.prototypes.row((k + 2) % 6) = p.prototypes.row(k);
    q.codes.col((k + 2) % 6) = p.codes.col(k);
  }
  const Result moved = run(q);
  CHECK(moved.value == Approx(r.value).epsilon(1e-13));
  CHECK(worst(moved.rows, r.rows) < 1e-13);
  for (Index k = 0; k < 6; ++k)
    CHECK((moved.prototypes.row((k + 2) % 6) - r.prototypes.row(k)).cwiseAbs().maxCoeff() < 1e-14);
  q.codes = p.codes;
  CHECK(std::abs(run(q).value - r.value) > 1e-3);
}

TEST_CASE("a view does not predict its own code", "[loss]") {
  Problem p = random(3, 2, 2, 6, 5);
  const Result r = run(p);
  p.codes.topRows(3) = distributions(3, 6, 77);  // those of view 0
  const Result other = run(p);
  CHECK(other.rows.topRows(3) == r.rows.topRows(3));
  CHECK((other.rows.bottomRows(3) - r.rows.bottomRows(3)).cwiseAbs().maxCoeff() > 1e-3);
}

TEST_CASE("fewer than two views, or no images, have the value 0 and no gradient", "[loss]") {
  const Result one = run(random(3, 1, 1, 4, 5));
  CHECK(one.value == 0);
  CHECK(one.rows.cwiseAbs().maxCoeff() == 0);
  CHECK(one.prototypes.cwiseAbs().maxCoeff() == 0);
  const Result none = run({Dense(0, 5), noise(4, 5, 1), Dense(0, 4)});
  CHECK(none.value == 0);
  CHECK(none.prototypes.cwiseAbs().maxCoeff() == 0);
}

TEST_CASE("prototypes that are all equal cost the log of their number, without a gradient of rows",
          "[loss]") {
  Problem p = random(3, 3, 2, 9, 5);
  p.prototypes = p.prototypes.row(0).replicate(9, 1).eval();
  const Result r = run(p);
  CHECK(r.value == Approx(std::log(9.0)).epsilon(1e-13));
  CHECK(r.rows.cwiseAbs().maxCoeff() < 1e-14);
}

TEMPLATE_TEST_CASE("swapped prediction is finite at temperatures from 0.001 to 1000", "[loss]",
                   SELFSAME_TEST_DEVICES) {
  const double temperature = GENERATE(1e-3, 1e-2, 1.0, 1e3);
  Problem p = random(3, 3, 2, 9, 5);
  p.prototypes.row(3) = p.rows.row(1), p.prototypes.row(4) = -p.rows.row(1);
  p.rows.row(5).setZero();
  const Result r = run<TestType>(p, {.temperature = temperature});
  CHECK(r.value == Approx(naive_swapped(p, temperature)).epsilon(2e-4));
  CHECK((r.rows.allFinite() && r.prototypes.allFinite()));
}

TEMPLATE_TEST_CASE(
    "swapped prediction of a NaN or an infinity is NaN, in its row's gradient and the prototypes'",
    "[loss]", SELFSAME_TEST_DEVICES) {
  const double bad = GENERATE(double{NAN}, double{INFINITY});
  Problem p = random(3, 3, 2, 20, 5);
  p.rows(4, 2) = bad;
  const Result r = run<TestType>(p);
  CHECK(std::isnan(r.value));
  CHECK(r.rows.row(4).hasNaN());
  CHECK(r.rows.topRows(4).allFinite());
  CHECK(r.prototypes.hasNaN());
}

TEST_CASE("swapped prediction writes or adds each gradient times its own weight", "[loss]") {
  const Problem p = random(3, 3, 2, 6, 5);
  const Result r = run(p);
  Strided<F64> z(p.rows), c(p.prototypes), q(p.codes);
  CHECK(swapped_prediction(F64{}, z.differentiable(-2), c.differentiable(3), q.in()) == r.value);
  CHECK(worst(z.slope(), -2 * r.rows) < 1e-14);
  CHECK(worst(c.slope(), 3 * r.prototypes) < 1e-14);
  CHECK(swapped_prediction(F64{}, z.differentiable().added(5), c.differentiable().added(-1),
                           q.in()) == r.value);
  CHECK(worst(z.slope(), 3 * r.rows) < 1e-14);
  CHECK(worst(c.slope(), 2 * r.prototypes) < 1e-14);
}

TEST_CASE("prototypes may stand still: as constants, or with no place for their gradient",
          "[loss]") {
  const Problem p = random(3, 3, 2, 6, 5);
  const Result r = run(p);
  Strided<F64> z(p.rows), c(p.prototypes), q(p.codes);
  CHECK(swapped_prediction(F64{}, z.differentiable(), c.in(), q.in()) == r.value);
  CHECK(z.slope() == r.rows);
  const F64 device;
  Workspace scratch;
  Pass<F64> pass;
  pass.device = &device, pass.workspace = &scratch;
  Strided<F64> again(p.rows);
  CHECK(SwappedPrediction{}(pass, again.differentiable(), DifferentiableWeights<F64>{c.in(), {}},
                            q.in()) == r.value);
  CHECK(again.slope() == r.rows);
}

TEST_CASE("swapped prediction has the same bits with one, two, three and seven threads", "[loss]") {
  const Problem p = random(40, 8, 2, 700, 19);
  const Result one = run<Cpu>(p);
  for (const int threads : {2, 3, 7}) {
    const Result r = run<Cpu>(p, {}, threads);
    CHECK(r.value == one.value);
    CHECK(r.rows == one.rows);
    CHECK(r.prototypes == one.prototypes);
  }
}

TEST_CASE("swapped prediction on 2, 3 and 4 ranks is that of one rank", "[loss]") {
  using Cuts = std::vector<Index>;  // images of each rank
  const Cuts cuts = GENERATE(Cuts{12}, Cuts{6, 6}, Cuts{5, 0, 7}, Cuts{3, 3, 3, 3});
  const Reduction reduction = GENERATE(Reduction::mean_pairs, Reduction::sum_pairs);
  const Index views = 3, coded = 2, images = 12;
  const Problem p = random(images, views, coded, 6, 5);
  const SwappedPrediction loss{.reduction = reduction};
  const Result whole = run(p, loss);
  std::vector<double> values(cuts.size());
  Dense rows = Dense::Constant(images * views, 5, NAN), prototypes = Dense::Zero(6, 5);
  std::mutex adding;
  VirtualRanks(static_cast<Index>(cuts.size())).run([&](Communicator& ranks) {
    const auto me = static_cast<std::size_t>(ranks.rank());
    const Index first = std::accumulate(cuts.begin(), cuts.begin() + ranks.rank(), Index{0});
    const Index mine = cuts[me];
    const auto part = [&](const Dense& all, Index parts) {  // this rank's images of each view
      RowMajor<double> some(parts * mine, all.cols());
      for (Index v = 0; v < parts; ++v)
        some.middleRows(v * mine, mine) = all.middleRows(v * images + first, mine);
      return some;
    };
    RowMajor<double> z = part(p.rows, views), dz = z, q = part(p.codes, coded);
    RowMajor<double> c = p.prototypes, dc = Dense::Constant(6, 5, 1);
    const F64 device;
    Workspace scratch;
    Pass<F64> pass;
    pass.device = &device, pass.workspace = &scratch, pass.ranks = &ranks;
    values[me] =
        loss(pass, Differentiable<F64>{view<F64>(z), view<F64>(dz)},
             DifferentiableWeights<F64>{view<F64>(c), view<F64>(dc)}, In<F64>(view<F64>(q)));
    const std::lock_guard lock(adding);
    for (Index v = 0; v < views; ++v)
      rows.middleRows(v * images + first, mine) = dz.middleRows(v * mine, mine);
    prototypes += Dense(dc.array() - 1);
  });
  for (const double value : values) {
    CHECK(value == Approx(whole.value).epsilon(1e-13));
    CHECK(value == values[0]);
  }
  CHECK(worst(rows, whole.rows) < 1e-12);
  CHECK(worst(prototypes, whole.prototypes) < 1e-12);
}

TEST_CASE("swapped prediction refuses what does not fit and prints both sides", "[loss]") {
  std::vector<float> a(200), b(200);
  const auto call = [&](Index rows, Index gradient_rows, Index prototypes, Index width, Index codes,
                        Index code_width) {
    swapped_prediction(
        Cpu{}, Differentiable<Cpu>{{a.data(), rows, 5}, {b.data(), gradient_rows, 5}},
        Differentiable<Cpu>{{a.data(), prototypes, width}, {b.data() + 100, prototypes, width}},
        In<Cpu>(a.data(), codes, code_width));
  };
  CHECK_NOTHROW(call(9, 9, 4, 5, 6, 4));
  CHECK_THROWS_WITH(call(9, 8, 4, 5, 6, 4),
                    ContainsSubstring("(9, 5)") && ContainsSubstring("(8, 5)"));
  CHECK_THROWS_WITH(call(9, 9, 4, 6, 6, 4),
                    ContainsSubstring("(9, 5)") && ContainsSubstring("(4, 6)"));
  CHECK_THROWS_WITH(call(9, 9, 4, 5, 6, 3),
                    ContainsSubstring("(4, 5)") && ContainsSubstring("(6, 3)"));
  CHECK_THROWS_WITH(call(9, 9, 4, 5, 5, 4),
                    ContainsSubstring("(9, 5)") && ContainsSubstring("(5, 4)"));
  CHECK_THROWS_WITH(call(8, 8, 4, 5, 6, 4), ContainsSubstring("2 coded views"));
  CHECK_THROWS_AS(call(3, 3, 4, 5, 6, 4), std::invalid_argument);
  CHECK_THROWS_AS(call(3, 3, 4, 5, 0, 4), std::invalid_argument);
  CHECK_THROWS_AS(SwappedPrediction{.temperature = 0}, std::invalid_argument);
}

TEST_CASE("swapped prediction is a loss with the paper's numbers", "[loss]") {
  static_assert(Policy<SwappedPrediction> && std::same_as<SwappedPrediction::plays, role::Loss>);
  CHECK(SwappedPrediction{}.temperature == 0.1);
  CHECK(SwappedPrediction{}.coded_views == 2);
}
