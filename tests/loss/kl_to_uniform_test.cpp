#include <selfsame/loss/kl_to_uniform.hpp>
#include <selfsame/testing/virtual_ranks.hpp>

#include "loss/bank_reference.hpp"

using namespace selfsame;
using namespace selfsame::test;
using Catch::Matchers::ContainsSubstring;

namespace {
using F64 = BasicCpu<double>;
}

TEST_CASE("KL to uniform is a mean over images of a sum over positions", "[loss]") {
  const Dense l = noise(6, 5, 1);
  Strided<F64> two(l), six(l), one(l);
  const double sum = kl_to_uniform(F64{}, one.differentiable(), 1);
  CHECK(kl_to_uniform(F64{}, two.differentiable(), 2) == Approx(sum / 2).epsilon(1e-14));
  CHECK(kl_to_uniform(F64{}, six.differentiable(), 6) == Approx(sum / 6).epsilon(1e-14));
  CHECK(worst(two.slope(), one.slope() / 2) < 1e-14);
  CHECK(worst(six.slope(), one.slope() / 6) < 1e-14);
  CHECK(one.untouched());
  CHECK(difference_error(
            [](const Dense& x) {
              Strided<F64> rows(x);
              return kl_to_uniform(F64{}, rows.differentiable(), 3);
            },
            l, 2 * six.slope()) < 1e-6);
}

TEST_CASE("KL to uniform on 2 and 4 ranks is that of one rank", "[loss]") {
  const RowMajor<double> l = noise(16, 5, 1);  // eight images of two positions
  const auto on_ranks = [&](Index count, double& value) {
    Dense gradient = Dense::Constant(16, 5, NAN);
    testing::VirtualRanks(count).run([&](Communicator& ranks) {
      const F64 device;
      Workspace scratch;
      Pass<F64> pass;
      pass.device = &device, pass.workspace = &scratch, pass.ranks = &ranks;
      const Index each = 16 / count, first = ranks.rank() * each;
      const Differentiable<F64> differentiable{
          In<F64>(view<F64>(l)).row_range(first, each),
          Out<F64>(view<F64>(gradient)).row_range(first, each)};
      const double mine = KlToUniform{}(pass, differentiable, each / 2);
      if (ranks.rank() == count - 1) value = mine;
    });
    return gradient;
  };
  double one = 0, several = 0;
  const Dense whole = on_ranks(1, one);
  for (const Index count : {2, 4}) {
    CHECK(worst(on_ranks(count, several), whole) < 1e-13);
    CHECK(several == Approx(one).epsilon(1e-13));
  }
}

TEST_CASE("KL to uniform of no images is 0, and what does not fit is refused", "[loss]") {
  Strided<F64> none(Dense(0, 5)), seven(noise(7, 5, 1)), six(noise(6, 5, 1));
  CHECK(kl_to_uniform(F64{}, none.differentiable(), 0) == 0);
  CHECK_THROWS_WITH(kl_to_uniform(F64{}, seven.differentiable(), 2),
                    ContainsSubstring("7 rows") && ContainsSubstring("2 images"));
  CHECK_THROWS_AS(kl_to_uniform(F64{}, seven.differentiable(), 0), std::invalid_argument);
  CHECK_THROWS_WITH(
      kl_to_uniform(F64{}, Differentiable<F64>{seven.in(), six.differentiable().gradient}, 7),
      ContainsSubstring("(7, 5)") && ContainsSubstring("(6, 5)"));
}
