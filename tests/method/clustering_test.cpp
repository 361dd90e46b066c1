#include <selfsame/method/clustering.hpp>

#include <selfsame/encoder/mlp.hpp>

#include "method/laws.hpp"

using namespace selfsame;
using namespace selfsame::testing;
using D = BasicCpu<double>;

namespace {

/// Sinkhorn's first answers to each batch of a place, again and again: so central differences see the
/// constants that the gradient sees.
struct HeldCodes : Sinkhorn {
  using plays = role::Assigner;
  using Wrapped = Sinkhorn;
  static inline std::vector<std::vector<double>> first;
  static inline std::size_t calls = 0, period = 2;

  static void reset(std::size_t places) { first.clear(), calls = 0, period = places; }
  template <class D>
  SinkhornReport assign(const Pass<D>& pass, In<D> scores, Out<D> to) const {
    const SinkhornReport report = Sinkhorn::assign(pass, scores, to);
    const auto size = static_cast<std::size_t>(to.rows * to.cols);
    if (first.size() < period)
      first.emplace_back(to.data, to.data + size);
    else
      std::copy_n(first[calls % period].data(), size, to.data);
    ++calls;
    return report;
  }
};

constexpr MultiCrop two_sizes{.smalls = 2, .small = {.crop = {.size = 4}}};
constexpr Prototypes few{.count = 7};

using SwAV = Clustering<mine::Flat, Sinkhorn, Prototypes, MultiCrop>;
constexpr SwAV tiny_swav{
    .augmenter = two_sizes, .head = {.hidden = 9, .outputs = 5}, .prototypes = few};
constexpr Clustering<mine::Flat, Prototypes> plain_swav{.head = plain_head, .prototypes = few};
using Queued = Clustering<mine::Flat, Prototypes, MultiCrop, Queue>;
constexpr Queued plain_queued{
    .augmenter = two_sizes, .head = plain_head, .prototypes = few, .memory = {.capacity = 16}};
using Followed = Clustering<mine::Flat, Prototypes, Queue, EMA>;
constexpr Followed plain_followed{
    .head = plain_head, .prototypes = few, .memory = {.capacity = 8}, .target = {.momentum = 0.8}};

template <class M>
using Whole = WholeMethod<D, std::remove_const_t<M>>;

// The same with codes that are held.
template <class M>
double held_error(const M& method, Index batch, Index chunk = 0) {
  HeldCodes::reset(2);
  Whole<M> whole(method, batch);
  return whole.error(chunk);
}

template <class M>
std::vector<ViewSpec> views_of(const M& method) {
  return method.augmenter.views(small_image);
}

template <class M>
Learner<M, Sgd, D> learner_of(const M& method, Index batch, Index steps) {
  return Learner<M, Sgd, D>(
      Recipe<M, Sgd>{
          .method = method, .optimizer = {.learning_rate = 0.05}, .batch = batch, .steps = steps},
      small_setup);
}

std::vector<double> prototypes_of(const Trained<D>& w) {
  const auto p = w.parameters.under("prototypes")[0];
  return {p.begin(), p.end()};
}

// Unit rows of what an embedding says of images, by plain loops.
Rows<D> unit(In<D> rows) {
  Rows<D> u(rows.rows, rows.cols);
  for (Index r = 0; r < rows.rows; ++r) {
    double square = 0;
    for (Index c = 0; c < rows.cols; ++c) square += rows(r, c) * rows(r, c);
    for (Index c = 0; c < rows.cols; ++c) u.out()(r, c) = rows(r, c) / std::sqrt(square);
  }
  return u;
}
Rows<D> scores_of(In<D> rows, const std::vector<double>& prototypes) {
  const auto count = static_cast<Index>(prototypes.size()) / std::max<Index>(1, rows.cols);
  Rows<D> s(rows.rows, count);
  for (Index r = 0; r < rows.rows; ++r)
    for (Index k = 0; k < count; ++k) {
      double dot = 0;
      for (Index c = 0; c < rows.cols; ++c)
        dot += rows(r, c) * prototypes[static_cast<std::size_t>(k * rows.cols + c)];
      s.out()(r, k) = dot;
    }
  return s;
}

}  // namespace

TEST_CASE("Clustering as a whole agrees with central differences: sizes, chunks, a queue, a target",
          "[method]") {
  using HeldSwav = Clustering<mine::Flat, HeldCodes, Prototypes, MultiCrop>;
  HeldSwav normed{.augmenter = two_sizes, .head = {.hidden = 9, .outputs = 5}, .prototypes = few};
  CHECK(held_error(normed, 6) < 1e-6);
  CHECK(held_error(normed, 6, 4) < 1e-6);
  using HeldDrawing = Clustering<mine::Flat, HeldCodes, Prototypes, Queue, EMA>;
  HeldDrawing drawing{.head = plain_head, .prototypes = few, .memory = {.capacity = 8}};
  drawing.loss.reduction = Reduction::sum_pairs;
  CHECK(held_error(drawing, 5) < 1e-6);
  CHECK(held_error(drawing, 5, 3) < 1e-6);
}

TEST_CASE("Clustering: with a full queue, four ranks train as one does", "[method]") {
  const auto trained = [](Communicator& ranks) {
    Learner<Queued, Sgd, D> learner(
        Recipe<Queued, Sgd>{
            .method = plain_queued, .optimizer = {.learning_rate = 0.05}, .batch = 8, .steps = 5},
        small_setup, D{}, ranks);
    RankBatches<D> batches(views_of(plain_queued), 8, ranks);
    std::vector<double> values;
    for (Index step = 0; step < 5; ++step) values.push_back(learner.step(batches.at(step)).value);
    CHECK(learner.state().memory[0].filled[0] == 16);
    return values;
  };
  const auto one = trained(single_process());
  VirtualRanks(4).run([&](Communicator& rank) {
    const auto mine = trained(rank);
    for (std::size_t s = 0; s < one.size(); ++s) CHECK(mine[s] == Approx(one[s]).epsilon(1e-9));
  });
}

TEST_CASE("Clustering: a step's value is that of the parts, put together by hand", "[method]") {
  auto learner = learner_of(plain_queued, 6, 4);
  FormulaBatches<D> batches(views_of(plain_queued), 6);
  auto& state = learner.state();
  for (Index step = 0; step < 4; ++step) {
    const auto prototypes = prototypes_of(state.online);
    std::vector<Rows<D>> old;
    for (const auto& m : state.memory)
      old.push_back(scores_of(learner.recipe().method.memory.rows(m), prototypes));
    CHECK(old[0].rows == (step < 3 ? 0 : 16));  // full after three steps of six
    const double value = learner.step(batches.at(step)).value;
    // What the step has embedded, view after view.
    const Rows<D> rows = unit(state.top.value());
    REQUIRE(rows.rows == 4 * 6);
    const Rows<D> scores = scores_of(rows.in(), prototypes);
    Rows<D> codes(12, few.count);
    for (Index v = 0; v < 2; ++v) {
      const Rows<D>& before = old[static_cast<std::size_t>(v)];
      Rows<D> all(before.rows + 6, few.count);
      for (Index r = 0; r < all.rows; ++r)
        for (Index k = 0; k < few.count; ++k)
          all.out()(r, k) =
              r < before.rows ? before.in()(r, k) : scores.in()(v * 6 + r - before.rows, k);
      sinkhorn(D{}, all.in(), codes.out().row_range(6 * v, 6));
    }
    Rows<D> gradient(rows.rows, rows.cols);
    const MatrixView<const double, D> constants(prototypes.data(), few.count, rows.cols);
    CHECK(value == Approx(swapped_prediction(D{}, Differentiable<D>{rows.in(), gradient.out()},
                                             constants, codes.in()))
                       .epsilon(1e-10));
  }
}

TEST_CASE("Clustering: prototypes have unit length before the first step and after each",
          "[method]") {
  auto learner = learner_of(tiny_swav, 6, 4);
  FormulaBatches<D> batches(views_of(tiny_swav), 6);
  std::vector<double> before;
  for (Index step = 0; step < 5; ++step) {
    const auto now = prototypes_of(learner.state().online);
    for (std::size_t k = 0; k < 7; ++k) {
      double square = 0;
      for (std::size_t c = 0; c < 5; ++c) square += now[5 * k + c] * now[5 * k + c];
      CHECK(square == Approx(1).epsilon(1e-12));
    }
    CHECK(now != before);
    before = now;
    if (step < 4) learner.step(batches.at(step));
  }
}

TEST_CASE("Clustering: frozen prototypes stand still, without momentum, and move from then on",
          "[method]") {
  auto method = tiny_swav;
  method.prototypes.frozen_steps = 2;
  auto learner = learner_of(method, 6, 4);
  FormulaBatches<D> batches(views_of(method), 6);
  const auto first = prototypes_of(learner.state().online);
  for (Index step = 0; step < 3; ++step) {
    learner.step(batches.at(step));
    double moved = 0;
    const auto now = prototypes_of(learner.state().online);
    for (std::size_t i = 0; i < now.size(); ++i)
      moved = std::max(moved, std::abs(now[i] - first[i]));
    if (step < 2)
      CHECK(moved < 1e-15);
    else
      CHECK(moved > 1e-6);
  }
}

TEST_CASE(
    "Clustering: a target gives the rows that are coded and remembered, and has no prototypes",
    "[method]") {
  // A target that stands where the online network stood at first says the same of the first step's views.
  auto method = plain_followed;
  method.encoder.dropout = 0, method.target.momentum = 1;
  auto learner = learner_of(method, 8, 2);
  auto& state = learner.state();
  for (const Segment& s : state.target.parameters.segments)
    CHECK_FALSE(s.name.starts_with("prototypes"));
  FormulaBatches<D> batches(views_of(method), 8);
  learner.step(batches.at(0));
  const Rows<D> rows = unit(state.top.value());
  for (Index v = 0; v < 2; ++v)
    for (Index r = 0; r < 8; ++r)
      for (Index c = 0; c < 5; ++c)
        CHECK(state.memory[static_cast<std::size_t>(v)].keys(r, c) ==
              Approx(rows.in()(8 * v + r, c)).epsilon(1e-12));
}

TEST_CASE("Clustering: codes of images that are all alike are uniform, and the loss not below ln K",
          "[method]") {
  auto learner = learner_of(plain_swav, 5, 1);
  FormulaBatches<D> batches(views_of(plain_swav), 5);
  Batch<D> batch = batches.at(0);
  std::vector<double> grey(static_cast<std::size_t>(2 * 5 * small_image.size()), 0.5);
  for (std::size_t v = 0; v < 2; ++v)
    batch.parts[0].views[v].data =
        grey.data() + v * 5 * static_cast<std::size_t>(small_image.size());
  auto method = plain_swav;
  method.encoder.dropout = 0;
  auto still = learner_of(method, 5, 1);
  CHECK(still.step(batch).value >= std::log(7.0) - 1e-12);
  for (const double q : still.state().codes.data) CHECK(q == Approx(1.0 / 7).epsilon(1e-9));
}

TEST_CASE("Clustering: one view, and coded views of two sizes, are refused", "[method]") {
  Store<D> store;
  Clustering<mine::Flat, Prototypes, OneView> single;
  CHECK_THROWS_WITH(single.start(small_setup, store),
                    Catch::Matchers::ContainsSubstring("1 views, of which 2 are coded"));
  SwAV odd = tiny_swav;
  odd.augmenter.larges = 1;
  CHECK_THROWS_WITH(odd.start(small_setup, store), Catch::Matchers::ContainsSubstring("6 x 6") &&
                                                       Catch::Matchers::ContainsSubstring("4 x 4"));
}

TEST_CASE("Clustering: an encoder whose weights depend on the size of views is refused",
          "[method]") {
  Store<D> store;
  Clustering<MLP, Prototypes, MultiCrop> odd{.augmenter = two_sizes};
  CHECK_THROWS_WITH(odd.start(small_setup, store),
                    Catch::Matchers::ContainsSubstring("need other weights") &&
                        Catch::Matchers::ContainsSubstring("4 x 4"));
}

TEST_CASE("Clustering: policies in any order are one type", "[method]") {
  STATIC_REQUIRE(std::same_as<SwAV, Clustering<MultiCrop, mine::Flat, Prototypes>>);
  STATIC_REQUIRE(std::same_as<Queued, Clustering<Queue, MultiCrop, mine::Flat, Prototypes>>);
  STATIC_REQUIRE(Method<SwAV, Cpu>);
  STATIC_REQUIRE(GroupsParameters<SwAV>);
}
