#include <selfsame/augmenter/view_maker.hpp>
#include "image/test_image.hpp"
#include "support/catch.hpp"

#include <set>

using namespace selfsame;

namespace {
// A weak and a strong view of one crop: the second asks for the numbers of the first.
struct Aligned {
  using plays = role::Augmenter;
  std::vector<ViewSpec> views(Shape image) const { return {{image}, {image}}; }
  void check(Shape) const {}
  void make(std::uint64_t seed, Draw draw, const Source&, std::span<const Pixels> outs,
            Workspace&) const {
    const auto shift = static_cast<float>(view_random(seed, draw, 0).uniform(0));
    for (const Pixels& out : outs) std::fill_n(out.data, out.size(), shift);
  }
};
struct Silent {  // makes nothing
  using plays = role::Augmenter;
  std::vector<ViewSpec> views(Shape) const { return {}; }
};
struct Roleless {
  std::vector<ViewSpec> views(Shape) const { return {}; }
  void check(Shape) const {}
  void make(std::uint64_t, Draw, const Source&, std::span<const Pixels>, Workspace&) const {}
};
}  // namespace

TEST_CASE("a view maker has a role, views, a check and make", "[augmenter]") {
  STATIC_REQUIRE(ViewMaker<Aligned>);
  STATIC_REQUIRE_FALSE(ViewMaker<Silent>);
  STATIC_REQUIRE_FALSE(ViewMaker<Roleless>);
}

TEST_CASE("seeds, samples, turns and views have numbers of their own", "[augmenter]") {
  std::set<double> numbers;
  for (std::uint64_t seed = 0; seed < 3; ++seed)
    for (Index sample = 0; sample < 3; ++sample)
      for (std::uint32_t turn = 0; turn < 3; ++turn)
        for (std::size_t view = 0; view < 3; ++view)
          numbers.insert(view_random(seed, {sample, turn}, view).uniform(0));
  CHECK(numbers.size() == 81);
  CHECK(view_random(1, {2, 3}, 1).uniform(0) ==
        Random(1, Stream::view, 0, Key{{2, 3}, 1, 0}).uniform(0));
}

TEST_CASE("aligned views share the numbers of one", "[augmenter]") {
  const TestImage image = waves(2, 2, 1);
  TestImage a{2, 2, 1}, b{2, 2, 1};
  const Pixels outs[] = {a.pixels(), b.pixels()};
  Workspace scratch;
  Aligned{}.make(1, {4, 0}, image.source(), outs, scratch);
  CHECK(a.numbers == b.numbers);
}
