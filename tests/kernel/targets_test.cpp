#include <selfsame/kernel/cpu/targets.hpp>

#include "kernel/devices.hpp"

using namespace selfsame;
using namespace selfsame::test;

TEMPLATE_TEST_CASE("Written targets are mixed one-hot rows, smoothed", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  using R = Real<D>;
  const std::vector<Index> a{0, 4, 2, -1, 3, -1}, b{1, 0, 2, 2, -1, -1};
  for (const double share : {1.0, 0.7, 0.0})
    for (const double smoothing : {0.0, 0.1, 1.0}) {
      CAPTURE(share, smoothing);
      Padded<Activation<D>> t(6, 5, 1);
      write_targets(D{.threads = 2}, view<D>(a), view<D>(b), static_cast<R>(share),
                    static_cast<R>(smoothing), t.template view<D>());
      Matrix wanted = Matrix::Zero(6, 5);
      for (Index i = 0; i < 6; ++i)
        for (const auto& [y, part] : {std::pair{a[static_cast<std::size_t>(i)], share},
                                      std::pair{b[static_cast<std::size_t>(i)], 1 - share}})
          if (y >= 0) {
            wanted.row(i).array() += part * smoothing / 5;
            wanted(i, y) += part * (1 - smoothing);
          }
      CHECK((t.matrix() - wanted).cwiseAbs().maxCoeff() < 1e-6);
      CHECK(t.untouched());
      CHECK(t.matrix().row(5).cwiseAbs().maxCoeff() == 0);
    }
}

TEST_CASE("Targets without others are those of the labels alone", "[kernel]") {
  using D = BasicCpu<double>;
  const std::vector<Index> a{1, -1};
  Padded<double> t(2, 4, 1);
  write_targets(D{}, view<D>(a), Vector<const Index, D>{}, 1.0, 0.2, t.view<D>());
  Matrix wanted = Matrix::Zero(2, 4);
  wanted.row(0) << .05, .85, .05, .05;
  CHECK((t.matrix() - wanted).cwiseAbs().maxCoeff() < 1e-15);
}

TEMPLATE_TEST_CASE("Sharpened probabilities are their powers, brought to the sum 1", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  for (const double temperature : {0.3, 1.0, 4.0}) {
    Padded<Activation<D>> p(9, 37, 1);
    const auto v = p.template view<D>();
    for (Index i = 0; i < 9; ++i)
      for (Index c = 0; c < 37; ++c) v(i, c) = std::abs(v(i, c));
    v(4, 7) = 0;
    Matrix wanted = p.matrix().array().pow(1 / temperature);
    for (Index i = 0; i < 9; ++i) wanted.row(i) /= wanted.row(i).sum();
    Workspace scratch;
    sharpen(D{.threads = 2}, scratch, v, static_cast<Real<D>>(temperature), v);
    CHECK((p.matrix() - wanted).cwiseAbs().maxCoeff() < 2e-6);
    CHECK(p.untouched());
  }
}
