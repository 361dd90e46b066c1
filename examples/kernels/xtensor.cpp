// NT-Xent on arrays of xtensor, compared with its formula as xtensor writes it.
#include <selfsame/interop/xtensor.hpp>
#include <selfsame/loss/nt_xent.hpp>

#if __has_include(<xtensor/views/xview.hpp>)  // release 0.26 moved all headers
#include <xtensor/core/xmath.hpp>
#include <xtensor/views/xview.hpp>
#else
#include <xtensor/xmath.hpp>
#include <xtensor/xview.hpp>
#endif

#include <cstdio>

using Array = xt::xtensor<double, 2>;
using Vector = xt::xtensor<double, 1>;

// mean_i [ log sum_{k != i} exp(s_ik) - s_ij ], row by row; j is the other view of image i.
double formula(const Array& z, double temperature) {
  const Vector norms = xt::sqrt(xt::sum(z * z, {1}));
  const Array unit = z / xt::view(norms, xt::all(), xt::newaxis());
  const std::size_t rows = z.shape()[0];
  double sum = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    const Vector s = xt::sum(unit * xt::view(unit, i), {1}) / temperature;
    sum += std::log(xt::sum(xt::exp(s))() - std::exp(s(i))) - s((i + rows / 2) % rows);
  }
  return sum / static_cast<double>(rows);
}

int main() {
  using F64 = selfsame::BasicCpu<double>;
  const Array z = xt::sin(xt::arange<double>(1, 1 + 16 * 8).reshape({16, 8}));
  Array gradient = xt::zeros<double>({16, 8});  // rows i and i + 8: two views of an image

  const double loss =
      selfsame::nt_xent<F64>(F64{}, {selfsame::view<F64>(z), selfsame::view<F64>(gradient)}, 0.5);

  bool right = std::abs(loss - formula(z, 0.5)) < 1e-12;
  for (const auto& [r, c] : {std::pair(0, 0), std::pair(3, 7), std::pair(15, 2)}) {
    Array above = z, below = z;
    above(r, c) += 1e-5, below(r, c) -= 1e-5;
    const double slope = (formula(above, 0.5) - formula(below, 0.5)) / 2e-5;
    right = right && std::abs(slope - gradient(r, c)) < 1e-9;
  }
  std::printf("loss %.6f, formula %.6f: %s\n", loss, formula(z, 0.5), right ? "right" : "WRONG");
  return right ? 0 : 1;
}
