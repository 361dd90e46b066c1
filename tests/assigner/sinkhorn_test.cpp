#include <selfsame/assigner/sinkhorn.hpp>

#include <selfsame/core/fields.hpp>
#include <selfsame/testing/virtual_ranks.hpp>

#include "loss/reference.hpp"
#include "support/golden.hpp"

#include <atomic>

using namespace selfsame;
using namespace selfsame::test;
using Catch::Matchers::ContainsSubstring;
using testing::VirtualRanks;

namespace {

using F64 = BasicCpu<double>;
using enum SinkhornForm;

/// The plan by its rows and columns, as the paper's listing has it; codes of all samples.
Dense naive_sinkhorn(const Dense& scores, double epsilon, Index iterations) {
  Dense q = ((scores.transpose().array() - scores.maxCoeff()) / epsilon).exp();  // (K, M)
  q /= q.sum();
  for (Index turn = 0; turn < iterations; ++turn) {
    for (Index k = 0; k < q.rows(); ++k) q.row(k) /= static_cast<double>(q.rows()) * q.row(k).sum();
    for (Index n = 0; n < q.cols(); ++n) q.col(n) /= static_cast<double>(q.cols()) * q.col(n).sum();
  }
  return static_cast<double>(q.cols()) * q.transpose();
}
struct Result {
  Dense codes;
  SinkhornReport report;
};
template <class D = F64>
Result run(const Dense& scores, const Sinkhorn& numbers = {}, Index rows = -1, int threads = 1) {
  Strided<D> s(scores), q(Dense::Constant(rows < 0 ? scores.rows() : rows, scores.cols(), NAN));
  const Out<D> to(q.value.data(), q.rows, q.cols, q.cols + 3);
  const SinkhornReport report = sinkhorn(D{.threads = threads}, s.in(), to, numbers);
  for (Index r = 0; r < q.rows; ++r)
    for (Index c = q.cols; c < q.cols + 3; ++c)
      CHECK(
          std::isnan(static_cast<double>(q.value[static_cast<std::size_t>(r * (q.cols + 3) + c)])));
  return {q.rounded(), report};
}
Dense uniform(Index rows, Index cols, unsigned seed) {
  std::mt19937 bits(seed);
  std::uniform_real_distribution<double> between(-1, 1);
  Dense m(rows, cols);
  for (Index r = 0; r < rows; ++r)
    for (Index c = 0; c < cols; ++c) m(r, c) = between(bits);
  return m;
}
Dense read(const Golden& golden, const std::string& name) {
  const auto& a = golden[name];
  Dense m(a.rows, a.cols);
  std::copy(a.values.begin(), a.values.end(), m.data());
  return m;
}
/// s_nk = 0.3 sin(1 + 4 n + k)
Dense six_samples() { return 0.3 * sines(6, 4); }

}  // namespace

TEMPLATE_TEST_CASE("Sinkhorn's codes are those of the plan scaled by rows and columns",
                   "[assigner]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const auto [samples, prototypes] = GENERATE(table<Index, Index>(
      {{1, 1}, {1, 5}, {5, 1}, {2, 3}, {33, 17}, {7, 300}, {130, 65}, {321, 2}, {90, 777}}));
  const Index iterations = GENERATE(1, 2, 3, 10);
  const SinkhornForm form = GENERATE(exponential, SinkhornForm::log);
  CAPTURE(samples, prototypes, iterations, static_cast<int>(form));
  const Strided<D> rounded(0.3 * uniform(samples, prototypes, 1));
  const Dense scores = rounded.rounded();
  const Result r = run<D>(scores, {.iterations = iterations, .form = form}, -1, 2);
  const Dense wanted = naive_sinkhorn(scores, 0.05, iterations);
  CHECK(worst(r.codes, wanted) < 60 * epsilon<D>);
  const Eigen::RowVectorXd marginals = wanted.colwise().mean() * static_cast<double>(prototypes);
  const double off = (marginals.array() - 1).abs().maxCoeff();
  CHECK(std::abs(r.report.residual - off) < 40 * epsilon<D> * (1 + off));
  CHECK(std::abs(r.report.l1 - (marginals.array() - 1).abs().mean()) < 40 * epsilon<D> * (1 + off));
  CHECK(r.report.iterations == iterations);
}

TEST_CASE("Sinkhorn has the golden numbers of a small case", "[assigner]") {
  const SinkhornForm form = GENERATE(exponential, SinkhornForm::log);
  const auto at = [&](Index iterations) {
    return run(six_samples(), {.iterations = iterations, .form = form});
  };
  const auto row = [](double a, double b, double c, double d) {
    Dense m(1, 4);
    m << a, b, c, d;
    return m;
  };
  const auto first = [&](Index iterations) { return Dense(at(iterations).codes.topRows(1)); };
  CHECK(worst(first(1), row(.5391837423, .4355137478, .02528271457, 1.979529630e-5)) < 2e-10);
  CHECK(worst(first(3), row(.1909843106, .7590336492, .04996169600, 2.034420891e-5)) < 2e-10);
  CHECK(worst(first(100), row(.01484005782, .8650485077, .1200513799, 6.005464287e-5)) < 2e-10);
  CHECK(at(3).codes(0, 3) == Approx(2.034420891e-5).epsilon(1e-9));
  const Eigen::RowVectorXd marginals = at(3).codes.colwise().mean();
  CHECK(marginals(0) == Approx(.3605683560).epsilon(1e-9));
  CHECK(marginals(1) == Approx(.2198026564).epsilon(1e-9));
  CHECK(at(1).report.l1 == Approx(.3557590603).epsilon(1e-9));
  CHECK(at(2).report.l1 == Approx(.2684525599).epsilon(1e-9));
  CHECK(at(3).report.l1 == Approx(.2211367120).epsilon(1e-9));
  CHECK(at(10).report.l1 == Approx(.06885389476).epsilon(1e-9));
}

TEST_CASE("Sinkhorn agrees with lightly's and solo-learn's, and converged with POT's",
          "[assigner]") {
  const Golden golden = Golden::read("assigner/sinkhorn.txt");
  const Dense scores = read(golden, "scores");
  CHECK(worst(run(scores).codes, read(golden, "three")) < 1e-12);
  CHECK(worst(run(scores, {.form = SinkhornForm::log}).codes, read(golden, "three")) < 1e-12);
  CHECK(worst(run<Cpu>(scores).codes, read(golden, "three")) < 1e-5);
  // POT's plan is Q^T, its mass 1; M times it are codes.
  CHECK(worst(run(scores, {.iterations = 20'000}).codes, read(golden, "converged")) < 1e-11);
  CHECK(worst(run(scores, {.epsilon = 0.005, .iterations = 20'000}).codes,
              read(golden, "converged_0.005")) < 1e-9);
  CHECK(worst(run(scores, {.rows = CodedRows::first}, 5).codes, read(golden, "batch_of_5")) <
        1e-12);
}

TEMPLATE_TEST_CASE("each of Sinkhorn's codes is a distribution after any number of iterations",
                   "[assigner]", SELFSAME_TEST_DEVICES) {
  for (const Index iterations : {1, 2, 7})
    for (const double epsilon_of : {0.01, 0.05, 10.0})
      for (const SinkhornForm form : {automatic, SinkhornForm::log}) {
        const Dense q =
            run<TestType>(uniform(50, 31, 3),
                          {.epsilon = epsilon_of, .iterations = iterations, .form = form})
                .codes;
        CHECK((q.rowwise().sum().array() - 1).abs().maxCoeff() < 1e-6);
        CHECK(q.minCoeff() >= 0);
      }
}

TEST_CASE("the error of the prototypes' marginals never grows and falls below 1e-10",
          "[assigner]") {
  const Dense scores = uniform(64, 30, 4);
  double before = INFINITY;
  for (Index iterations = 1; iterations <= 200; ++iterations) {
    const SinkhornReport report = run(scores, {.iterations = iterations}).report;
    CHECK(report.l1 <= before + 1e-14);
    before = report.l1;
  }
  CHECK(before < 1e-10);
}

TEST_CASE("Sinkhorn does not see a constant or an offset of each prototype, but one of each sample",
          "[assigner]") {
  const Dense scores = uniform(20, 9, 5), offsets = uniform(1, 9, 6), others = uniform(20, 1, 7);
  Dense by_prototype = scores, by_sample = scores;
  by_prototype.rowwise() += Eigen::RowVectorXd(offsets.row(0));
  by_sample.colwise() += Eigen::VectorXd(others.col(0));
  for (const Index iterations : {1, 3, 3000}) {
    const Sinkhorn numbers{.iterations = iterations};
    const Dense q = run(scores, numbers).codes;
    CHECK(worst(run(Dense(scores.array() + 0.7), numbers).codes, q) < 1e-6);
    CHECK(worst(run(by_prototype, numbers).codes, q) < 1e-6);
    CHECK((worst(run(by_sample, numbers).codes, q) < 1e-6) == (iterations == 3000));
  }
}

TEMPLATE_TEST_CASE("equal scores, or identical samples, have codes of 1/K after one iteration",
                   "[assigner]", SELFSAME_TEST_DEVICES) {
  const Dense share = Dense::Constant(8, 5, 0.2);
  const Dense row = uniform(1, 5, 8);
  for (const SinkhornForm form : {automatic, SinkhornForm::log}) {
    const Sinkhorn numbers{.iterations = 1, .form = form};
    CHECK(worst(run<TestType>(Dense::Constant(8, 5, -3), numbers).codes, share) <
          4 * epsilon<TestType>);
    const Result r = run<TestType>(row.replicate(8, 1), numbers);
    CHECK(worst(r.codes, share) < 20 * epsilon<TestType>);
    CHECK(r.report.residual < 20 * epsilon<TestType>);
  }
}

TEST_CASE("Sinkhorn of two samples and two prototypes has its closed form", "[assigner]") {
  for (const double log_odds : {-8.0, -1.0, 0.0, 0.5, 8.0}) {
    Dense s = Dense::Zero(2, 2);
    s << 0.05 * log_odds + 0.02, 0.01, 0.03, 0.02;
    const double odds = std::exp((s(0, 0) + s(1, 1) - s(0, 1) - s(1, 0)) / 0.05);
    const double same = std::sqrt(odds) / (1 + std::sqrt(odds));
    const Dense q = run(s, {.iterations = 1000}).codes;
    CHECK(q(0, 0) == Approx(same).epsilon(1e-10));
    CHECK(q(1, 1) == Approx(same).epsilon(1e-10));
    CHECK(q(0, 1) == Approx(1 - same).epsilon(1e-10));
    for (const Index iterations : {1, 2, 5}) {  // the cross ratio is kept
      const Dense p = run(s, {.iterations = iterations}).codes;
      CHECK(p(0, 0) * p(1, 1) / (p(0, 1) * p(1, 0)) == Approx(odds).epsilon(1e-10));
    }
  }
}

TEST_CASE("Sinkhorn of the identity has its closed form for any number of iterations",
          "[assigner]") {
  for (const Index iterations : {1, 3, 50}) {
    const Dense q = run(Dense::Identity(4, 4), {.iterations = iterations}).codes;
    for (Index n = 0; n < 4; ++n)
      CHECK(q(n, n) == Approx(1 / (1 + 3 * std::exp(-20.0))).epsilon(1e-14));
  }
}

TEST_CASE("fewer samples than prototypes give each prototype a mass below one", "[assigner]") {
  const Result r = run(uniform(3, 8, 9), {.iterations = 5000});
  CHECK(r.report.residual < 1e-8);
  CHECK((r.codes.colwise().sum().array() - 3. / 8).abs().maxCoeff() < 1e-8);
}

TEST_CASE("no samples have no codes and no residual", "[assigner]") {
  CHECK(run(Dense(0, 5)).report.residual == 0);
  CHECK(run(Dense(4, 3), {}, 0).codes.rows() == 0);
}

TEMPLATE_TEST_CASE("Sinkhorn is finite for every finite score and every epsilon", "[assigner]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  constexpr double largest = std::numeric_limits<Activation<D>>::max();
  const double size = GENERATE_COPY(1.0, 79.0, 81.0, 699.0, 701.0, 1e4, 1e20, largest);
  const double epsilon_of = GENERATE(1e-3, 0.05, 1.0, 1e3);
  CAPTURE(size, epsilon_of);
  for (const Index iterations : {1, 3, 20}) {
    Dense s = size / 2 * uniform(12, 7, 11);
    s(3, 2) = size / 2, s(5, 5) = -size / 2;
    if (size == largest) s(3, 2) = largest, s(5, 5) = -largest;
    s.row(7).setConstant(-size / 2);  // a sample and a prototype that everybody dislikes
    s.col(4).setConstant(-size / 2);
    const Result r = run<D>(s, {.epsilon = epsilon_of, .iterations = iterations});
    CHECK(r.codes.allFinite());
    CHECK((r.codes.rowwise().sum().array() - 1).abs().maxCoeff() < 1e-5);
    CHECK(std::isfinite(r.report.residual));
  }
}

TEMPLATE_TEST_CASE("both forms of Sinkhorn agree up to where the automatic choice changes",
                   "[assigner]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const double limit = std::same_as<Real<D>, float> ? 80 : 700;
  Dense s = 0.05 * limit * 0.4999 * uniform(40, 23, 12);
  s(1, 1) = 0.05 * limit * 0.4999, s(2, 2) = -s(1, 1);
  for (const Index iterations : {1, 3, 100}) {
    const Dense logs = run<D>(s, {.iterations = iterations, .form = SinkhornForm::log}).codes;
    const Dense chosen = run<D>(s, {.iterations = iterations}).codes;
    const double rounding = epsilon<D> * 40 * limit;
    CHECK(worst(chosen, logs) < rounding);
    CHECK(worst(chosen, run<D>(s, {.iterations = iterations, .form = exponential}).codes) == 0);
    s *= 1.001;  // one range further the choice is the other
    CHECK(worst(run<D>(s, {.iterations = iterations}).codes,
                run<D>(s, {.iterations = iterations, .form = SinkhornForm::log}).codes) == 0);
    s /= 1.001;
  }
}

TEST_CASE("Sinkhorn in logarithms follows the exact iterations where exponentials vanish",
          "[assigner]") {
  // Two prototypes, one of which is 2000 epsilon away: exp(-2000) is 0, yet the offset cancels.
  const Dense near = 0.3 * uniform(16, 6, 13);
  Dense far = near;
  far.col(2).array() -= 2000 * 0.05;
  for (const Index iterations : {1, 3})
    CHECK(worst(run(far, {.iterations = iterations}).codes,
                run(near, {.iterations = iterations}).codes) < 1e-9);
}

TEMPLATE_TEST_CASE("Sinkhorn refuses a NaN or an infinity and leaves the codes alone", "[assigner]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const double bad = GENERATE(double{NAN}, double{INFINITY}, -double{INFINITY});
  const auto [row, col] = GENERATE(table<Index, Index>({{0, 0}, {4, 18}, {8, 16}}));
  Dense scores = uniform(9, 19, 14);
  scores(row, col) = bad;
  Strided<D> s(scores), q(Dense::Constant(9, 19, 5));
  const Out<D> to(q.value.data(), 9, 19, 22);
  CHECK_THROWS_AS(sinkhorn(D{}, s.in(), to), std::invalid_argument);
  CHECK_THROWS_WITH(sinkhorn(D{}, s.in(), to), ContainsSubstring("NaN"));
  CHECK(q.rounded() == Dense::Constant(9, 19, 5));
}

TEST_CASE("Sinkhorn stops at the residual it is asked for", "[assigner]") {
  const Dense scores = uniform(64, 30, 4);
  const SinkhornForm form = GENERATE(exponential, SinkhornForm::log);
  const Result stopped = run(scores, {.iterations = 1000, .residual = 1e-3, .form = form});
  const Index turns = stopped.report.iterations;
  CHECK(turns > 3);
  CHECK(turns < 1000);
  CHECK(stopped.report.residual < 1e-3);
  CHECK(run(scores, {.iterations = turns - 1, .form = form}).report.residual >= 1e-3);
  const Result same = run(scores, {.iterations = turns, .form = form});
  CHECK(worst(stopped.codes, same.codes) < 1e-14);
  CHECK(stopped.report.residual == same.report.residual);
}

TEMPLATE_TEST_CASE("Sinkhorn's codes of a queue's problem are the last or the first of its rows",
                   "[assigner]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const Dense scores = uniform(45, 12, 15);
  for (const SinkhornForm form : {exponential, SinkhornForm::log})
    for (const double stop : {0.0, 0.5}) {
      const Sinkhorn numbers{.epsilon = 0.3, .iterations = 8, .residual = stop, .form = form};
      Sinkhorn first = numbers;
      first.rows = CodedRows::first;
      const Dense all = run<D>(scores, numbers).codes;
      CHECK(run<D>(scores, numbers, 10).codes == all.bottomRows(10));
      CHECK(run<D>(scores, first, 10).codes == all.topRows(10));
      CHECK(run<D>(scores, numbers, 10).report.residual == run<D>(scores, numbers).report.residual);
    }
}

TEST_CASE("a queue of three rows has the golden codes", "[assigner]") {
  Dense y = sines(9, 5), c(4, 5), queue(3, 5);
  for (Index r = 0; r < 4; ++r)
    for (Index j = 0; j < 5; ++j) c(r, j) = std::cos(static_cast<double>(1 + 5 * r + j));
  for (Index r = 0; r < 3; ++r)
    for (Index j = 0; j < 5; ++j) queue(r, j) = std::cos(static_cast<double>(2 + 5 * r + j));
  Dense rows(6, 5);
  rows << unit(queue), unit(y).topRows(3);
  const Dense q = run(rows * unit(c).transpose(), {}, 3).codes;
  CHECK(q(0, 0) == Approx(5.895226309e-8).epsilon(1e-8));
  CHECK(q(0, 1) == Approx(.9917715123).epsilon(1e-9));
  CHECK(q(0, 2) == Approx(.008228428761).epsilon(1e-8));
  CHECK(q(0, 3) == Approx(6.5934e-15).epsilon(1e-4));
}

TEMPLATE_TEST_CASE("Sinkhorn's codes may replace the scores", "[assigner]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const Index rows = GENERATE(20, 8);
  const Dense scores = uniform(20, 11, 16);
  for (const SinkhornForm form : {exponential, SinkhornForm::log}) {
    const Sinkhorn numbers{.epsilon = 0.1, .form = form};
    Strided<D> s(scores);
    const Out<D> all(s.value.data(), 20, 11, 14);
    sinkhorn(D{}, all, all.row_range(20 - rows, rows), numbers);
    CHECK(s.rounded().bottomRows(rows) == run<D>(scores, numbers, rows).codes);
    CHECK(s.rounded().topRows(20 - rows) == Strided<D>(scores).rounded().topRows(20 - rows));
  }
}

TEMPLATE_TEST_CASE("hard codes are 1 at the largest of the soft ones, the lowest of equal ones",
                   "[assigner]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  for (const SinkhornForm form : {exponential, SinkhornForm::log})
    for (const double stop : {0.0, 0.9}) {
      const Sinkhorn soft{.iterations = 5, .residual = stop, .form = form};
      Sinkhorn hard = soft;
      hard.codes = Codes::hard;
      const Dense scores = uniform(30, 7, 17);
      const Dense q = run<D>(scores, soft).codes, h = run<D>(scores, hard).codes;
      for (Index n = 0; n < 30; ++n) {
        Index top = 0;
        q.row(n).maxCoeff(&top);
        CHECK(h(n, top) == 1);
        CHECK(h.row(n).cwiseAbs().sum() == 1);
      }
      CHECK(run<D>(Dense::Zero(4, 3), hard).codes.col(0) == Eigen::VectorXd::Ones(4));
    }
}

TEST_CASE("Sinkhorn has the same bits with one, two, three and seven threads", "[assigner]") {
  const Dense scores = uniform(501, 333, 18);
  for (const SinkhornForm form : {exponential, SinkhornForm::log}) {
    const Result one = run<Cpu>(scores, {.form = form}, 400, 1);
    for (const int threads : {2, 3, 7}) {
      const Result r = run<Cpu>(scores, {.form = form}, 400, threads);
      CHECK(r.codes == one.codes);
      CHECK(r.report.residual == one.report.residual);
    }
  }
}

TEST_CASE("Sinkhorn on 2 and 4 ranks, also of unequal rows, is that of one rank", "[assigner]") {
  const SinkhornForm form = GENERATE(exponential, SinkhornForm::log);
  using Cuts = std::vector<Index>;
  const Cuts cuts =
      GENERATE(Cuts{0, 24}, Cuts{0, 12, 24}, Cuts{0, 6, 12, 18, 24}, Cuts{0, 1, 1, 20, 24});
  RowMajor<double> scores = uniform(24, 7, 19);
  scores(23, 0) = 1.9;  // the largest score is of the last rank
  const Sinkhorn numbers{.epsilon = 0.1, .iterations = 40, .residual = 0.02, .form = form};
  const Result whole = run(scores, numbers);
  RowMajor<double> codes = Dense::Constant(24, 7, NAN);
  std::vector<SinkhornReport> reports(cuts.size() - 1);
  VirtualRanks(static_cast<Index>(reports.size())).run([&](Communicator& ranks) {
    const F64 device;
    Workspace scratch;
    Pass<F64> pass;
    pass.device = &device, pass.workspace = &scratch, pass.ranks = &ranks;
    const auto me = static_cast<std::size_t>(ranks.rank());
    const Index first = cuts[me], count = cuts[me + 1] - first;
    reports[me] = numbers.assign(pass, In<F64>(view<F64>(scores)).row_range(first, count),
                                 Out<F64>(view<F64>(codes)).row_range(first, count));
  });
  CHECK(worst(codes, whole.codes) < 1e-12);
  for (const SinkhornReport& r : reports) {
    CHECK(r.residual == Approx(whole.report.residual).epsilon(1e-10));
    CHECK(r.residual == reports[0].residual);
    CHECK(r.iterations == whole.report.iterations);
  }
}

TEST_CASE("a NaN on one rank is refused on every rank", "[assigner]") {
  std::atomic<int> refused = 0;
  VirtualRanks(3).run([&](Communicator& ranks) {
    const F64 device;
    Workspace scratch;
    Pass<F64> pass;
    pass.device = &device, pass.workspace = &scratch, pass.ranks = &ranks;
    RowMajor<double> scores = uniform(4, 3, 20), codes = scores;
    if (ranks.rank() == 1) scores(2, 1) = NAN;
    try {
      Sinkhorn{}.assign(pass, In<F64>(view<F64>(scores)), view<F64>(codes));
    } catch (const std::invalid_argument&) {
      ++refused;
    }
  });
  CHECK(refused == 3);
}

TEST_CASE("Sinkhorn refuses codes that do not fit and prints both sides", "[assigner]") {
  std::vector<float> s(24), q(40);
  const auto call = [&](Index rows, Index cols) {
    sinkhorn(Cpu{}, In<Cpu>(s.data(), 4, 6), Out<Cpu>(q.data(), rows, cols));
  };
  CHECK_NOTHROW(call(4, 6));
  CHECK_NOTHROW(call(2, 6));
  CHECK_THROWS_WITH(call(5, 6), ContainsSubstring("(4, 6)") && ContainsSubstring("(5, 6)"));
  CHECK_THROWS_WITH(call(4, 5), ContainsSubstring("(4, 6)") && ContainsSubstring("(4, 5)"));
  CHECK_THROWS_AS(Sinkhorn{.epsilon = 0}, std::invalid_argument);
  CHECK_THROWS_AS(Sinkhorn{.iterations = 0}, std::invalid_argument);
}

TEST_CASE("Sinkhorn prints the paper's numbers and returns its residual", "[assigner]") {
  static_assert(Policy<Sinkhorn> && std::same_as<Sinkhorn::plays, role::Assigner>);
  static_assert(std::convertible_to<SinkhornReport, double>);
  CHECK(Sinkhorn{}.epsilon == 0.05);
  CHECK(Sinkhorn{}.iterations == 3);
  const SinkhornReport report = run(six_samples()).report;
  CHECK(double(report) == report.residual);
}

TEST_CASE("A common offset of all scores changes no bit of Sinkhorn's codes", "[assigner]") {
  const auto form = GENERATE(SinkhornForm::exponential, SinkhornForm::log);
  Dense s = uniform(40, 7, 3);
  for (double& x : s.reshaped())
    x = std::round(64 * x) / 64;  // floats near 1e5 have steps of 1/128
  const auto codes = [&](double offset) {
    return run<Cpu>(s.array() + offset, {.epsilon = 0.1, .form = form}).codes;
  };
  CHECK(codes(1e5) == codes(0));
  CHECK(codes(-1e5) == codes(0));
}

TEST_CASE("Sinkhorn's codes are distributions at the smallest epsilon there is", "[assigner]") {
  const double epsilon = GENERATE(1e-30, 1e-300, std::numeric_limits<double>::denorm_min());
  for (const double size : {1.0, 1e18}) {
    const Dense s = size * uniform(20, 5, 4);
    for (const Dense& codes :
         {run<Cpu>(s, {.epsilon = epsilon}).codes, run<F64>(s, {.epsilon = epsilon}).codes}) {
      CHECK(codes.allFinite());
      CHECK((codes.rowwise().sum().array() - 1).abs().maxCoeff() < 1e-6);
    }
  }
}
