#include <selfsame/method/moco.hpp>

#include "method/laws.hpp"

using namespace selfsame;
using namespace selfsame::testing;
using D = BasicCpu<double>;

namespace {

using TinyMoCo = Contrastive<mine::Flat, Queue, EMA>;
constexpr TinyMoCo tiny_moco{.head = {.hidden = 9, .outputs = 5},
                             .memory = {.capacity = 20},
                             .target = {.momentum = 0.8},
                             .loss = {.temperature = 0.2}};
constexpr TinyMoCo plain_moco{
    .head = plain_head, .memory = {.capacity = 20}, .target = {.momentum = 0.8}};
constexpr Contrastive<mine::Flat, EMA, OwnKey, Predictor, InfoNCE> plain_v3{
    .head = plain_head,
    .predictor = {.hidden = 6, .normalised = HeadNorm::none},
    .positives = {.directions = Directions::both, .others = 1},
    .target = {.momentum = cosine(0.9, 1)}};
constexpr Contrastive<mine::Flat, Queue, EMA, OtherViews, NtXent> plain_with_memory{
    .head = plain_head, .memory = {.capacity = 20}};

template <class M>
auto with_both(M method) {
  method.positives.directions = Directions::both;
  return method;
}

// Trains some steps, and looks at the state after each.
template <class M, class Look>
void train(const M& method, Index batch, Index steps, Look&& look) {
  Learner<M, Sgd, D> learner(
      Recipe<M, Sgd>{
          .method = method, .optimizer = {.learning_rate = 0.05}, .batch = batch, .steps = steps},
      small_setup);
  FormulaBatches<D> batches(small_image, batch, 2);
  for (Index step = 0; step < steps; ++step) {
    const double value = learner.step(batches.at(step)).value;
    CHECK(std::isfinite(value));
    look(learner, step);
  }
}

}  // namespace

TEST_CASE("MoCo: both directions are the plain sum of one with each view as the query",
          "[method]") {
  const auto value = [](const auto& method, bool swapped) {
    using M = std::remove_cvref_t<decltype(method)>;
    Learner<M, Sgd, D> learner(Recipe<M, Sgd>{.method = method, .batch = 5, .steps = 1},
                               small_setup);
    FormulaBatches<D> batches(small_image, 5, 2);
    Batch<D> batch = batches.at(0);
    if (swapped) std::swap(batch.parts[0].views[0], batch.parts[0].views[1]);
    return learner.step(batch).value;
  };
  const double both = value(with_both(plain_moco), false);
  const double first = value(plain_moco, false), second = value(plain_moco, true);
  CHECK(both == Approx(first + second).epsilon(1e-12));
  CHECK(first != Approx(second));
  auto v3 = plain_v3;
  const double v3_both = value(v3, false);
  v3.positives.directions = Directions::first;
  CHECK(v3_both == Approx(value(v3, false) + value(v3, true)).epsilon(1e-12));
}

TEST_CASE("MoCo: the queue of a step has the keys of the step before and none of its own",
          "[method]") {
  std::vector<std::vector<double>> queues;
  train(tiny_moco, 6, 4, [&](auto& learner, Index step) {
    const auto& keys = learner.state().memory.keys;
    queues.emplace_back(keys.data, keys.data + keys.rows * keys.cols);
    CHECK(learner.state().memory.position[0] == (step + 1) * 6 % 20);
    if (step == 0) return;
    Index changed = 0;
    for (Index r = 0; r < 20; ++r) {
      bool same = true;
      for (Index c = 0; c < 5; ++c) {
        const auto i = static_cast<std::size_t>(5 * r + c);
        same = same && queues[queues.size() - 1][i] == queues[queues.size() - 2][i];
      }
      changed += same ? 0 : 1;
    }
    CHECK(changed == 6);
  });
}

TEST_CASE("MoCo: symmetric steps push the keys of view 1, then those of view 2", "[method]") {
  const auto method = with_both(tiny_moco);
  train(method, 6, 1, [&](auto& learner, Index) {
    auto& state = learner.state();
    CHECK(state.memory.position[0] == 12);
    for (std::size_t view = 0; view < 2; ++view)
      for (Index r = 0; r < 6; ++r)
        for (Index c = 0; c < 5; ++c)
          CHECK(state.memory.keys(static_cast<Index>(view) * 6 + r, c) ==
                state.constants[view](r, c));
  });
}

TEST_CASE("MoCo: the target is the average of the online weights, and no optimizer has touched it",
          "[method]") {
  Learner<TinyMoCo, Sgd, D> learner(
      Recipe<TinyMoCo, Sgd>{.method = tiny_moco,
                            .optimizer = {.learning_rate = 0.05, .weight_decay = 0.1},
                            .batch = 6,
                            .steps = 3},
      small_setup);
  FormulaBatches<D> batches(small_image, 6, 2);
  auto& state = learner.state();
  std::vector<double> expected(state.target.parameters.all.begin(),
                               state.target.parameters.all.end());
  for (Index step = 0; step < 3; ++step) {
    learner.step(batches.at(step));
    for (std::size_t i = 0; i < expected.size(); ++i)
      expected[i] += 0.2 * (state.online.parameters.all[static_cast<Index>(i)] - expected[i]);
  }
  double worst = 0;
  for (std::size_t i = 0; i < expected.size(); ++i)
    worst =
        std::max(worst, std::abs(expected[i] - state.target.parameters.all[static_cast<Index>(i)]));
  CHECK(worst < 1e-12);
  for (const auto& e : learner.store())  // moments are of the online weights alone
    CHECK((e.name.find("optimizer") == std::string::npos ||
           e.count == state.online.parameters.all.size));
}

TEST_CASE("MoCo: equal queries, keys and queue give ln(K + 1) and no gradient", "[method]") {
  Learner<TinyMoCo, Sgd, D> learner(
      Recipe<TinyMoCo, Sgd>{.method = tiny_moco, .batch = 6, .steps = 1}, small_setup);
  auto& state = learner.state();
  for (Index k = 0; k < state.online.parameters.count();
       ++k) {  // the last scale 0, the shift (1, 0, ...)
    const std::string& name = state.online.parameters.segments[static_cast<std::size_t>(k)].name;
    if (name != "head.3.weight") continue;
    std::fill(state.online.parameters[k].begin(), state.online.parameters[k].end(), 0.0);
    std::fill(state.target.parameters[k].begin(), state.target.parameters[k].end(), 0.0);
  }
  FormulaBatches<D> batches(small_image, 6, 2);
  // Rows of zeros: every cosine is 0.
  CHECK(learner.step(batches.at(0)).value == Approx(std::log(21.0)).epsilon(1e-12));
}

TEST_CASE("MoCo: variants are one line each, in any order of policies, and train", "[method]") {
  STATIC_REQUIRE(std::same_as<Contrastive<Queue, EMA>, Contrastive<EMA, Queue>>);
  STATIC_REQUIRE(std::same_as<Contrastive<Queue, EMA>, Contrastive<OwnKey, InfoNCE, EMA, Queue>>);
  const auto steps = [](const auto& method) { train(method, 6, 3, [](auto&, Index) {}); };
  steps(plain_moco);
  steps(with_both(plain_moco));
  steps(plain_v3);
  steps(plain_with_memory);
  steps(Contrastive<mine::Flat, Queue, Unsound<SharedWeights>>{.head = plain_head,
                                                               .memory = {.capacity = 20}});
}

TEST_CASE("MoCo: other than two views are refused with their number", "[method]") {
  struct OneMore : TwoViews {
    std::vector<ViewSpec> views(Shape image) const {
      return {{output(image)}, {output(image)}, {output(image)}};
    }
  };
  Store<D> store;
  CHECK_THROWS_WITH((Contrastive<OneMore, Queue, EMA>{}.start(small_setup, store)),
                    Catch::Matchers::ContainsSubstring("makes 3 views"));
}

TEST_CASE("MoCo: named systems have the papers' counts of parameters", "[method]") {
  const auto parameters = [](const MoCo& m, Shape view) {
    return m.network().layout<Cpu>(view).parameter_count();
  };
  CHECK(parameters(moco_v1, {1, 224, 224, 3}) == 23'770'304);
  CHECK(parameters(moco_v2, {1, 224, 224, 3}) == 27'966'656);
  CHECK(parameters(moco_cifar10, {1, 32, 32, 3}) == 11'234'496);
}
