#include <selfsame/train/learner.hpp>

#include <selfsame/encoder/mlp.hpp>
#include <selfsame/method/simclr.hpp>
#include <selfsame/method/supervised.hpp>
#include <selfsame/testing/virtual_ranks.hpp>

#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/formula_batches.hpp"
#include "support/temporary_folder.hpp"

using namespace selfsame;
using selfsame::testing::FormulaBatches;

namespace {

const Shape image{1, 8, 8, 1};
const Setup setup{.image = image, .samples = 64, .classes = 3, .seed = 5};

using Small = Contrastive<MLP>;
constexpr Recipe<Small> recipe{
    .method = {.encoder = {.hidden = 24, .outputs = 16}, .head = {.hidden = 16, .outputs = 8}},
    .optimizer = {.learning_rate = cosine(1e-2)},
    .batch = 8,
    .steps = 12};

template <class L>
std::vector<std::string> kept(const L& learner) {
  std::vector<std::string> all;
  for (const auto& e : learner.store())
    if (e.life == Life::kept)
      all.emplace_back(reinterpret_cast<const char*>(e.bytes.data()), e.size());
  return all;
}

// SimCLR whose third segment gets a gradient that is not finite, the loss being so.
struct Poisoned {
  Small method;

  template <class D>
  using State = Small::State<D>;
  Plan plan(const Setup& s) const { return method.plan(s); }
  template <class D>
  auto start(const Setup& s, Store<D>& store) const {
    return method.start(s, store);
  }
  template <class D>
  void compute_gradients(const Pass<D>& pass, State<D>& state, const Batch<D>& batch,
                         Report<D>& report) const {
    method.compute_gradients(pass, state, batch, report);
    if (pass.progress.step == 2) state.online.gradient[2][0] = INFINITY;
  }
  template <class D>
  void after_step(const Pass<D>& pass, State<D>& state, const Batch<D>& batch) const {
    method.after_step(pass, state, batch);
  }
  template <class D>
  auto trained_encoder(const State<D>& state) const {
    return method.trained_encoder(state);
  }
};

// A batch like another but for one pixel.
Batch<Cpu> with_pixel(const Batch<Cpu>& batch, float value, std::vector<float>& memory) {
  Batch<Cpu> odd = batch;
  auto& view = odd.parts[0].views[0];
  const Index all = view.shape.size() * static_cast<Index>(odd.parts[0].views.size());
  memory.assign(view.data, view.data + all);
  memory[70] = value;
  for (auto& v : odd.parts[0].views)
    v.data = memory.data() + (v.data - batch.parts[0].views[0].data);
  return odd;
}

template <class F>
std::string not_finite(F&& f) {
  try {
    f();
  } catch (const NotFinite& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_CASE("Learner: the loss of SimCLR falls", "[train]") {
  FormulaBatches<Cpu> batches(image, 8, 2);
  Learner learner(recipe, setup);
  std::vector<float> losses;
  CHECK(learner.fit(batches, [&](const Progress&, const Report<Cpu>& report) {
    losses.push_back(report.value);
  }));
  REQUIRE(losses.size() == 12);
  CHECK(losses.back() < losses.front() - 0.1f);
}

TEST_CASE("Learner: the loss of Supervised falls and its accuracy rises", "[train]") {
  FormulaBatches<Cpu> batches(image, 8, 1);
  Recipe<Supervised<MLP>> labels{
      .method = {.encoder = {.hidden = 24, .outputs = 16}, .head = {.classes = 3}},
      .optimizer = {.learning_rate = 1e-2},
      .batch = 8,
      .steps = 60};
  Learner learner(labels, setup);
  std::vector<double> losses, accuracies;
  learner.fit(batches, [&](const Progress&, const Report<Cpu>& report) {
    losses.push_back(static_cast<double>(report.value));
    accuracies.push_back(report.numbers.at(1).second);
  });
  CHECK(losses.back() < losses.front() / 2);
  CHECK(accuracies.back() > 0.8);
}

TEST_CASE("Learner: resuming gives the same bits as not having stopped", "[train]") {
  const TemporaryFolder folder;
  FormulaBatches<Cpu> batches(image, 8, 2);
  Learner whole(recipe, setup);
  whole.fit(batches);

  Learner half(recipe, setup);
  CHECK_FALSE(half.fit(batches, 5));
  half.save(folder / "half");
  Learner resumed(recipe, setup);
  resumed.resume(folder / "half");
  CHECK(resumed.progress().step == 5);
  resumed.fit(batches);
  CHECK(kept(resumed) == kept(whole));
  CHECK(resumed.progress() == whole.progress());
}

TEST_CASE(
    "Learner: another recipe, seed or data set is refused with both sides named, and nothing "
    "changes",
    "[train]") {
  const TemporaryFolder folder;
  FormulaBatches<Cpu> batches(image, 8, 2);
  Learner learner(recipe, setup);
  learner.fit(batches, 2);
  learner.save(folder / "two");

  Recipe<Small> warmer = recipe;
  set(warmer, "method.loss.temperature=0.7");
  Learner other(warmer, setup);
  const auto before = kept(other);
  std::string message;
  try {
    other.resume(folder / "two");
  } catch (const std::exception& e) {
    message = e.what();
  }
  CAPTURE(message);
  CHECK(message.find("\"method.loss.temperature\": 0.5") != std::string::npos);
  CHECK(message.find("\"method.loss.temperature\": 0.7") != std::string::npos);
  CHECK(kept(other) == before);
  CHECK(other.progress().step == 0);

  Setup reseeded = setup;
  reseeded.seed = 6;
  Learner third(recipe, reseeded);
  CHECK_THROWS(third.resume(folder / "two"));
}

TEST_CASE("Learner: an observer stops the training, and it can go on", "[train]") {
  FormulaBatches<Cpu> batches(image, 8, 2);
  Learner learner(recipe, setup);
  CHECK_FALSE(learner.fit(batches, [](const Progress& p, const Report<Cpu>&) {
    return p.step == 3 ? Flow::stop : Flow::go_on;
  }));
  CHECK(learner.progress().step == 4);
  CHECK(learner.fit(batches));
}

TEST_CASE("Learner: it moves with its state", "[train]") {
  FormulaBatches<Cpu> batches(image, 8, 2);
  Learner stays(recipe, setup);
  stays.fit(batches);
  Learner first(recipe, setup);
  first.fit(batches, 6);
  Learner moved(std::move(first));
  moved.fit(batches);
  CHECK(kept(moved) == kept(stays));
}

TEST_CASE("Learner: frozen segments keep their bits, the others move", "[train]") {
  FormulaBatches<Cpu> batches(image, 8, 2);
  const Recipe<Small, AdamW, Freeze> frozen{
      .method = recipe.method, .rule = {"encoder"}, .batch = 8, .steps = 3};
  Learner learner(frozen, setup);
  const auto weights = [&](std::string_view part) {
    const auto slice = learner.state().online.parameters.under(part)[0];
    return std::vector<float>(slice.begin(), slice.end());
  };
  const auto encoder = weights("encoder"), head = weights("head");
  learner.fit(batches);
  CHECK(weights("encoder") == encoder);
  CHECK(weights("head") != head);
}

TEST_CASE("Learner: a batch that ranks cannot share is refused", "[train]") {
  struct Three final : Communicator {
    Index rank() const override { return 0; }
    Index size() const override { return 3; }
    void sum(void*, Index, Number) override {}
    void max(void*, Index, Number) override {}
    void broadcast(void*, Index, Number, Index) override {}
    void gather(const void*, void*, const Index*, Number) override {}
    void gather_adjoint(const void*, void*, const Index*, Number) override {}
  } three;
  CHECK_THROWS_WITH(
      Learner(recipe, setup, Cpu{}, three),
      Catch::Matchers::ContainsSubstring("8") && Catch::Matchers::ContainsSubstring("3"));
}

TEST_CASE("Learner: after a loss that is not finite all is as after the last finite step",
          "[train]") {
  FormulaBatches<Cpu> batches(image, 8, 2);
  std::vector<float> memory;
  for (const float value : {NAN, INFINITY}) {
    Learner clean(recipe, setup), learner(recipe, setup);
    clean.fit(batches, 4);
    learner.fit(batches, 2);
    const auto before = kept(learner);
    const Batch<Cpu> odd = with_pixel(batches.at(2), value, memory);
    const std::string message = not_finite([&] { learner.step(odd); });
    CHECK(message.starts_with("selfsame: step 3: the loss is nan. "));
    CHECK(kept(learner) == before);
    CHECK(learner.progress().step == 2);
    learner.fit(batches, 4);  // as if nothing had happened, so the gradient had been cleared
    CHECK(kept(learner) == kept(clean));
  }
}

TEST_CASE("Learner: a gradient that is not finite stops the step, and the segment is named",
          "[train]") {
  FormulaBatches<Cpu> batches(image, 8, 2);
  const Recipe<Poisoned> poisoned{.method = {recipe.method}, .batch = 8, .steps = 12};
  Learner learner(poisoned, setup);
  learner.fit(batches, 2);
  const auto before = kept(learner);
  const std::string message = not_finite([&] { learner.fit(batches); });
  CHECK(message.starts_with("selfsame: step 3: the gradient of '" +
                            learner.state().online.parameters.segments[2].name +
                            "' is not finite"));
  CHECK(kept(learner) == before);
}

TEST_CASE("Learner: a store with a NaN does not overwrite a checkpoint", "[train]") {
  const TemporaryFolder folder;
  FormulaBatches<Cpu> batches(image, 8, 2);
  Learner learner(recipe, setup);
  learner.fit(batches, 2);
  learner.save(folder / "good");
  const auto before = read_file(folder / "good");
  learner.state().online.parameters[1][0] = NAN;
  CHECK(not_finite([&] { learner.save(folder / "good"); }).find("'online'") != std::string::npos);
  CHECK(not_finite([&] { learner.save(folder / "new"); }) != "");
  CHECK(read_file(folder / "good") == before);
  CHECK_FALSE(std::filesystem::exists(folder / "new"));
  CHECK(not_finite([&] { learner.fit(batches); }).find("step 3: the loss is nan") !=
        std::string::npos);
}

TEST_CASE("Learner: all ranks stop where one of them has a NaN", "[train]") {
  const Recipe<Supervised<MLP>> labels{
      .method = {.encoder = {.hidden = 8, .outputs = 4}, .head = {.classes = 3}},
      .batch = 8,
      .steps = 4};
  std::vector<std::string> messages(2);
  testing::VirtualRanks(2).run([&](Communicator& ranks) {
    Learner learner(labels, setup, Cpu{}, ranks);
    FormulaBatches<Cpu> batches(image, 4, 1);
    learner.step(batches.at(0));
    const auto before = kept(learner);
    std::vector<float> memory;
    const Batch<Cpu> odd = with_pixel(batches.at(1), ranks.rank() == 1 ? NAN : 0.5f, memory);
    std::string& message = messages[static_cast<std::size_t>(ranks.rank())];
    message = not_finite([&] { learner.step(odd); });
    if (kept(learner) != before) message = "moved";
    learner.step(batches.at(1));  // ranks are still in step
  });
  for (const std::string& m : messages) CHECK(m.starts_with("selfsame: step 2: the loss is n"));
}

TEST_CASE("Learner: a batch of one sample is warned of once", "[train]") {
  const auto warnings = [](const auto& method, Index batch) {
    FormulaBatches<Cpu> batches(image, batch, 2);
    Learner learner(
        Recipe<std::decay_t<decltype(method)>>{.method = method, .batch = batch, .steps = 3},
        setup);
    std::vector<std::string> all;
    learner.fit(batches, [&](const Progress& at, const Report<Cpu>& report) {
      for (const std::string_view w : report.warnings)
        all.push_back(std::to_string(at.step) + " " + std::string(w));
    });
    return all;
  };
  CHECK(warnings(recipe.method, 2).empty());
  const auto alone = warnings(recipe.method, 1);
  REQUIRE(alone.size() == 1);
  CHECK(alone[0].starts_with("0 the gradient of every weight is 0"));
}
