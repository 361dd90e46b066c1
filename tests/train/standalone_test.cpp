#include <selfsame/train/standalone.hpp>

#include <selfsame/method/clustering.hpp>
#include <selfsame/method/contrastive.hpp>
#include <selfsame/method/predictive.hpp>
#include <selfsame/method/siamese.hpp>

#include "support/catch.hpp"

using namespace selfsame;
using D = BasicCpu<double>;

namespace {

// Rows of a formula, with the place of their gradient.
struct Given {
  Rows<D> value, gradient;
  Given(Index rows, Index cols, double phase) : value(rows, cols), gradient(rows, cols) {
    for (Index i = 0; i < rows * cols; ++i) {
      value.data[i] = std::sin(1 + 0.7 * static_cast<double>(i) + phase);
      gradient.data[i] = 1;
    }
  }
  Differentiable<D> differentiable() { return {value.in(), gradient.out(), 1, true}; }
};

double norm_of_change(const Given& g) {
  double sum = 0;
  for (const double x : g.gradient.data) sum += (x - 1) * (x - 1);
  return std::sqrt(sum);
}

}  // namespace

TEST_CASE("Standalone MoCo is InfoNCE against the queue, which takes the keys afterwards",
          "[train]") {
  const Contrastive<Queue, EMA> moco{.memory = {.capacity = 8}, .loss = {.temperature = 0.2}};
  Standalone method(moco, {.width = 5, .steps = 10, .steps_per_epoch = 2, .seed = 3}, D{});
  Given q(4, 5, 0), k(4, 5, 0.3), expected(4, 5, 0);
  for (Given* g : {&q, &k, &expected}) {
    std::vector<double> norms(4);
    l2_normalise(D{}, g->value.in(), 1e-12, g->value.out(), view<D>(norms));
  }
  Rows<D> queue(8, 5);
  std::copy_n(method.state().memory.keys.data, 40, queue.data.data());
  const Differentiable<D> queries[] = {q.differentiable()};
  const In<D> keys[] = {k.value.in()};
  const double value = method.compare(2, queries, keys);
  const Differentiable<D> written{expected.value.in(), expected.gradient.out()};
  CHECK(value == Approx(info_nce(D{}, written, k.value.in(), queue.in(), 0.2)).epsilon(1e-9));
  for (Index r = 0; r < 4; ++r) {  // through the length of the rows, and added to 1
    double radial = 0;
    for (Index c = 0; c < 5; ++c) radial += expected.gradient.in()(r, c) * q.value.in()(r, c);
    for (Index c = 0; c < 5; ++c)
      CHECK(q.gradient.in()(r, c) ==
            Approx(1 + expected.gradient.in()(r, c) - radial * q.value.in()(r, c)).epsilon(1e-9));
  }
  CHECK(std::equal(queue.data.begin(), queue.data.end(), method.state().memory.keys.data));
  std::vector<double> online{1, 2, 3}, target{0, 0, 0};
  method.after_step({{{online.data(), 3}, {target.data(), 3}}});
  CHECK(target[2] == Approx(0.003));
  CHECK(method.state().memory.position[0] == 4);
  CHECK(method.progress().step == 1);
  method.compare(2, queries, keys);
  method.after_step();
  CHECK(method.progress().epoch == 1);
}

TEST_CASE("Standalone: each family takes embeddings and adds to their gradients", "[train]") {
  Given a(4, 5, 0), b(4, 5, 0.4), both(8, 5, 0.1), prototypes(3, 5, 2);
  const Differentiable<D> views[] = {a.differentiable(), b.differentiable()};
  Standalone simclr(Contrastive<>{}, {.width = 5}, D{});
  const Differentiable<D> together[] = {both.differentiable()};
  const In<D> none[] = {In<D>{}};
  CHECK(simclr.compare(2, together, std::span<const In<D>>(none, 0)) > 0);
  CHECK(norm_of_change(both) > 1e-3);
  Standalone byol(Predictive<EMA, Predictor>{}, {.width = 5}, D{});
  const In<D> answers[] = {b.value.in(), a.value.in()};
  CHECK(byol.compare(views, answers) > 0);
  CHECK(norm_of_change(a) > 1e-3);
  const double before = norm_of_change(b);
  Standalone vicreg(Siamese<VICReg>{}, {.width = 5}, D{});
  CHECK(vicreg.compare(views) > 0);
  CHECK(norm_of_change(b) != before);
  Standalone swav(Clustering<Prototypes>{}, {.width = 5}, D{});
  const MatrixView<double, D> weights(prototypes.value.data.data(), 3, 5);
  swav.method().project(swav.pass(), weights);
  CHECK(swav.compare(4, both.differentiable(),
                     DifferentiableWeights<D>{weights, {prototypes.gradient.data.data(), 3, 5}}) >
        0);
  CHECK(norm_of_change(prototypes) > 1e-3);
  swav.after_step();
}

TEST_CASE("Standalone: what is not finite is refused before anything follows", "[train]") {
  Standalone moco(Contrastive<Queue, EMA>{.memory = {.capacity = 8}}, {.width = 5}, D{});
  Given q(4, 5, 0), k(4, 5, 0.3);
  const In<D> keys[] = {k.value.in()};
  q.value.data[7] = NAN;
  const Differentiable<D> queries[] = {q.differentiable()};
  CHECK_THROWS_AS(moco.compare(2, queries, keys), NotFinite);
  std::vector<double> online{1, NAN, 3}, target{4, 5, 6};
  CHECK_THROWS_WITH(moco.after_step({{{online.data(), 3}, {target.data(), 3}}}),
                    Catch::Matchers::StartsWith("selfsame: step 1: number 1 of 3 online"));
  CHECK(target == std::vector<double>{4, 5, 6});
  CHECK(moco.state().memory.position[0] == 0);
  CHECK(moco.progress().step == 0);
}
