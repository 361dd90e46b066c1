#include <selfsame/augmenter/one_view.hpp>
#include <selfsame/augmenter/two_views.hpp>
#include <selfsame/data/loader.hpp>
#include <selfsame/sampler/shuffled.hpp>
#include "support/catch.hpp"

#include <set>

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

namespace {

Dataset pictures(std::size_t count, std::size_t side = 8, bool labelled = true) {
  auto images = xt::xtensor<std::uint8_t, 4>::from_shape({count, side, side, 3});
  for (std::size_t i = 0; i < images.size(); ++i)
    images.data()[i] = static_cast<std::uint8_t>(i * 2654435761u >> 7);
  std::vector<Index> labels;
  for (std::size_t i = 0; labelled && i < count; ++i) labels.push_back(static_cast<Index>(i % 5));
  return Dataset(std::move(images), std::move(labels));
}
Plan two_views_plan(const Dataset& set, const TwoViews& augmenter = {}) {
  return {{.labelled = false, .share = 1, .views = augmenter.views(set.image())}};
}
// All that a batch says, as one list of numbers.
template <class D>
std::vector<double> contents(const Batch<D>& batch) {
  std::vector<double> all;
  for (const Part<D>& part : batch.parts) {
    for (const Draw& draw : part.draws)
      all.insert(all.end(), {double(draw.sample), double(draw.turn)});
    for (const Index label : part.labels) all.push_back(double(label));
    for (const Images<D>& view : part.views) {
      for (const Key& key : view.keys)
        all.insert(all.end(), {double(key.draw.sample), double(key.draw.turn), double(key.view),
                               double(key.part)});
      for (Index i = 0; i < view.shape.size(); ++i) all.push_back(double(view.data[i]));
    }
  }
  return all;
}

}  // namespace

TEST_CASE("any number of workers makes the same batches", "[data]") {
  const Dataset set = pictures(37);
  Loader alone(two_views_plan(set), {set}, TwoViews{}, Shuffled{},
               {.batch = 10, .seed = 4, .workers = 0});
  Loader one(two_views_plan(set), {set}, TwoViews{}, Shuffled{},
             {.batch = 10, .seed = 4, .workers = 1});
  Loader three(two_views_plan(set), {set}, TwoViews{}, Shuffled{},
               {.batch = 10, .seed = 4, .workers = 3});
  for (Index step = 0; step < 8; ++step) {
    const auto wanted = contents(alone.at(step));
    REQUIRE(contents(one.at(step)) == wanted);
    REQUIRE(contents(three.at(step)) == wanted);
  }
}

TEST_CASE("a training may go on at any step, and jump", "[data]") {
  const Dataset set = pictures(37);
  const Index workers = GENERATE(0, 2);
  const LoaderOptions options{.batch = 10, .seed = 4, .workers = workers};
  Loader straight(two_views_plan(set), {set}, TwoViews{}, Shuffled{}, options);
  std::vector<std::vector<double>> wanted;
  for (Index step = 0; step < 6; ++step) wanted.push_back(contents(straight.at(step)));
  Loader resumed(two_views_plan(set), {set}, TwoViews{}, Shuffled{}, options);
  for (const Index step : {3, 4, 4, 0, 5, 1, 2})
    REQUIRE(contents(resumed.at(step)) == wanted[static_cast<std::size_t>(step)]);
}

TEST_CASE("views do not depend on the batch they stand in", "[data]") {
  const Dataset set = pictures(40);
  Loader large(two_views_plan(set), {set}, TwoViews{}, Shuffled{}, {.batch = 20, .seed = 4});
  Loader small(two_views_plan(set), {set}, TwoViews{}, Shuffled{}, {.batch = 5, .seed = 4});
  const Part<Cpu>& whole = large.at(0).parts[0];
  for (Index step = 0; step < 4; ++step) {
    const Part<Cpu>& part = small.at(step).parts[0];
    for (std::size_t v = 0; v < 2; ++v) {
      const Images<Cpu> wanted = whole.views[v].range(step * 5, 5);
      REQUIRE(std::equal(wanted.data, wanted.data + wanted.shape.size(), part.views[v].data));
      REQUIRE(std::equal(wanted.keys.begin(), wanted.keys.end(), part.views[v].keys.begin()));
    }
  }
}

TEST_CASE("ranks have the rows of one batch between them", "[data]") {
  const Dataset set = pictures(40);
  Loader whole(two_views_plan(set), {set}, TwoViews{}, Shuffled{}, {.batch = 12, .seed = 4});
  for (Index rank = 0; rank < 3; ++rank) {
    Loader part(two_views_plan(set), {set}, TwoViews{}, Shuffled{},
                {.batch = 4, .seed = 4, .rank = rank, .ranks = 3});
    CHECK(part.steps_per_epoch() == 3);
    for (Index step = 0; step < 7; ++step) {
      const auto all = whole.at(step).parts[0].draws.part(rank * 4, 4);
      REQUIRE(std::equal(all.begin(), all.end(), part.at(step).parts[0].draws.begin()));
    }
  }
}

TEST_CASE("an epoch hands no sample out twice, and the next begins with turn 1", "[data]") {
  const Dataset set = pictures(23);
  Loader loader(two_views_plan(set), {set}, TwoViews{}, Shuffled{}, {.batch = 5});
  REQUIRE(loader.steps_per_epoch() == 4);
  for (std::uint32_t epoch = 0; epoch < 3; ++epoch) {
    std::set<Index> seen;
    for (Index step = 0; step < 4; ++step)
      for (const Draw& draw : loader.at(4 * epoch + step).parts[0].draws) {
        REQUIRE(draw.turn == epoch);
        seen.insert(draw.sample);
      }
    CHECK(seen.size() == 20);  // the remainder of 3 is dropped
  }
}

TEST_CASE("a batch larger than the data set goes round, and no draw is lost", "[data]") {
  const Dataset set = pictures(3);
  Loader loader(two_views_plan(set), {set}, TwoViews{}, Shuffled{}, {.batch = 5});
  CHECK(loader.steps_per_epoch() == 1);
  std::set<std::pair<Index, std::uint32_t>> seen;
  for (Index step = 0; step < 3; ++step)
    for (const Draw& draw : loader.at(step).parts[0].draws) seen.insert({draw.sample, draw.turn});
  CHECK(seen.size() == 15);
}

TEST_CASE("views of one shape lie side by side: together() takes them without a copy", "[data]") {
  const Dataset set = pictures(12);
  Loader loader(two_views_plan(set), {set}, TwoViews{}, Shuffled{}, {.batch = 6});
  const Part<Cpu>& part = loader.at(0).parts[0];
  const Images<Cpu> both = together(part, 0, 2);
  CHECK(both.shape == Shape{12, 8, 8, 3});
  CHECK(both.data == part.views[0].data);
  CHECK(both.keys[6] == Key{part.draws[0], 1, 0});
  CHECK(both.keys.size == 12);
}

TEST_CASE("labels stand only where a stream is labelled", "[data]") {
  const Dataset few = pictures(10), many = pictures(50, 8, false);
  const Shape image = few.image();
  const Plan plan = {{.labelled = true, .share = 1, .views = OneView{}.views(image)},
                     {.labelled = false, .share = 3, .views = OneView{}.views(image)}};
  Loader loader(plan, {few, many}, OneView{}, Shuffled{}, {.batch = 4});
  CHECK(loader.steps_per_epoch() == 4);  // 50 / 12
  const Batch<Cpu>& batch = loader.at(1);
  REQUIRE(batch.parts.size() == 2);
  CHECK(batch.parts[0].labels.size == 4);
  for (Index i = 0; i < 4; ++i)
    CHECK(batch.parts[0].labels[i] == few.label(batch.parts[0].draws[i].sample));
  CHECK(batch.parts[1].labels.size == 0);
  CHECK(batch.parts[1].views[0].shape.images == 12);
  CHECK(batch.parts[1].views[0].keys[0].view == 1);  // keys of the streams differ
}

TEST_CASE("a device of doubles gets the same numbers", "[data]") {
  const Dataset set = pictures(12);
  Loader<TwoViews, Shuffled, BasicCpu<double>> wide(two_views_plan(set), {set}, {}, {},
                                                    {.batch = 6});
  Loader<TwoViews, Shuffled, Cpu> narrow(two_views_plan(set), {set}, {}, {}, {.batch = 6});
  CHECK(contents(wide.at(1)) == contents(narrow.at(1)));
}

namespace {
struct Thrower {  // an augmenter whose sample 3 fails
  using plays = role::Augmenter;
  std::vector<ViewSpec> views(Shape image) const { return {{image}}; }
  void check(Shape) const {}
  void make(std::uint64_t, Draw draw, const Source&, std::span<const Pixels>, Workspace&) const {
    if (draw.sample == 3) throw std::runtime_error("sample 3 is bad");
  }
};
}  // namespace

TEST_CASE("what an augmenter throws is thrown by at(), and other steps are sound", "[data]") {
  const Index workers = GENERATE(0, 1, 2);
  const Dataset set = pictures(8);
  Loader loader({{.labelled = false, .share = 1, .views = {{set.image()}}}}, {set}, Thrower{},
                Shuffled{}, {.batch = 2, .seed = 1, .workers = workers});
  int thrown = 0;
  for (Index step = 0; step < 4; ++step) {
    try {
      const auto draws = loader.at(step).parts[0].draws;
      CHECK((draws[0].sample != 3 && draws[1].sample != 3));
    } catch (const std::runtime_error& e) {
      CHECK(e.what() == std::string("sample 3 is bad"));
      ++thrown;
    }
  }
  CHECK(thrown == 1);
}

TEST_CASE("what does not fit is refused before training, with both sides", "[data]") {
  const Dataset set = pictures(8), unlabelled = pictures(8, 8, false), large = pictures(4, 12);
  const auto make = [](Plan plan, std::vector<Dataset> sets, LoaderOptions options) {
    Loader loader(std::move(plan), std::move(sets), TwoViews{}, Shuffled{}, options);
  };
  Plan plan = two_views_plan(set);
  CHECK_THROWS_WITH(make(plan, {set, set}, {}),
                    ContainsSubstring("1 streams, there are 2 data sets"));
  CHECK_THROWS_WITH(make(plan, {Dataset(pictures(0))}, {}), ContainsSubstring("stream 0 is empty"));
  CHECK_THROWS_WITH(make(plan, {large}, {}),
                    ContainsSubstring("8 x 8") && ContainsSubstring("12 x 12"));
  CHECK_THROWS_WITH(make(plan, {set}, {.batch = 0}), ContainsSubstring("a batch of 0"));
  CHECK_THROWS_WITH(make(plan, {set}, {.rank = 2, .ranks = 2}), ContainsSubstring("rank 2 of 2"));
  CHECK_THROWS_WITH(make(plan, {set}, {.workers = -1}), ContainsSubstring("-1 workers"));
  plan[0].labelled = true;
  CHECK_THROWS_WITH(make(plan, {unlabelled}, {}), ContainsSubstring("without a label"));
  plan[0].views.push_back(plan[0].views[0]);
  CHECK_THROWS_WITH(make(plan, {set}, {}), ContainsSubstring("3 views, the augmenter makes 2"));
}
