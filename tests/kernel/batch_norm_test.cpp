#include <selfsame/kernel/cpu/batch_norm.hpp>

#include "devices.hpp"

using namespace selfsame;
using namespace selfsame::test;

TEMPLATE_TEST_CASE("moments of blocks, joined, are the moments of all rows", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  for (const Isa isa : isas())
    for (const Index cols : {1, 5, 16, 33}) {
      CAPTURE(static_cast<int>(isa), cols);
      const Forced forced(isa);
      Padded<Activation<D>> x(37, cols, 1);
      for (Index r = 0; r < 37; ++r)
        x.template view<D>()(r, 0) += Activation<D>(100);  // far from zero
      const auto view = x.template view<D>();
      const Index sizes[] = {10, 0, 26, 1};
      std::vector<Real<D>> means(static_cast<std::size_t>(4 * cols)), moments(means.size());
      for (Index b = 0, first = 0; b < 4; first += sizes[b++])
        block_moments(D{}, view.row_range(first, sizes[b]), means.data() + b * cols,
                      moments.data() + b * cols);
      std::vector<double> mean(static_cast<std::size_t>(cols)), moment(mean.size());
      CHECK(join_moments(
                4, cols, means.data(), moments.data(), [&](Index b) { return sizes[b]; },
                mean.data(), moment.data()) == 37);
      const Matrix m = x.matrix();
      for (Index c = 0; c < cols; ++c) {
        const double wanted = m.col(c).mean();
        CHECK(std::abs(mean[static_cast<std::size_t>(c)] - wanted) < 400 * ulp<Real<D>>);
        CHECK(std::abs(moment[static_cast<std::size_t>(c)] -
                       (m.col(c).array() - wanted).square().sum()) < 4e4 * ulp<Real<D>>);
      }
    }
}

TEMPLATE_TEST_CASE("normalised columns are the formula: affine map, addend, ReLU", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  for (const Isa isa : isas())
    for (const Index cols : {1, 7, 40}) {
      CAPTURE(static_cast<int>(isa), cols);
      const Forced forced(isa);
      Padded<Activation<D>> x(300, cols, 1), plus(300, cols, 2), y(300, cols, 3);
      const auto mean = noise<Real<D>>(cols, 4), slope = noise<Real<D>>(cols, 5),
                 shift = noise<Real<D>>(cols, 6);
      normalise_columns(D{.threads = 2}, In<D>(x.template view<D>()), mean.data(), slope.data(),
                        shift.data(), In<D>(plus.template view<D>()), Activate::relu,
                        y.template view<D>());
      Matrix wanted = x.matrix();
      const Matrix added = plus.matrix();
      for (Index r = 0; r < 300; ++r)
        for (Index c = 0; c < cols; ++c) {
          const auto k = static_cast<std::size_t>(c);
          const double v =
              (wanted(r, c) - double(mean[k])) * double(slope[k]) + double(shift[k]) + added(r, c);
          wanted(r, c) = v > 0 ? v : 0;
        }
      CHECK(largest_difference(y.matrix(), wanted) < 8 * ulp<Activation<D>>);
      CHECK(y.untouched());
    }
}

TEST_CASE("sums of a norm's gradient have the same bits for any number of threads", "[kernel]") {
  using D = Cpu;
  Padded<float> x(1000, 19, 1), dy(1000, 19, 2);
  const auto mean = noise<float>(19, 3), inverse = noise<float>(19, 4), scale = noise<float>(19, 5),
             shift = noise<float>(19, 6);
  const NormGradient<float, float> of{x.view<D>(),    dy.view<D>(), {},           mean.data(),
                                      inverse.data(), scale.data(), shift.data(), Activate::relu};
  Workspace scratch;
  std::vector<double> one(38), more(38);
  norm_gradient_sums(D{}, scratch, of, one.data());
  for (const int threads : {2, 3, 7}) {
    norm_gradient_sums(D{.threads = threads}, scratch, of, more.data());
    CHECK(one == more);
  }
}
