#include <selfsame/kernel/cpu/pool.hpp>

#include "devices.hpp"

using namespace selfsame;
using namespace selfsame::test;
using D = BasicCpu<double>;

TEST_CASE("max-pool takes the first of equal values, never padding, and sends the gradient there",
          "[kernel]") {
  const Shape in{1, 2, 2, 1};
  const std::vector<double> x{-1, -1, -3, -2}, dy{5};
  std::vector<double> y(1), dx(4, NAN);
  std::vector<std::int32_t> winner(1);
  const Window window{3, 3, 2, 1};
  max_pool(D{}, in, In<D>(x.data(), 4, 1), window, Out<D>(y.data(), 1, 1), winner.data());
  CHECK(y[0] == -1);
  CHECK(winner[0] == 0);
  max_pool_gradient(D{}, in, In<D>(dy.data(), 1, 1), window, winner.data(),
                    Out<D>(dx.data(), 4, 1));
  CHECK(dx == std::vector<double>{5, 0, 0, 0});
}

TEST_CASE("average-pool counts padding as zeros", "[kernel]") {
  const Shape in{1, 2, 2, 1};
  const std::vector<double> x{1, 2, 3, 4};
  std::vector<double> y(1);
  average_pool(D{}, in, In<D>(x.data(), 4, 1), {3, 3, 2, 1}, Out<D>(y.data(), 1, 1));
  CHECK(y[0] == Approx(10.0 / 9));
}

TEST_CASE("a grid of averages has PyTorch's overlapping regions, and a grid of one is the mean",
          "[kernel]") {
  const Shape in{2, 3, 3, 2};
  const auto x = noise<double>(in.size(), 1);
  const auto at = [&](Index image, Index y, Index c, Index z) {
    return x[static_cast<std::size_t>(((image * 3 + y) * 3 + c) * 2 + z)];
  };
  std::vector<double> y(2 * 8), mean(2 * 2);
  grid_average(D{}, in, In<D>(x.data(), 18, 2), 2, Out<D>(y.data(), 2, 8));
  // region 1 of 3 positions cut in 2 is rows or columns 1 and 2
  const double wanted = (at(1, 1, 0, 1) + at(1, 1, 1, 1) + at(1, 2, 0, 1) + at(1, 2, 1, 1)) / 4;
  CHECK(y[8 + 2 * 2 + 1] == Approx(wanted));
  grid_average(D{}, in, In<D>(x.data(), 18, 2), 1, Out<D>(mean.data(), 2, 2));
  double sum = 0;
  for (Index i = 0; i < 9; ++i) sum += at(0, i / 3, i % 3, 1);
  CHECK(mean[1] == Approx(sum / 9));
}

TEST_CASE("pooling and its gradient are adjoint", "[kernel]") {
  const Shape in{2, 5, 4, 3};
  const auto x = noise<double>(in.size(), 1), dy = noise<double>(2 * 4 * 3, 2);
  std::vector<double> y(dy.size()), dx(x.size());
  const auto dot = [](const auto& a, const auto& b) {
    double s = 0;
    for (std::size_t i = 0; i < a.size(); ++i) s += a[i] * b[i];
    return s;
  };
  const Window window{2, 2, 2, 0};  // 5 x 4 -> 2 x 2
  average_pool(D{}, in, In<D>(x.data(), 40, 3), window, Out<D>(y.data(), 8, 3));
  average_pool_gradient(D{}, in, In<D>(dy.data(), 8, 3), window, Out<D>(dx.data(), 40, 3));
  CHECK(dot(y, dy) == Approx(dot(x, dx)));
  grid_average(D{}, in, In<D>(x.data(), 40, 3), 2, Out<D>(y.data(), 2, 12));
  grid_average_gradient(D{}, in, In<D>(dy.data(), 2, 12), 2, Out<D>(dx.data(), 40, 3));
  CHECK(dot(y, dy) == Approx(dot(x, dx)));
}
