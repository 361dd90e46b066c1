#include <selfsame/nn/dropout.hpp>

#include <selfsame/nn/sequential.hpp>

#include "nn/layer_checks.hpp"

using namespace selfsame;
using namespace selfsame::testing;
using D = BasicCpu<double>;

namespace {

const Shape in{24, 2, 2, 10};

template <class L>
std::vector<double> output(const L& layer, const Pass<D>& pass, Shape shape = in,
                           Index first_key = 0) {
  LayerRun<D, L> run(layer, shape);
  const Vector<const Key, D> keys = run.pass.keys;
  run.pass.seed = pass.seed, run.pass.path = pass.path, run.pass.mode = pass.mode;
  std::vector<Key> all;
  for (Index i = 0; i < keys.size; ++i) all.push_back({{first_key + i, 0}, 0, 0});
  run.pass.keys = view<D>(std::as_const(all));
  std::fill(run.x.begin(), run.x.end(), 1.0);
  run.value();
  return run.y;
}
double agreement(const std::vector<double>& a, const std::vector<double>& b) {
  double same = 0;
  for (std::size_t i = 0; i < a.size(); ++i) same += (a[i] == 0) == (b[i] == 0);
  return same / static_cast<double>(a.size());
}
const Dropout half{0.5};

}  // namespace

TEST_CASE("Dropout: the gradient agrees with central differences, on every device", "[nn]") {
  check_whole(Dropout{0.3}, {4, 2, 1, 3});
  check_whole(Dropout{0}, {4, 2, 1, 3});
}
TEST_CASE("StochasticDepth: the gradient agrees with central differences, on every device",
          "[nn]") {
  check_whole(StochasticDepth{0.3}, {8, 2, 1, 3});
}

TEST_CASE("Dropout: a share of rate is dropped, and the others grow so that the mean stays",
          "[nn]") {
  const std::vector<double> y = output(Dropout{0.2}, {}, {500, 1, 1, 20});
  double zeros_seen = 0;
  for (const double v : y) {
    zeros_seen += v == 0;
    CHECK_FALSE((v != 0 && std::abs(v - 1.25) > 1e-12));
  }
  CHECK(zeros_seen / 10000 == Approx(0.2).margin(0.015));
  const std::vector<double> none = output(Dropout{1}, {});
  CHECK(largest(std::span<const double>(none)) == 0);
}

TEST_CASE("StochasticDepth: an image is dropped as a whole", "[nn]") {
  const std::vector<double> y = output(StochasticDepth{0.5}, {}, {200, 2, 2, 3});
  double dropped = 0;
  for (std::size_t i = 0; i < 200; ++i) {
    for (std::size_t k = 1; k < 12; ++k) CHECK(y[12 * i + k] == y[12 * i]);
    dropped += y[12 * i] == 0;
  }
  CHECK(dropped / 200 == Approx(0.5).margin(0.1));
}

TEST_CASE(
    "Dropout: masks of two layers, parts, copies, seeds and steps' turns agree on half of the "
    "entries by chance",
    "[nn]") {
  const Pass<D> pass{.seed = 5};
  const std::vector<double> first = output(half, pass.at("encoder").at(0));
  CHECK(agreement(first, output(half, pass.at("encoder").at(0))) == 1);
  Pass<D> reseeded = pass;
  reseeded.seed = 6;
  const std::vector<double> others[] = {
      output(half, pass.at("encoder").at(2)), output(half, pass.at("head").at(0)),
      output(half, reseeded.at("encoder").at(0)),
      output(half, pass.as(Mode::train, selfsame::Copy::target).at("encoder").at(0)),
      output(half, pass.as(Mode::train, selfsame::Copy::online).at("encoder").at(0))};
  for (const auto& other : others) CHECK(std::abs(agreement(first, other) - 0.5) < 0.06);
  CHECK(std::abs(agreement(others[3], others[4]) - 0.5) < 0.06);
}

TEST_CASE("Dropout: two of one Sequential have independent masks", "[nn]") {
  // of two in a row a quarter survives, and not a half, as it would with one mask
  const std::vector<double> y = output(sequential(half, half), Pass<D>{.seed = 5}, {200, 1, 1, 20});
  double kept = 0;
  for (const double v : y) kept += v != 0;
  CHECK(kept / 4000 == Approx(0.25).margin(0.03));
}

TEST_CASE("Dropout: the mask travels with the image, in whatever batch it stands", "[nn]") {
  const std::vector<double> all = output(half, {}), some = output(half, {}, in.with_images(5), 7);
  const std::size_t size = 40;
  CHECK(std::equal(some.begin(), some.end(), all.begin() + 7 * size));
}

TEST_CASE("Dropout: evaluation is the identity", "[nn]") {
  const std::vector<double> y = output(Dropout{0.9}, Pass<D>{.mode = Mode::evaluate});
  CHECK(y == std::vector<double>(y.size(), 1.0));
}
