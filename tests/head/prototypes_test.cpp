#include <selfsame/head/prototypes.hpp>

#include <selfsame/nn/chain.hpp>

#include "nn/layer_checks.hpp"

using namespace selfsame;
using namespace selfsame::testing;

namespace {

using F64 = BasicCpu<double>;

template <class D>
struct Reserved {
  D device;
  Workspace scratch;
  Pass<D> pass;
  Store<D> store;
  Trained<D> weights;
  Reserved(const Prototypes& prototypes, Index width) {
    pass.device = &device, pass.workspace = &scratch;
    Layout layout = Layout::on<D>();
    layout.enter("prototypes");
    prototypes.describe({2, 1, 1, width}, layout);
    layout.leave();
    weights = reserve_trained<D>(store, layout, 3);
  }
};

}  // namespace

TEST_CASE("Prototypes: one segment of kind prototype, without a bias, named as in a chain",
          "[head]") {
  const auto chained = chain(Prototypes{.count = 7});
  CHECK(chained.output({3, 1, 1, 5}) == Shape{3, 1, 1, 7});
  const Layout layout = chained.layout<Cpu>({3, 1, 1, 5});
  REQUIRE(layout.parameters().size() == 1);
  CHECK(layout.parameters()[0].name == "prototypes.weight");
  CHECK(layout.parameters()[0].kind == Kind::prototype);
  CHECK(layout.parameters()[0].extents == std::vector<Index>{7, 5});
  const Reserved<Cpu> mine({.count = 7}, 5);
  CHECK(mine.weights.parameters.segments[0].name == "prototypes.weight");
  CHECK(mine.weights.parameters.segments[0].kind == Kind::prototype);
  check_whole(Prototypes{.count = 4}.layer(), {3, 1, 1, 5});
}

TEMPLATE_TEST_CASE(
    "Prototypes: the projection makes rows unit and moves unit rows by rounding only", "[head]",
    BasicCpu<float>, BasicCpu<double>, (BasicCpu<double, float>)) {
  using D = TestType;
  const Prototypes prototypes{.count = 9};
  Reserved<D> r(prototypes, 6);
  const DifferentiableWeights<D> differentiable = prototypes.differentiable(r.weights, Real<D>(2));
  CHECK((differentiable.value.rows == 9 && differentiable.value.cols == 6 &&
         differentiable.weight == 2 && differentiable.add));
  CHECK(differentiable.value.data == r.weights.parameters[0].data);
  CHECK(differentiable.gradient.data == r.weights.gradient[0].data);
  const MatrixView<Real<D>, D> c(r.weights.parameters[0].data, 9, 6);
  std::fill_n(c.row(4), 6, Real<D>(0));
  prototypes.normalise_rows(r.pass, c);
  std::vector<Real<D>> before(c.data, c.data + 54);
  for (Index k = 0; k < 9; ++k) {
    double square = 0;
    for (Index j = 0; j < 6; ++j) square += static_cast<double>(c(k, j) * c(k, j));
    CHECK(std::abs(square - (k == 4 ? 0 : 1)) < 1e-6);
  }
  prototypes.normalise_rows(r.pass, c);
  for (std::size_t i = 0; i < 54; ++i)
    CHECK(std::abs(c.data[i] - before[i]) <= 2 * std::numeric_limits<Real<D>>::epsilon());
}

TEMPLATE_TEST_CASE("Prototypes: scores are the products of rows and prototypes", "[head]",
                   BasicCpu<float>, BasicCpu<double>, (BasicCpu<double, float>)) {
  using D = TestType;
  using A = Activation<D>;
  const Prototypes prototypes{.count = 5};
  Reserved<D> r(prototypes, 3);
  const MatrixView<const Real<D>, D> c(r.weights.parameters[0].data, 5, 3);
  const std::vector<A> rows{A(1), A(2), A(3), A(-1), A(0), A(2)};
  std::vector<A> scores(10, A(NAN));
  prototypes.scores(r.pass, In<D>(rows.data(), 2, 3), c, Out<D>(scores.data(), 2, 5));
  for (Index n = 0; n < 2; ++n)
    for (Index k = 0; k < 5; ++k) {
      double wanted = 0;
      for (Index j = 0; j < 3; ++j)
        wanted += static_cast<double>(rows[static_cast<std::size_t>(3 * n + j)]) *
                  static_cast<double>(c(k, j));
      CHECK(std::abs(static_cast<double>(scores[static_cast<std::size_t>(5 * n + k)]) - wanted) <
            1e-6);
    }
}

TEST_CASE("Prototypes: the paper's number of them", "[head]") {
  static_assert(Policy<Prototypes> && std::same_as<Prototypes::plays, role::Prototypes>);
  CHECK(Prototypes{}.count == 3000);
  CHECK_THROWS_AS(Prototypes{.count = 0}, std::invalid_argument);
}
