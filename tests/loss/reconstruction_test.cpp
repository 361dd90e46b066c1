#include <selfsame/loss/reconstruction.hpp>
#include <selfsame/testing/virtual_ranks.hpp>

#include "loss/bank_reference.hpp"

using namespace selfsame;
using namespace selfsame::test;
using Catch::Matchers::ContainsSubstring;

namespace {

using F64 = BasicCpu<double>;
Dense pixels(Index rows, Index cols, unsigned seed) {
  return (noise(rows, cols, seed).array() * 0.2 + 0.5).min(1.).max(0.);
}
template <class D = F64, class Loss>
std::pair<double, Dense> run(const Loss& loss, const Dense& x, const Dense& t) {
  Strided<D> rows(x), images(t);
  const double value = reconstruction(D{}, rows.differentiable(), images.in(), loss);
  REQUIRE((rows.untouched() && images.untouched()));
  return {value, rows.slope()};
}

}  // namespace

TEST_CASE("Reconstructions are means over all numbers of the images, as PyTorch's", "[loss]") {
  const Golden golden = Golden::read("loss/dvae.txt");
  const Dense images = dense(golden["images"]), decoded = dense(golden["decoded"]);
  const auto check = [&](const auto& r, const std::string& name, double tolerance) {
    CHECK(r.first == Approx(golden[name + "_value"].values[0]).epsilon(tolerance));
    CHECK(worst(r.second, dense(golden[name + "_gradient"])) < tolerance);
  };
  check(run(MeanSquared{}, decoded, images), "squared", 1e-12);
  check(run(SmoothL1{}, decoded, images), "smooth_1.0", 1e-12);
  check(run(SmoothL1{.beta = .25}, decoded, images), "smooth_0.25", 1e-12);
  check(run(LogitLaplace{}, dense(golden["both"]), images), "laplace", 1e-12);
  check(run<Cpu>(MeanSquared{}, decoded, images), "squared", 1e-5);
  check(run<Cpu>(SmoothL1{}, decoded, images), "smooth_1.0", 1e-5);
  check(run<Cpu>(LogitLaplace{}, dense(golden["both"]), images), "laplace", 1e-5);
}

TEST_CASE("Reconstructions: gradients agree with central differences", "[loss]") {
  const Dense x = noise(4, 6, 1), same = pixels(4, 6, 2), few = pixels(4, 3, 3);
  const auto check = [&](const auto& loss, const Dense& t) {
    CHECK(difference_error([&](const Dense& y) { return run(loss, y, t).first; }, x,
                           run(loss, x, t).second) < 1e-6);
  };
  check(MeanSquared{}, same);
  check(SmoothL1{.beta = .7}, same);
  check(LogitLaplace{.margin = .2}, few);
}

TEST_CASE("Mapping of pixels and back is the identity on [0, 1]", "[loss]") {
  const LogitLaplace loss;
  for (int i = 0; i <= 255; ++i)
    CHECK(loss.unmapped(loss.mapped(i / 255.)) == Approx(i / 255.).margin(1e-15));
  CHECK((loss.mapped(0) == .1 && loss.mapped(1) == Approx(.9)));
  CHECK((loss.unmapped(0) == 0 && loss.unmapped(1) == 1));
  Dense mu(3, 2), wanted(3, 1);
  mu << -1, 0, .4, 0, 3, 0;
  for (Index i = 0; i < 3; ++i) wanted(i, 0) = loss.unmapped(1 / (1 + std::exp(-mu(i, 0))));
  Strided<F64> rows(mu), images(wanted);
  const F64 device;
  Pass<F64> pass;
  pass.device = &device;
  loss.images(pass, rows.in(), images.differentiable().gradient);
  CHECK((images.slope() - wanted).cwiseAbs().maxCoeff() < 1e-15);
}

TEST_CASE("Reconstructions of no pixels are 0", "[loss]") {
  CHECK(run(MeanSquared{}, Dense(0, 3), Dense(0, 3)).first == 0);
  CHECK(run(SmoothL1{}, Dense(0, 3), Dense(0, 3)).first == 0);
  CHECK(run(LogitLaplace{}, Dense(0, 6), Dense(0, 3)).first == 0);
}

TEST_CASE("Reconstructions on 2 and 4 ranks are those of one rank", "[loss]") {
  const auto check = [](const auto& loss, Index cols) {
    const RowMajor<double> x = noise(16, cols, 1), t = pixels(16, 3, 2);
    const auto on_ranks = [&](Index count, double& value) {
      Dense gradient = Dense::Constant(16, cols, NAN);
      testing::VirtualRanks(count).run([&](Communicator& ranks) {
        const F64 device;
        Workspace scratch;
        Pass<F64> pass;
        pass.device = &device, pass.workspace = &scratch, pass.ranks = &ranks;
        const Index each = 16 / count, first = ranks.rank() * each;
        const Differentiable<F64> differentiable{
            In<F64>(view<F64>(x)).row_range(first, each),
            Out<F64>(view<F64>(gradient)).row_range(first, each)};
        const double mine =
            loss(pass, differentiable, In<F64>(view<F64>(t)).row_range(first, each));
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
  };
  check(MeanSquared{}, 3);
  check(SmoothL1{}, 3);
  check(LogitLaplace{}, 6);
}

TEST_CASE("Reconstructions refuse what does not fit and print both sides", "[loss]") {
  Strided<Cpu> x(noise(4, 3, 1)), t(pixels(4, 2, 2)), wide(noise(4, 4, 1)), few(noise(3, 4, 1));
  const auto fails = [&](const auto& loss, Strided<Cpu>& rows, const std::string& one,
                         const std::string& other) {
    CHECK_THROWS_WITH(reconstruction(Cpu{}, rows.differentiable(), t.in(), loss),
                      ContainsSubstring(one) && ContainsSubstring(other));
  };
  fails(MeanSquared{}, x, "(4, 3)", "(4, 2)");
  fails(SmoothL1{}, x, "(4, 3)", "(4, 2)");
  fails(LogitLaplace{}, x, "(4, 3)", "(4, 2)");
  fails(LogitLaplace{}, few, "(3, 4)", "(4, 2)");
  fails(LogitLaplace{.margin = .5}, wide, "margin is 0.5", "below 0.5");
  CHECK_THROWS_WITH(
      reconstruction(Cpu{}, Differentiable<Cpu>{wide.in(), x.differentiable().gradient}, t.in(),
                     LogitLaplace{}),
      ContainsSubstring("(4, 4)") && ContainsSubstring("(4, 3)"));
}

TEST_CASE("Reconstructions are losses of rows with the papers' numbers", "[loss]") {
  static_assert(RowLoss<MeanSquared, Cpu> && RowLoss<SmoothL1, Cpu> && RowLoss<LogitLaplace, Cpu>);
  CHECK(LogitLaplace{}.margin == .1);
  CHECK(SmoothL1{}.beta == 1);
}
