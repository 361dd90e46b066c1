// SupCon as a labelled SimCLR: Contrastive<SameLabel>.
#include <selfsame/loss/sup_con.hpp>
#include <selfsame/method/contrastive.hpp>

#include "method/laws.hpp"

using namespace selfsame;
using namespace selfsame::testing;
using D = BasicCpu<double>;

namespace {

using SupCon = Contrastive<mine::Flat, SameLabel>;
constexpr SupCon tiny_sup_con{.head = {.hidden = 9, .outputs = 5}, .loss = {.temperature = 0.1}};
constexpr SupCon plain_sup_con{.head = plain_head};
constexpr Contrastive<mine::Flat> plain_simclr{.head = plain_head};

}  // namespace

TEST_CASE("SupCon: a step's value is that of the loss on its embeddings and labels", "[method]") {
  Learner<SupCon, Sgd, D> learner(
      Recipe<SupCon, Sgd>{.method = tiny_sup_con, .batch = 6, .steps = 1}, small_setup);
  CHECK(learner.plan()[0].labelled);
  FormulaBatches<D> batches(small_image, 6, 2);
  const Batch<D>& batch = batches.at(0);
  const double value = learner.step(batch).value;
  std::vector<Index> labels;
  for (int view = 0; view < 2; ++view)
    labels.insert(labels.end(), batch.parts[0].labels.begin(), batch.parts[0].labels.end());
  const In<D> rows = learner.state().queries[0].value();
  Rows<D> gradient(rows.rows, rows.cols);
  CHECK(value == Approx(sup_con(D{}, Differentiable<D>{rows, gradient.out()}, view<D>(labels), 0.1))
                     .epsilon(1e-12));
}

TEST_CASE("SupCon: with one label an image it is SimCLR", "[method]") {
  FormulaBatches<D> batches(small_image, 6, 2);
  Batch<D> batch = batches.at(0);
  std::vector<Index> own(6);
  std::iota(own.begin(), own.end(), Index{0});
  batch.parts[0].labels = view<D>(std::as_const(own));
  const auto value = [&](const auto& method) {
    using M = std::remove_cvref_t<decltype(method)>;
    Learner<M, Sgd, D> learner(Recipe<M, Sgd>{.method = method, .batch = 6, .steps = 1},
                               small_setup);
    return learner.step(batch).value;
  };
  CHECK(value(plain_sup_con) == Approx(value(plain_simclr)).epsilon(1e-12));
}
