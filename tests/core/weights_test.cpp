#include <selfsame/core/weights.hpp>

#include "support/catch.hpp"

using namespace selfsame;

namespace {
template <class D>
Layout small_network() {
  Layout layout = Layout::on<D>();
  layout.enter("encoder");
  for (Index block = 0; block < 2; ++block) {
    layout.enter(block);
    layout.weight("weight", Kind::weight, {3, 7}, lecun(7));
    layout.weight("bias", Kind::bias, {3}, zeros);
    layout.buffer("mean", {3}, zeros);
    layout.leave();
  }
  layout.leave();
  layout.enter("encoder2");  // begins with the same letters
  layout.weight("weight", Kind::weight, {33}, ones);
  layout.leave();
  layout.enter("head");
  layout.weight("weight", Kind::weight, {1, 3}, he(3));
  layout.leave();
  return layout;
}
}  // namespace

TEMPLATE_TEST_CASE("Each segment starts on a cache line and padding is no parameter", "[core]", Cpu,
                   BasicCpu<double>, (BasicCpu<double, float>)) {
  const Layout layout = small_network<TestType>();
  const Index line = 64 / static_cast<Index>(sizeof(Real<TestType>));
  Index end = 0;
  for (const Segment& s : layout.parameters()) {
    CHECK(s.offset % line == 0);
    CHECK(s.offset >= end);
    CHECK(s.offset < end + line);
    end = s.offset + s.size();
  }
  CHECK(Layout::length(layout.parameters(), line) % line == 0);
  CHECK(Layout::length(layout.parameters(), line) >= end);
  CHECK(layout.parameter_count() == 2 * (21 + 3) + 33 + 3);
  CHECK(Layout::length({}, line) == 0);
}

TEST_CASE("Segments carry their full name, kind and depth", "[core]") {
  const Layout layout = small_network<Cpu>();
  std::vector<std::string> names;
  std::vector<Index> depths;
  for (const Segment& s : layout.parameters()) names.push_back(s.name), depths.push_back(s.depth);
  CHECK(names == std::vector<std::string>{"encoder.0.weight", "encoder.0.bias", "encoder.1.weight",
                                          "encoder.1.bias", "encoder2.weight", "head.weight"});
  CHECK(depths == std::vector<Index>{0, 1, 1, 2, 2, 3});
  CHECK(layout.buffers()[1].name == "encoder.1.mean");
  CHECK(layout.buffers()[1].kind == Kind::statistic);
}

TEST_CASE("A slice finds the segments of a part by its whole name", "[core]") {
  const Layout layout = small_network<Cpu>();
  std::vector<float> numbers(static_cast<std::size_t>(Layout::length(layout.parameters(), 16)));
  const Slice<float, Cpu> all{view<Cpu>(numbers), layout.parameters()};
  CHECK(all.count() == 6);
  CHECK(all.under("encoder").count() == 4);
  CHECK(all.under("encoder2").count() == 1);
  CHECK(all.under("head").segments[0].name == "head.weight");
  CHECK(all.under("head")[0].data == numbers.data() + layout.parameters()[5].offset);
  CHECK(all.under("enc").count() == 0);
  CHECK(all.under("predictor").count() == 0);
  CHECK(all.part(2, 2).segments[0].name == "encoder.1.weight");
  const Slice<const float, Cpu> read = all;
  CHECK((read.all.data == numbers.data() && read[3].size == 3));
}

TEST_CASE("A counter counts what a layout reserves", "[core]") {
  const auto describe = [](auto& to) {
    to.enter("a");
    to.enter(Index{3});
    to.weight("weight", Kind::weight, {2, 2}, zeros);
    to.buffer("mean", {2}, zeros);
    to.weight("bias", Kind::bias, {2}, zeros);
    to.leave();
    to.leave();
  };
  Counter counter;
  Layout layout = Layout::on<Cpu>();
  describe(counter);
  describe(layout);
  CHECK((counter.weights == 2 && counter.buffers == 1));
  CHECK((layout.parameters().size() == 2 && layout.buffers().size() == 1));
}

TEST_CASE("Initialisers have the deviation that their paper asks for", "[core]") {
  const Random random(3, Stream::test);
  const auto deviation = [&](Initialiser law) {
    double square = 0;
    for (Index i = 0; i < 20'000; ++i) square += std::pow(law(random, i), 2);
    return std::sqrt(square / 20'000);
  };
  CHECK(deviation(lecun(50)) == Approx(std::sqrt(1.0 / 50)).epsilon(0.02));
  CHECK(deviation(he(50)) == Approx(std::sqrt(2.0 / 50)).epsilon(0.02));
  CHECK(deviation({Initialiser::Law::uniform, 3}) == Approx(std::sqrt(3.0)).epsilon(0.02));
  CHECK((zeros(random, 5) == 0 && ones(random, 5) == 1));
  for (Index i = 0; i < 1000; ++i) CHECK(std::abs(lecun(1)(random, i)) <= 2 / 0.8796);
  CHECK(std::isfinite(lecun(0)(random, 0)));
}

TEST_CASE("A method's networks are one or many", "[core]") {
  Trained<Cpu> one;
  std::vector<Trained<Cpu>> three(3);
  CHECK(networks<Cpu>(one).data() == &one);
  CHECK(networks<Cpu>(three).size() == 3);
}
