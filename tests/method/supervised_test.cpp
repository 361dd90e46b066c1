#include <selfsame/method/supervised.hpp>

#include "method/laws.hpp"

using namespace selfsame;
using namespace selfsame::testing;
using D = BasicCpu<double>;
using One = Supervised<mine::Flat>;

namespace {
constexpr One plain{.head = {.classes = 3}};
}

TEST_CASE("Supervised: a head with fewer outputs than classes is refused with both numbers",
          "[method]") {
  Setup many = small_setup;
  many.classes = 4;
  CHECK_THROWS_WITH((Learner(Recipe<One, Sgd>{.method = plain}, many, D{})),
                    Catch::Matchers::ContainsSubstring("3 outputs") &&
                        Catch::Matchers::ContainsSubstring("4 classes"));
}

TEST_CASE("Supervised: an unlabelled sample gives no gradient, but is counted", "[method]") {
  Learner learner(Recipe<One, Sgd>{.method = plain, .batch = 4, .steps = 2}, small_setup, D{});
  FormulaBatches<D> batches(small_image, 4, 1);
  Batch<D> batch = batches.at(0);
  const std::vector<Index> none(4, -1);
  batch.parts[0].labels = view<D>(none);
  Report<D> report;
  learner.recipe().method.compute_gradients(learner.pass(), learner.state(), batch, report);
  CHECK(report.value == 0);
  const auto& g = learner.state().online.gradient.all;
  CHECK(largest(std::span<const double>(g.begin(), g.end())) == 0);
}

TEST_CASE("Supervised: at equal logits the loss is the log of the number of classes", "[method]") {
  Learner learner(Recipe<One, Sgd>{.method = plain, .batch = 4, .steps = 2}, small_setup, D{});
  const auto head = learner.state().online.parameters.under("head");
  for (Index k = 0; k < head.count(); ++k) std::fill(head[k].begin(), head[k].end(), 0.0);
  FormulaBatches<D> batches(small_image, 4, 1);
  CHECK(learner.step(batches.at(0)).value == Approx(std::log(3.0)));
}

TEST_CASE(
    "Supervised: with logits b the loss of label y is lse(b) - b_y, or with smoothing a mean over "
    "classes",
    "[method]") {
  const double lse = std::log(std::exp(1.0) + 1 + std::exp(-1.0));
  for (const double smoothing : {0.0, 0.3}) {
    auto method = plain;
    method.smoothing = smoothing;
    Learner learner(Recipe<One, Sgd>{.method = method, .batch = 4, .steps = 2}, small_setup, D{});
    const auto head = learner.state().online.parameters.under("head");
    std::fill(head[0].begin(), head[0].end(), 0.0);
    for (Index c = 0; c < 3; ++c) head[1][c] = 1 - static_cast<double>(c);  // mean 0
    FormulaBatches<D> batches(small_image, 4, 1);
    const Batch<D>& batch = batches.at(0);
    double own = 0;
    for (const Index label : batch.parts[0].labels) own += head[1][label] / 4;
    CHECK(learner.step(batch).value == Approx(lse - (1 - smoothing) * own));
  }
}

TEST_CASE("Supervised: the classifier that is called has a logit a class", "[method]") {
  WholeMethod<D, One> m(plain, 6);
  CHECK(m.learner()
            .recipe()
            .method.trained_classifier(m.learner().state())
            .output(small_image)
            .channels == 3);
  CHECK(m.learner().trained_encoder().output(small_image).channels == 6);
}
