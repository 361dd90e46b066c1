#include <selfsame/eval/linear_probe.hpp>
#include "support/catch.hpp"
#include "support/golden.hpp"

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

namespace {

// The largest difference of the logits on the test rows from the golden optimum's, relative to
// their size.
template <class D>
double logits_difference(const LinearProbe& probe, double* objective = nullptr) {
  const Golden golden = Golden::read("eval/probe.txt");
  const auto train = golden["train"].as<Activation<D>>(), test = golden["test"].as<Activation<D>>();
  const auto labels = golden["labels"].as<Index>();
  const auto &shape = golden["train"], &logits = golden["logits"];
  const auto fit =
      probe.fit(D{}, {train.data(), shape.rows, shape.cols}, view<D>(labels), logits.cols);
  if (objective != nullptr)
    *objective = std::abs(fit.objective / golden["objective"].values[0] - 1);
  double worst = 0, largest = 0;
  for (Index r = 0; r < logits.rows; ++r) {
    std::vector<double> mine(fit.bias.begin(), fit.bias.end());
    double mean = 0;
    for (Index c = 0; c < logits.cols; ++c) {
      auto& s = mine[static_cast<std::size_t>(c)];
      for (Index j = 0; j < shape.cols; ++j)
        s += double{fit.weights.in()(c, j)} *
             double{test[static_cast<std::size_t>(r * shape.cols + j)]};
      mean += s / static_cast<double>(logits.cols);
    }
    for (Index c = 0; c < logits.cols; ++c) {
      const double g = logits.values[static_cast<std::size_t>(r * logits.cols + c)];
      worst = std::max(worst, std::abs(mine[static_cast<std::size_t>(c)] - mean - g));
      largest = std::max(largest, std::abs(g));
    }
  }
  return worst / largest;
}

std::vector<Index> fit_and_predict(const std::vector<float>& rows, Index width,
                                   const std::vector<Index>& labels, Index classes) {
  Workspace scratch;
  const In<Cpu> x(rows.data(), static_cast<Index>(labels.size()), width);
  const auto fit = LinearProbe{.l2 = 0.01}.fit(Cpu{}, x, view<Cpu>(labels), classes);
  return predict(Cpu{}, scratch, fit, x);
}

}  // namespace

TEST_CASE("The probe reaches the optimum that Newton's method has in PyTorch", "[eval]") {
  double objective = 1;
  CHECK(logits_difference<BasicCpu<double>>({.l2 = 10, .iterations = 500, .tolerance = 1e-11},
                                            &objective) < 1e-8);
  CHECK(objective < 1e-12);
  CHECK(logits_difference<Cpu>({.l2 = 10, .tolerance = 1e-7}, &objective) < 1e-5);
  CHECK(objective < 1e-6);
}

TEST_CASE("The probe is near the optimum with its default tolerance", "[eval]") {
  CHECK(logits_difference<Cpu>({}) < 1e-3);
}

TEST_CASE("The probe separates what can be separated", "[eval]") {
  const std::vector<Index> labels{0, 1, 2, 0, 1, 2};
  CHECK(fit_and_predict({5, 5, 6, 5, 5, 6, 5.1f, 5, 6.1f, 5, 5, 6.1f}, 2, labels, 3) == labels);
}

TEST_CASE("The probe gives a constant column no weight", "[eval]") {
  const std::vector<float> rows{0, 7, 1, 7, 0.1f, 7, 0.9f, 7};
  const std::vector<Index> labels{0, 1, 0, 1};
  const auto fit = LinearProbe{}.fit(Cpu{}, {rows.data(), 4, 2}, view<Cpu>(labels), 2);
  CHECK(fit.weights.in()(0, 1) == 0);
  CHECK(fit.weights.in()(1, 0) > 0);
  CHECK(fit.converged);
}

TEST_CASE("Without columns the probe knows how often each class occurs", "[eval]") {
  const std::vector<Index> labels{0, 1, 1, 1};
  const auto fit = LinearProbe{.tolerance = 1e-9}.fit(BasicCpu<double>{}, {nullptr, 4, 0},
                                                      view<BasicCpu<double>>(labels), 2);
  CHECK(std::abs(fit.bias[1] - fit.bias[0] - std::log(3.0)) < 1e-6);
}

TEST_CASE("The probe of one row and of one class predicts what it saw", "[eval]") {
  CHECK(fit_and_predict({3, 4}, 2, {1}, 2) == std::vector<Index>{1});
  CHECK(fit_and_predict({3, 4, 5, 6}, 2, {0, 0}, 1) == std::vector<Index>{0, 0});
}

TEST_CASE("The probe has the same bits with one, two and three threads", "[eval]") {
  std::vector<float> rows;
  std::vector<Index> labels;
  for (Index i = 0; i < 5000; ++i) {
    labels.push_back(i % 3);
    for (Index c = 0; c < 6; ++c)
      rows.push_back(std::sin(static_cast<float>(i * 6 + c)) + (c == i % 3 ? 1.f : 0.f));
  }
  const In<Cpu> x(rows.data(), 5000, 6);
  const auto bits = [&](int threads) {
    auto fit = LinearProbe{.iterations = 8}.fit(Cpu{threads}, x, view<Cpu>(labels), 3);
    return std::vector<float>(fit.weights.data.begin(), fit.weights.data.end());
  };
  const auto one = bits(1);
  CHECK(bits(2) == one);
  CHECK(bits(3) == one);
}

TEST_CASE("The probe refuses what does not fit and what is not finite", "[eval]") {
  const std::vector<float> rows{1, 2, 3, std::numeric_limits<float>::infinity()};
  const std::vector<Index> labels{0, 1};
  const auto fit = [&](Index n, Index width) {
    return LinearProbe{}.fit(Cpu{}, {rows.data(), n, width}, view<Cpu>(labels), 2);
  };
  CHECK_THROWS_WITH(fit(1, 2), ContainsSubstring("train rows are (1, 2), labels are (2)"));
  CHECK_THROWS_WITH(
      fit(2, 2),
      ContainsSubstring("row 1 of the training embeddings is not finite (inf in column 1)"));
  CHECK_THROWS_WITH(LinearProbe{}.fit(Cpu{}, {nullptr, 0, 2}, {}, 2),
                    ContainsSubstring("there are none"));
  Workspace scratch;
  const auto narrow = fit(2, 1);
  CHECK_THROWS_WITH(predict(Cpu{}, scratch, narrow, {rows.data(), 2, 2}),
                    ContainsSubstring("weights are (2, 1), rows are (2, 2); widths must agree"));
  CHECK(predict(Cpu{}, scratch, narrow, {nullptr, 0, 1}).empty());
}

TEST_CASE("A row or a logit that is not finite gets no label but an error", "[eval]") {
  Workspace scratch;
  const std::vector<float> rows{0, 1, std::numeric_limits<float>::quiet_NaN()};
  const std::vector<Index> labels{0, 1};
  auto fit = LinearProbe{}.fit(Cpu{}, {rows.data(), 2, 1}, view<Cpu>(labels), 2);
  CHECK(predict(Cpu{}, scratch, fit, {rows.data(), 2, 1}) == std::vector<Index>{0, 1});
  CHECK_THROWS_WITH(predict(Cpu{}, scratch, fit, {rows.data(), 3, 1}),
                    ContainsSubstring("row 2 of the test embeddings is not finite (nan"));
  fit.bias[1] = INFINITY;
  CHECK_THROWS_WITH(predict(Cpu{}, scratch, fit, {rows.data(), 2, 1}),
                    ContainsSubstring("row 0 of the logits of the test embeddings is not finite"));
}
