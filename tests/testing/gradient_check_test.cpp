#include <selfsame/testing/gradient_check.hpp>

#include "support/catch.hpp"

using namespace selfsame;
using namespace selfsame::testing;

namespace {

// value = sum_i sin(x_i) + x_0 x_1, in as many numbers as asked for
struct Problem {
  std::vector<double> x, gradient;
  explicit Problem(std::size_t n) : x(n), gradient(n) {
    for (std::size_t i = 0; i < n; ++i) x[i] = 0.1 + 0.01 * static_cast<double>(i);
    for (std::size_t i = 0; i < n; ++i) gradient[i] = std::cos(x[i]);
    gradient[0] += x[1], gradient[1] += x[0];
  }
  double value() const {
    double v = x[0] * x[1];
    for (const double xi : x) v += std::sin(xi);
    return v;
  }
  double error() {
    return gradient_error(std::span(x), std::span<const double>(gradient), [&] { return value(); });
  }
};

}  // namespace

TEST_CASE("gradient check: a right gradient passes, number by number and along directions",
          "[testing]") {
  for (const std::size_t n : {std::size_t{2}, std::size_t{63}, std::size_t{64}, std::size_t{500}}) {
    CAPTURE(n);
    Problem p(n);
    const std::vector<double> before = p.x;
    CHECK(p.error() < (n < 64 ? 1e-8 : 1e-7));
    CHECK(p.x == before);
  }
}

TEST_CASE("gradient check: one per cent too much, a flipped sign, zeros or a NaN do not pass",
          "[testing]") {
  for (const std::size_t n : {std::size_t{10}, std::size_t{500}}) {
    CAPTURE(n);
    Problem more(n), flipped(n), zero(n), nan(n), one(n);
    for (double& g : more.gradient) g *= 1.01;
    CHECK(more.error() > 1e-5);
    for (double& g : flipped.gradient) g = -g;
    CHECK(flipped.error() > 1e-3);
    for (double& g : zero.gradient) g = 0;
    CHECK(zero.error() > 1e-3);
    nan.gradient[3] = std::numeric_limits<double>::quiet_NaN();
    CHECK_FALSE(nan.error() < 1);
    one.gradient[7] += 0.01;
    CHECK(one.error() > 1e-6);
  }
}

TEST_CASE("gradient check: each segment of a network is looked at by itself", "[testing]") {
  using D = BasicCpu<double>;
  Layout layout = Layout::on<D>();
  layout.weight("large", Kind::weight, {100}, zeros);
  layout.weight("small", Kind::bias, {3}, zeros);
  std::vector<double> parameters(static_cast<std::size_t>(Layout::length(layout.parameters(), 8))),
      gradient(parameters.size());
  const Slice<double, D> slice{view<D>(parameters), layout.parameters()};
  for (Index i = 0; i < 100; ++i) slice[0][i] = std::sin(static_cast<double>(i));
  const auto value = [&] {
    double v = 0;
    for (const double w : slice[0]) v += 50 * w * w;
    for (const double w : slice[1]) v += w;
    return v;
  };
  for (std::size_t i = 0; i < 100; ++i) gradient[i] = 100 * parameters[i];
  const auto small = static_cast<std::size_t>(layout.parameters()[1].offset);
  for (std::size_t i = 0; i < 3; ++i) gradient[small + i] = 1;
  CHECK(gradient_error<D>(slice, gradient, value) < 1e-6);
  gradient[small] = 1.01;  // 1e-4 of the largest gradient, but a hundredth of its own
  CHECK(gradient_error<D>(slice, gradient, value) > 1e-3);
}

TEST_CASE("gradient check: poison is NaN, also in scratch that is lent later", "[testing]") {
  std::vector<float> v(3);
  poison(std::span(v));
  CHECK_FALSE(finite(std::span<const float>(v)));
  Workspace workspace;
  poison(workspace, 1024);
  CHECK(std::isnan(*workspace.take<double>(1)));
}

TEST_CASE(
    "gradient check: difference is relative to the largest number, infinite for a NaN or another "
    "size",
    "[testing]") {
  CHECK(difference(std::vector<double>{1, 2}, std::vector<double>{1, 4}) == 0.5);
  CHECK(difference(std::vector<double>{}, std::vector<double>{}) == 0);
  CHECK(std::isinf(difference(std::vector<double>{1}, std::vector<double>{})));
  CHECK(std::isinf(difference(std::vector<double>{std::nan("")}, std::vector<double>{1})));
}
