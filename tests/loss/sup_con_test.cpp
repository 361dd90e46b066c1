#include <selfsame/loss/sup_con.hpp>

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
Result run(const Dense& z, const std::vector<Index>& labels, double temperature, int threads = 1) {
  Strided<D> rows(z);
  const double value = sup_con(D{.threads = threads}, rows.differentiable(), view<D>(labels),
                               static_cast<Real<D>>(temperature));
  CHECK(rows.untouched());
  return {value, rows.slope()};
}
std::vector<Index> some_labels(Index rows, Index classes) {
  std::vector<Index> labels;
  for (Index i = 0; i < rows; ++i) labels.push_back((i * i + 3 * i) % classes);
  return labels;
}
double naive(const Dense& z, const std::vector<Index>& y, double temperature) {
  const Dense u = unit(z);
  double sum = 0, anchors = 0;
  for (Index i = 0; i < z.rows(); ++i) {
    double all = 0, hits = 0, positives = 0;
    for (Index j = 0; j < z.rows(); ++j) {
      if (i == j) continue;
      const double s = u.row(i).dot(u.row(j)) / temperature;
      all += std::exp(s);
      if (y[std::size_t(i)] == y[std::size_t(j)] && y[std::size_t(i)] >= 0) hits += s, ++positives;
    }
    if (positives == 0) continue;
    sum += std::log(all) - hits / positives;
    ++anchors;
  }
  return anchors > 0 ? sum / anchors : 0;
}

}  // namespace

TEMPLATE_TEST_CASE("Supervised contrast agrees with the paper's formula", "[loss]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const auto [rows, width, classes] = GENERATE(
      table<Index, Index, Index>({{2, 3, 1}, {5, 4, 2}, {33, 7, 5}, {200, 16, 10}, {300, 5, 90}}));
  const double temperature = GENERATE(0.1, 0.5);
  CAPTURE(rows, width, classes, temperature);
  const std::vector<Index> labels = some_labels(rows, classes);
  Strided<D> z(noise(rows, width, 1));
  const double wanted = naive(z.rounded(), labels, temperature);
  CHECK(std::abs(run<D>(noise(rows, width, 1), labels, temperature).value - wanted) <
        400 * epsilon<D> * std::max(1., wanted));
}

TEST_CASE("Supervised contrast: the gradient agrees with central differences", "[loss]") {
  const Dense z = noise(9, 4, 1);
  const std::vector<Index> labels{0, 1, 0, 2, 1, 0, -1, 5, 1};
  const double temperature = GENERATE(0.2, 1.0);
  const auto value = [&](const Dense& x) { return run(x, labels, temperature).value; };
  CHECK(difference_error(value, z, run(z, labels, temperature).gradient, 1e-6) < 1e-6);
}

TEST_CASE("Supervised contrast agrees with pytorch-metric-learning", "[loss]") {
  const Golden golden = Golden::read("loss/sup_con.txt");
  const auto dense = [&](const std::string& name) {
    const Golden::Array& a = golden[name];
    return Dense(Eigen::Map<const Dense>(a.values.data(), a.rows, a.cols));
  };
  for (const auto& [temperature, name] : {std::pair(.1, "0.1"), std::pair(.5, "0.5")}) {
    const Result r = run(dense("z"), golden["labels"].as<Index>(), temperature);
    CHECK(r.value == Approx(golden["value_" + std::string(name)].values[0]).epsilon(1e-12));
    CHECK(worst(r.gradient, dense("gradient_" + std::string(name))) < 1e-11);
  }
}

TEST_CASE("Supervised contrast with one label an image is NT-Xent", "[loss]") {
  const Dense z = noise(212, 6, 1);
  std::vector<Index> images;
  for (Index i = 0; i < 212; ++i) images.push_back(i % 106);
  const Result r = run(z, images, .3);
  Strided<F64> rows(z);
  CHECK(r.value == Approx(nt_xent(F64{}, rows.differentiable(), .3)).epsilon(1e-13));
  CHECK(worst(r.gradient, rows.slope()) < 1e-12);
}

TEST_CASE("Rows without a positive are skipped and not counted", "[loss]") {
  const Dense z = noise(6, 4, 1);
  CHECK(run(z, {0, 1, 2, 3, 4, 5}, .5).value == 0);
  CHECK(run(z, {0, 1, 2, 3, 4, 5}, .5).gradient.cwiseAbs().maxCoeff() == 0);
  CHECK(run(z, {-1, -1, -1, -1, -1, -1}, .5).value == 0);
  const Result r = run(z, {0, 0, 1, 2, -1, -1}, .5);
  CHECK(r.value == Approx(naive(z, {0, 0, 1, 2, -1, -1}, .5)).epsilon(1e-13));
  CHECK(r.gradient.row(4).cwiseAbs().maxCoeff() > 1e-6);  // still a negative of the two anchors
}

TEST_CASE("Supervised contrast of equal rows is the log of the number of the others", "[loss]") {
  const Dense z = Dense::Constant(40, 3, 2.);
  const Result r = run(z, some_labels(40, 4), .1);
  CHECK(r.value == Approx(std::log(39)).epsilon(1e-13));
  CHECK(r.gradient.cwiseAbs().maxCoeff() < 1e-13);
}

TEST_CASE("Supervised contrast has the same bits with any number of threads", "[loss]") {
  const Dense z = noise(401, 19, 1);
  const Result one = run<Cpu>(z, some_labels(401, 10), .1);
  for (const int threads : {2, 3, 7}) {
    const Result r = run<Cpu>(z, some_labels(401, 10), .1, threads);
    CHECK(r.value == one.value);
    CHECK(r.gradient == one.gradient);
  }
}

TEST_CASE("Supervised contrast names rows and labels that do not agree", "[loss]") {
  CHECK_THROWS_WITH(run(noise(4, 3, 1), {0, 1}, .1),
                    ContainsSubstring("embeddings are (4, 3), labels are 2"));
  CHECK_THROWS_WITH(run(noise(2, 3, 1), {0, 1}, -1), ContainsSubstring("must be in"));
}
