#include <selfsame/loss/masked_tokens.hpp>

#include <selfsame/core/store.hpp>
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
using Labels = std::vector<Index>;

struct Problem {
  Dense rows, weight, bias;  // (P, D), (V, D), (1, V)
  Labels labels;
};
struct Result {
  double value;
  Dense rows, weight, bias;
};
/// The mean over labelled rows of the cross-entropy, and its gradients.
Result naive(const Problem& p) {
  Dense g = (p.rows * p.weight.transpose()).rowwise() + Eigen::RowVectorXd(p.bias.row(0));
  double sum = 0, count = 0;
  for (Index j = 0; j < g.rows(); ++j) {
    const Index label = p.labels[static_cast<std::size_t>(j)];
    const double top = g.row(j).maxCoeff(), wanted = label < 0 ? 0 : g(j, label);
    g.row(j) = (g.row(j).array() - top).exp();
    const double all = g.row(j).sum();
    g.row(j) /= all;
    if (label < 0) {
      g.row(j).setZero();
      continue;
    }
    sum += top + std::log(all) - wanted, count += 1, g(j, label) -= 1;
  }
  g /= std::max(count, 1.0);
  return {sum / std::max(count, 1.0), g * p.weight, g.transpose() * p.rows, g.colwise().sum()};
}
template <class D = F64>
Result run(const Problem& p, int threads = 1) {
  Strided<D> x(p.rows), w(p.weight), b(p.bias);
  const double value =
      linear_cross_entropy(D{.threads = threads}, x.differentiable(), w.differentiable(),
                           b.differentiable(), view<D>(std::as_const(p.labels)));
  CHECK((x.untouched() && w.untouched() && b.untouched()));
  return {value, x.slope(), w.slope(), b.slope()};
}
Problem random(Index rows, Index vocabulary, Index width, unsigned seed = 1) {
  Problem p{noise(rows, width, seed), noise(vocabulary, width, seed + 1),
            noise(1, vocabulary, seed + 2), Labels(static_cast<std::size_t>(rows))};
  for (Index j = 0; j < rows; ++j)
    p.labels[static_cast<std::size_t>(j)] = (7 * j + j / 3 + 2) % vocabulary;
  return p;
}
/// Weights of the policy as a network reserves them.
template <class D>
struct Head {
  Store<D> store;
  Trained<D> weights;
  Head(const MaskedTokens& loss, Index width) {
    Layout layout = Layout::on<D>();
    layout.enter("loss");
    loss.describe(Shape{1, 1, 1, width}, layout);
    layout.leave();
    weights = reserve_trained<D>(store, layout, 5);
  }
  MatrixView<Real<D>, D> matrix(const Slice<Real<D>, D>& of, Index width) const {
    return {of[0].data, of[0].size / width, width};
  }
};
template <class D>
struct Passing {
  D device;
  Workspace scratch;
  Pass<D> pass;
  Passing() { pass.device = &device, pass.workspace = &scratch; }
};

}  // namespace

TEMPLATE_TEST_CASE("masked-token cross-entropy and its three gradients agree with the formula",
                   "[loss]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const auto [rows, vocabulary, width] = GENERATE(table<Index, Index, Index>(
      {{1, 1, 1}, {1, 2, 3}, {2, 5, 4}, {11, 33, 7}, {151, 40, 16}, {30, 1001, 33}}));
  CAPTURE(rows, vocabulary, width);
  Problem p = random(rows, vocabulary, width);
  if (rows > 2) p.labels[1] = -1;
  p = {Strided<D>(p.rows).rounded(), Strided<D>(p.weight).rounded(), Strided<D>(p.bias).rounded(),
       p.labels};
  const Result mine = run<D>(p, 2), wanted = naive(p);
  const double rounding = 200 * epsilon<D>;
  CHECK(std::abs(mine.value - wanted.value) < rounding * std::max(1.0, wanted.value));
  const auto off = [](const Dense& a, const Dense& b) { return (a - b).cwiseAbs().maxCoeff(); };
  const double scale = 1 / std::sqrt(static_cast<double>(rows));
  CHECK(off(mine.rows, wanted.rows) < rounding * scale);
  CHECK(off(mine.weight, wanted.weight) < rounding * scale);
  CHECK(off(mine.bias, wanted.bias) < rounding * scale);
}

TEST_CASE("masked tokens: the gradients agree with central differences", "[loss]") {
  Problem p = random(5, 6, 4);
  p.labels[3] = -1;
  const Result r = run(p);
  const auto with = [&](auto member) {
    return [&p, member](const Dense& x) {
      Problem other = p;
      other.*member = x;
      return run(other).value;
    };
  };
  CHECK(difference_error(with(&Problem::rows), p.rows, r.rows) < 1e-6);
  CHECK(difference_error(with(&Problem::weight), p.weight, r.weight) < 1e-6);
  CHECK(difference_error(with(&Problem::bias), p.bias, r.bias) < 1e-6);
  CHECK(r.rows.row(3).cwiseAbs().maxCoeff() == 0);
}

TEST_CASE("masked tokens have the golden numbers of a small case", "[loss]") {
  const Problem p{sines(2, 4), Dense::Identity(4, 4), Dense::Zero(1, 4), {2, 0}};
  const Result r = run(p);
  CHECK(r.value == Approx(2.214147040).epsilon(1e-9));
  CHECK(r.rows(0, 0) == Approx(.1805812987).epsilon(1e-9));
  CHECK(r.rows(0, 2) == Approx(-.4103574489).epsilon(1e-9));
  CHECK(r.rows(1, 0) == Approx(-.4667154938).epsilon(1e-9));
}

TEST_CASE("masked tokens agree with torch's linear layer and cross-entropy", "[loss]") {
  const Golden golden = Golden::read("loss/masked_tokens.txt");
  const auto read = [&](const std::string& name) {
    const auto& a = golden[name];
    Dense m(a.rows, a.cols);
    std::copy(a.values.begin(), a.values.end(), m.data());
    return m;
  };
  Problem p{read("rows"), read("weight"), read("bias"), {}};
  for (const double label : golden["labels"].values)  // torch ignores -100, we ignore -1
    p.labels.push_back(label < 0 ? -1 : static_cast<Index>(label));
  const Result r = run(p), single = run<Cpu>(p);
  CHECK(r.value == Approx(read("value")(0, 0)).epsilon(1e-13));
  CHECK(worst(r.rows, read("rows_gradient")) < 1e-12);
  CHECK(worst(r.weight, read("weight_gradient")) < 1e-12);
  CHECK(worst(r.bias, read("bias_gradient")) < 1e-12);
  CHECK(single.value == Approx(r.value).epsilon(1e-6));
  CHECK(worst(single.rows, r.rows) < 1e-5);
  CHECK(worst(single.weight, r.weight) < 1e-5);
}

TEST_CASE("a head of zeros costs the log of the vocabulary", "[loss]") {
  Problem p = random(3, 8192, 4);
  p.weight.setZero(), p.bias.setZero();
  const Result r = run(p);
  CHECK(r.value == Approx(9.0109).epsilon(1e-5));
  CHECK(r.value == Approx(std::log(8192.0)).epsilon(1e-13));
  CHECK(r.rows.cwiseAbs().maxCoeff() == 0);
}

TEST_CASE("the logits' gradient of each row sums to zero, and duplicated rows change nothing",
          "[loss]") {
  const Problem p = random(7, 9, 4);
  const Result r = run(p);
  CHECK(std::abs(r.bias.sum()) < 1e-14);
  CHECK(r.weight.colwise().sum().cwiseAbs().maxCoeff() < 1e-13);
  Problem twice = p;
  twice.rows = Dense(14, 4);
  twice.rows << p.rows, p.rows;
  twice.labels.insert(twice.labels.end(), p.labels.begin(), p.labels.end());
  const Result again = run(twice);
  CHECK(again.value == Approx(r.value).epsilon(1e-14));
  CHECK(worst(again.weight, r.weight) < 1e-13);
  CHECK(worst(2 * again.rows.bottomRows(7), r.rows) < 1e-13);
}

TEST_CASE("the mean is one over tokens: masks of one and three weigh 1/4 and 3/4", "[loss]") {
  const Problem p = random(4, 9, 4);
  Problem one = p, three = p;
  one.rows = p.rows.topRows(1), one.labels = {p.labels[0]};
  three.rows = p.rows.bottomRows(3), three.labels = {p.labels.begin() + 1, p.labels.end()};
  CHECK(run(p).value == Approx(run(one).value / 4 + 3 * run(three).value / 4).epsilon(1e-14));
}

TEST_CASE("rows that are not masked have no gradient, and masked ones that of their gathered rows",
          "[loss]") {
  const MaskedTokens loss{.vocabulary = 11};
  Head<F64> head(loss, 4), other(loss, 4);
  const Dense all = noise(10, 4, 3);
  const Labels masked{7, 2, 5}, labels{4, 0, 10};
  Dense some(3, 4);
  for (Index i = 0; i < 3; ++i) some.row(i) = all.row(masked[static_cast<std::size_t>(i)]);
  Passing<F64> on;
  Strided<F64> x(all), gathered(some);
  const double value = loss(on.pass, gathered.differentiable(), view<F64>(labels), other.weights);
  CHECK(loss(on.pass, x.differentiable(-2), view<F64>(masked), view<F64>(labels), head.weights) ==
        value);
  Dense wanted = Dense::Zero(10, 4);
  for (Index i = 0; i < 3; ++i)
    wanted.row(masked[static_cast<std::size_t>(i)]) = -2 * gathered.slope().row(i);
  CHECK(worst(x.slope(), wanted) < 1e-14);
  CHECK(wanted.cwiseAbs().maxCoeff() > 1e-3);
  CHECK(x.untouched());
  loss(on.pass, x.differentiable().added(), view<F64>(masked), view<F64>(labels), head.weights);
  CHECK(worst(x.slope(), 0.5 * wanted) < 1e-13);
  // Weight gradients were added once there, twice here.
  for (const Index k : {0, 1})
    for (Index i = 0; i < head.weights.gradient[k].size; ++i)
      CHECK(head.weights.gradient[k][i] == Approx(2 * other.weights.gradient[k][i]).epsilon(1e-13));
}

TEMPLATE_TEST_CASE("the loss declares its head as a layer does, and adds the head's gradient",
                   "[loss]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const MaskedTokens loss{.vocabulary = 300};
  Head<D> head(loss, 5);
  const auto& segments = head.weights.parameters.segments;
  REQUIRE(segments.size() == 2);
  CHECK((segments[0].name == "loss.weight" && segments[0].kind == Kind::weight));
  CHECK(segments[0].extents == std::vector<Index>{300, 5});
  CHECK((segments[1].name == "loss.bias" && segments[1].kind == Kind::bias));
  CHECK(segments[1].extents == std::vector<Index>{300});
  double square = 0, top = 0;
  for (const Real<D> w : head.weights.parameters[0]) {
    square += static_cast<double>(w * w) / 1500;
    top = std::max(top, std::abs(static_cast<double>(w)));
  }
  CHECK(std::sqrt(square) == Approx(0.02 * 0.8796).epsilon(0.05));  // cut at two deviations
  CHECK(top <= 0.04);
  for (const Real<D> b : head.weights.parameters[1]) CHECK(b == 0);

  Problem p = random(20, 300, 5);
  for (Index v = 0; v < 300; ++v)
    for (Index c = 0; c < 5; ++c)
      p.weight(v, c) = static_cast<double>(head.weights.parameters[0][5 * v + c]);
  p.bias.setZero();
  Passing<D> on;
  Strided<D> x(p.rows);
  p.rows = x.rounded();
  const auto gradient = head.weights.gradient;
  for (const Index k : {0, 1})
    for (Real<D>& g : gradient[k]) g = 1;
  const double value =
      loss(on.pass, x.differentiable(), view<D>(std::as_const(p.labels)), head.weights);
  const Result wanted = naive(p);
  CHECK(value == Approx(wanted.value).epsilon(1e-6));
  CHECK((x.slope() - wanted.rows).cwiseAbs().maxCoeff() < 50 * epsilon<D>);
  for (Index v = 0; v < 300; ++v) {
    for (Index c = 0; c < 5; ++c)
      CHECK(std::abs(static_cast<double>(gradient[0][5 * v + c]) - 1 - wanted.weight(v, c)) <
            50 * epsilon<D>);
    CHECK(std::abs(static_cast<double>(gradient[1][v]) - 1 - wanted.bias(0, v)) < 50 * epsilon<D>);
  }
}

TEST_CASE("no masked position has the value 0, and so has a batch without a label", "[loss]") {
  CHECK(run({Dense(0, 4), noise(5, 4, 1), noise(1, 5, 2), {}}).value == 0);
  Problem p = random(3, 5, 4);
  p.labels = {-1, -1, -1};
  const Result r = run(p);
  CHECK(r.value == 0);
  CHECK(r.rows.cwiseAbs().maxCoeff() == 0);
  CHECK(r.weight.cwiseAbs().maxCoeff() == 0);
  CHECK(run(random(4, 1, 3)).value == 0);  // one token: no choice
}

TEST_CASE("without a bias the logits are the product alone", "[loss]") {
  Problem p = random(9, 7, 4);
  p.bias.setZero();
  const Result wanted = run(p);
  Strided<F64> x(p.rows), w(p.weight);
  CHECK(linear_cross_entropy(F64{}, x.differentiable(), w.differentiable(), NoBias{},
                             view<F64>(std::as_const(p.labels))) ==
        Approx(wanted.value).epsilon(1e-14));
  CHECK(worst(x.slope(), wanted.rows) < 1e-13);
  CHECK(worst(w.slope(), wanted.weight) < 1e-13);
}

TEST_CASE("a frozen head is a constant, and only the rows have a gradient", "[loss]") {
  const Problem p = random(9, 7, 4);
  const Result wanted = run(p);
  Strided<F64> x(p.rows), w(p.weight), b(p.bias);
  CHECK(linear_cross_entropy(F64{}, x.differentiable(), w.in(), b.in(),
                             view<F64>(std::as_const(p.labels))) == wanted.value);
  CHECK(x.slope() == wanted.rows);
}

TEST_CASE("masked tokens write or add each gradient times its own weight", "[loss]") {
  const Problem p = random(9, 7, 4);
  const Result r = run(p);
  Strided<F64> x(p.rows), w(p.weight), b(p.bias);
  const auto labels = view<F64>(std::as_const(p.labels));
  CHECK(linear_cross_entropy(F64{}, x.differentiable(-2), w.differentiable(3), b.differentiable(4),
                             labels) == r.value);
  CHECK(worst(x.slope(), -2 * r.rows) < 1e-14);
  CHECK(worst(w.slope(), 3 * r.weight) < 1e-14);
  CHECK(worst(b.slope(), 4 * r.bias) < 1e-14);
  linear_cross_entropy(F64{}, x.differentiable().added(5), w.differentiable().added(-1),
                       b.differentiable().added(-2), labels);
  CHECK(worst(x.slope(), 3 * r.rows) < 1e-14);
  CHECK(worst(w.slope(), 2 * r.weight) < 1e-14);
  CHECK(worst(b.slope(), 2 * r.bias) < 1e-14);
}

TEMPLATE_TEST_CASE("masked tokens are finite for logits of a thousand", "[loss]",
                   SELFSAME_TEST_DEVICES) {
  Problem p = random(4, 6, 3);
  p.rows *= 1000, p.rows.row(2).setZero(), p.weight.row(1) = p.weight.row(0);
  const Result r = run<TestType>(p);
  CHECK(r.value == Approx(naive(p).value).epsilon(1e-5));
  CHECK((r.rows.allFinite() && r.weight.allFinite() && r.bias.allFinite()));
}

TEMPLATE_TEST_CASE("a row with a NaN or an infinity makes the value NaN, its gradient, the head's",
                   "[loss]", SELFSAME_TEST_DEVICES) {
  Problem p = random(6, 20, 3);
  p.rows(4, 1) = GENERATE(double{NAN}, double{INFINITY});
  const Result r = run<TestType>(p);
  CHECK(std::isnan(r.value));
  CHECK(r.rows.row(4).hasNaN());
  CHECK(r.rows.topRows(4).allFinite());
  CHECK(r.weight.hasNaN());
}

TEST_CASE("masked tokens have the same bits with one, two, three and seven threads", "[loss]") {
  const Problem p = random(333, 900, 21);
  const Result one = run<Cpu>(p);
  for (const int threads : {2, 3, 7}) {
    const Result r = run<Cpu>(p, threads);
    CHECK(r.value == one.value);
    CHECK((r.rows == one.rows && r.weight == one.weight && r.bias == one.bias));
  }
}

TEST_CASE("masked tokens on 2, 3 and 4 ranks of unequal positions are those of one rank",
          "[loss]") {  // beit.md section 7
  using Cuts = std::vector<Index>;
  const Cuts cuts = GENERATE(Cuts{16}, Cuts{8, 8}, Cuts{5, 0, 11}, Cuts{1, 2, 3, 10});
  Problem p = random(16, 7, 4);
  p.labels[2] = p.labels[9] = p.labels[10] = -1;
  const Result whole = run(p);
  std::vector<double> values(cuts.size());
  Dense rows = Dense::Constant(16, 4, NAN), weight = Dense::Zero(7, 4), bias = Dense::Zero(1, 7);
  std::mutex adding;
  VirtualRanks(static_cast<Index>(cuts.size())).run([&](Communicator& ranks) {
    const auto me = static_cast<std::size_t>(ranks.rank());
    const Index first = std::accumulate(cuts.begin(), cuts.begin() + ranks.rank(), Index{0});
    RowMajor<double> x = p.rows.middleRows(first, cuts[me]), dx = x, w = p.weight, b = p.bias;
    RowMajor<double> dw = Dense::Zero(7, 4), db = Dense::Zero(1, 7);
    Passing<F64> on;
    on.pass.ranks = &ranks;
    values[me] =
        MaskedTokens{.vocabulary = 7}(on.pass, Differentiable<F64>{view<F64>(x), view<F64>(dx)},
                                      DifferentiableWeights<F64>{view<F64>(w), view<F64>(dw)},
                                      DifferentiableWeights<F64>{view<F64>(b), view<F64>(db)},
                                      view<F64>(std::as_const(p.labels)).part(first, cuts[me]));
    const std::lock_guard lock(adding);
    rows.middleRows(first, cuts[me]) = dx;
    weight += dw, bias += db;
  });
  for (const double value : values) {
    CHECK(value == Approx(whole.value).epsilon(1e-13));
    CHECK(value == values[0]);
  }
  CHECK(worst(rows, whole.rows) < 1e-12);
  CHECK(worst(weight, whole.weight) < 1e-12);
  CHECK(worst(bias, whole.bias) < 1e-12);
}

TEST_CASE("linear cross-entropy refuses what does not fit and prints both sides", "[loss]") {
  std::vector<float> a(60), b(60);
  Labels labels{0, 1, 2};
  const auto differentiable = [&](Index rows, Index cols, Index gradient_rows) {
    return Differentiable<Cpu>{{a.data(), rows, cols}, {b.data(), gradient_rows, cols}};
  };
  const auto call = [&](const Differentiable<Cpu>& x, const Differentiable<Cpu>& w,
                        const Differentiable<Cpu>& bias) {
    linear_cross_entropy(Cpu{}, x, w, bias, view<Cpu>(std::as_const(labels)));
  };
  CHECK_NOTHROW(call(differentiable(3, 4, 3), differentiable(5, 4, 5), differentiable(1, 5, 1)));
  CHECK_THROWS_WITH(call(differentiable(3, 4, 2), differentiable(5, 4, 5), differentiable(1, 5, 1)),
                    ContainsSubstring("(3, 4)") && ContainsSubstring("(2, 4)"));
  CHECK_THROWS_WITH(call(differentiable(3, 4, 3), differentiable(5, 3, 5), differentiable(1, 5, 1)),
                    ContainsSubstring("(3, 4)") && ContainsSubstring("(5, 3)"));
  CHECK_THROWS_WITH(call(differentiable(3, 4, 3), differentiable(5, 4, 4), differentiable(1, 5, 1)),
                    ContainsSubstring("(5, 4)") && ContainsSubstring("(4, 4)"));
  CHECK_THROWS_WITH(call(differentiable(3, 4, 3), differentiable(5, 4, 5), differentiable(1, 4, 1)),
                    ContainsSubstring("(5, 4)") && ContainsSubstring("(1, 4)"));
  CHECK_THROWS_WITH(call(differentiable(2, 4, 2), differentiable(5, 4, 5), differentiable(1, 5, 1)),
                    ContainsSubstring("labels are 3"));
  for (const Index bad : {5, -2}) {
    labels[1] = bad;
    CHECK_THROWS_WITH(
        call(differentiable(3, 4, 3), differentiable(5, 4, 5), differentiable(1, 5, 1)),
        ContainsSubstring(std::to_string(bad)) && ContainsSubstring("0 to 4"));
  }
}

TEST_CASE("masked tokens are a loss with the paper's vocabulary", "[loss]") {
  static_assert(Policy<MaskedTokens> && std::same_as<MaskedTokens::plays, role::Loss>);
  CHECK(MaskedTokens{}.vocabulary == 8192);
  Counter counter;
  MaskedTokens{}.describe(Shape{1, 14, 14, 768}, counter);
  CHECK(counter.weights == 2);
}
