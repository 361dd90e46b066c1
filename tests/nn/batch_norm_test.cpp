#include <selfsame/nn/batch_norm.hpp>

#include "nn/layer_checks.hpp"

using namespace selfsame;
using namespace selfsame::testing;
using D = BasicCpu<double>;

TEST_CASE("BatchNorm: gradients agree with central differences, on every device", "[nn]") {
  for (const Activate activate : {Activate::none, Activate::relu})
    for (const Shift shift : {Shift::learned, Shift::none}) {
      const BatchNorm norm{.activate = activate, .shift = shift};
      check_whole(norm, {6, 1, 1, 5});
      check_whole(norm, {3, 2, 3, 4});
    }
}

TEST_CASE("BatchNorm: gradients of groups agree with central differences, a rest group among them",
          "[nn]") {
  for (const Activate activate : {Activate::none, Activate::relu}) {
    CHECK(grouped_error(BatchNorm{.activate = activate}, {6, 1, 2, 3}, 3) < 1e-6);
    CHECK(grouped_error(BatchNorm{.activate = activate}, {7, 2, 1, 3}, 3) < 1e-6);
  }
}

TEST_CASE("BatchNorm: a group is normalised by itself", "[nn]") {
  LayerRun<D, BatchNorm> both({}, {6, 2, 1, 3});
  both.pass.batch_norm_group = 3;
  both.value();
  LayerRun<D, BatchNorm> half({}, {3, 2, 1, 3});
  for (const std::size_t g : {std::size_t{0}, std::size_t{1}}) {
    std::copy_n(both.x.begin() + static_cast<std::ptrdiff_t>(g * half.x.size()), half.x.size(),
                half.x.begin());
    half.value();
    const std::span<const double> of(both.y.data() + g * half.y.size(), half.y.size());
    CHECK(difference(of, std::span<const double>(half.y)) < 1e-14);
  }
}

TEST_CASE("BatchNorm: a train pass has mean shift and deviation scale, whatever the input's",
          "[nn]") {
  LayerRun<D, BatchNorm> run({}, {200, 1, 1, 2});
  for (double& x : run.x) x = 100 + 7 * x;
  run.value();
  for (Index c = 0; c < 2; ++c) {
    double mean = 0, square = 0;
    for (Index r = 0; r < 200; ++r) mean += run.y[static_cast<std::size_t>(2 * r + c)] / 200;
    for (Index r = 0; r < 200; ++r)
      square += std::pow(run.y[static_cast<std::size_t>(2 * r + c)] - mean, 2) / 200;
    CHECK(mean == Approx(run.weights.parameters[1][c]));
    CHECK(std::sqrt(square) == Approx(std::abs(run.weights.parameters[0][c])).epsilon(1e-5));
  }
}

TEST_CASE(
    "BatchNorm: update_buffers moves the buffers by (1 - momentum), with the biased or the "
    "unbiased "
    "variance",
    "[nn]") {
  for (const auto variance : {BatchNorm::Variance::biased, BatchNorm::Variance::unbiased}) {
    LayerRun<D, BatchNorm> run({.momentum = 0.75, .running_variance = variance}, {4, 1, 1, 1});
    run.x = {1, 3, 5, 7};  // mean 4; variance 5, unbiased 20/3
    run.weights.buffers[0][0] = 2;
    run.weights.buffers[1][0] = 1;
    run.value();
    run.update_buffers();
    CHECK(run.weights.buffers[0][0] == Approx(2 + 0.25 * (4 - 2)));
    const double seen = variance == BatchNorm::Variance::biased ? 5 : 20.0 / 3;
    CHECK(run.weights.buffers[1][0] == Approx(1 + 0.25 * (seen - 1)));
  }
}

TEST_CASE("BatchNorm: groups settle one after another", "[nn]") {
  LayerRun<D, BatchNorm> run({.momentum = 0.5}, {4, 1, 1, 1});
  run.pass.batch_norm_group = 2;
  run.x = {1, 3, 6, 10};
  run.weights.buffers[0][0] = 0;
  run.value();
  run.update_buffers();
  CHECK(run.weights.buffers[0][0] == Approx((0 + 2) / 2.0 / 2 + 8 / 2.0));
}

TEST_CASE("BatchNorm: one row of a group has no unbiased variance, and the buffers stay finite",
          "[nn]") {
  LayerRun<D, BatchNorm> run({.running_variance = BatchNorm::Variance::unbiased}, {1, 1, 1, 2});
  run.value();
  run.update_buffers();
  CHECK(finite(std::span<const double>(run.y)));
  CHECK(std::isfinite(run.weights.buffers[1][0]));
}

TEST_CASE("BatchNorm: evaluation uses the buffers, settles nothing and does not see the batch",
          "[nn]") {
  LayerRun<D, BatchNorm> run({}, {3, 1, 1, 2}, Mode::evaluate);
  run.value();
  for (Index c = 0; c < 2; ++c) {
    const double scale = run.weights.parameters[0][c] / std::sqrt(run.weights.buffers[1][c] + 1e-5);
    for (Index r = 0; r < 3; ++r) {
      const auto at = static_cast<std::size_t>(2 * r + c);
      CHECK(run.y[at] ==
            Approx(scale * (run.x[at] - run.weights.buffers[0][c]) + run.weights.parameters[1][c]));
    }
  }
  const std::vector<double> before(run.weights.buffers.all.begin(), run.weights.buffers.all.end());
  run.update_buffers();
  CHECK(before ==
        std::vector<double>(run.weights.buffers.all.begin(), run.weights.buffers.all.end()));
}

TEST_CASE("BatchNorm: the variance of numbers far from zero is not lost", "[nn]") {
  LayerRun<Cpu, BatchNorm> run({}, {64, 1, 1, 1});
  for (std::size_t i = 0; i < 64; ++i) run.x[i] = 4096 + (i % 2 == 0 ? 1.f : -1.f);
  run.value();
  CHECK(run.statistics().variance[0] == Approx(1).epsilon(1e-5));
}

TEST_CASE("BatchNorm: a variance that overflows does not turn its channel into the shift", "[nn]") {
  for (const Mode mode : {Mode::train, Mode::evaluate}) {
    LayerRun<Cpu, BatchNorm> run({}, {4, 1, 1, 2}, mode);
    run.weights.buffers[1][1] = INFINITY;
    for (std::size_t r = 0; r < 4; ++r) run.x[2 * r + 1] *= 1e25f;
    run.value();
    for (std::size_t i = 0; i < 8; ++i) CHECK(std::isnan(run.y[i]) == (i % 2 == 1));
  }
}

TEST_CASE(
    "BatchNorm: of one row the output is the shift, no gradient passes, and that is warned of",
    "[nn]") {
  for (const Index images : {1, 2}) {
    LayerRun<D, BatchNorm> run({}, {images, 1, 1, 3});
    Warnings warnings;
    run.pass.warnings = &warnings;
    for (int twice = 0; twice < 2; ++twice) run.value();
    run.backward();
    CHECK(warnings.all().size() == (images == 1 ? 1 : 0));
    for (std::size_t c = 0; c < 3; ++c) {
      CHECK((run.y[c] == run.weights.parameters[1][static_cast<Index>(c)]) == (images == 1));
      CHECK((run.dx[c] == 0) == (images == 1));
    }
  }
}
