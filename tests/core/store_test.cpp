#include <selfsame/core/store.hpp>

#include "support/catch.hpp"

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

namespace {

/// encoder.conv.weight, encoder.norm.scale, head.weight with so many outputs, and a buffer.
Layout layout_of(Index outputs, bool norm = true) {
  Layout layout = Layout::on<Cpu>();
  layout.enter("encoder");
  layout.enter("conv");
  layout.weight("weight", Kind::weight, {5, 3}, lecun(3));
  layout.leave();
  if (norm) {
    layout.enter("norm");
    layout.weight("scale", Kind::scale, {5}, ones);
    layout.buffer("mean", {5}, zeros);
    layout.leave();
  }
  layout.leave();
  layout.enter("head");
  layout.weight("weight", Kind::weight, {outputs, 5}, he(5));
  layout.leave();
  return layout;
}
bool on_a_line(const void* p) { return reinterpret_cast<std::uintptr_t>(p) % alignment == 0; }
using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("What is reserved is filled, aligned, found by name and stays where it is", "[core]") {
  Store<Cpu> store;
  const auto queue = store.matrix("queue", 3, 5);
  const auto turns = store.vector<Index>("turns", 7, 1);
  CHECK((queue.rows == 3 && queue.cols == 5 && queue(2, 4) == 0));
  CHECK((turns.size == 7 && turns[6] == 1));
  CHECK((on_a_line(queue.data) && on_a_line(turns.data)));
  for (int i = 0; i < 100; ++i) store.reals("other." + std::to_string(i), 3);
  queue(1, 1) = 4;
  const auto* entry = store.find("queue");
  REQUIRE(entry != nullptr);
  CHECK(reinterpret_cast<const float*>(entry->bytes.data())[6] == 4);
  CHECK((entry->number == Number::real32 && entry->count == 15 && entry->life == Life::kept));
  CHECK(store.find("turns")->number == Number::integer);
  CHECK(store.find("none") == nullptr);
  CHECK(store.begin()->name == "queue");
}

TEST_CASE("A name is taken once", "[core]") {
  Store<Cpu> store;
  store.reals("bank", 3);
  CHECK_THROWS_WITH(store.integers("bank", 3), ContainsSubstring("already has 'bank'"));
  CHECK_THROWS_AS(reserve_trained(store, layout_of(2), 1, "bank"), std::invalid_argument);
}

TEST_CASE("Kept and scratch bytes are counted apart", "[core]") {
  Store<BasicCpu<double>> store;
  store.reals("a", 3);
  store.integers("b", 2);
  store.vector<float>("c", 5, 0, Life::scratch);
  store.reals("nothing", 0);
  CHECK(store.bytes(Life::kept) == 3 * 8 + 2 * 8);
  CHECK(store.bytes(Life::scratch) == 5 * 4);
}

TEST_CASE("An entry that nobody filled stops the first step with its name", "[core]") {
  Store<Cpu> store;
  store.reals("student", 3);
  CHECK_NOTHROW(store.require_filled());
  store.reals("teacher", 3);
  store.find("teacher")->filled = false;
  CHECK_THROWS_WITH(store.require_filled(), ContainsSubstring("'teacher' was not filled"));
  CHECK_THROWS_AS(store.require_filled(), std::logic_error);
}

TEST_CASE("Trained weights are reserved with scratch gradients and begin as a function of the seed",
          "[core]") {
  Store<Cpu> a, b, c;
  const auto w = reserve_trained(a, layout_of(2), 7);
  const auto same = reserve_trained(b, layout_of(9), 7),
             other = reserve_trained(c, layout_of(2), 8);
  CHECK(a.find("online")->life == Life::kept);
  CHECK(a.find("online.gradient")->life == Life::scratch);
  CHECK(a.find("online.buffers")->life == Life::kept);
  CHECK(w.parameters[1][4] == 1);  // the scale
  CHECK(std::equal(w.parameters[0].begin(), w.parameters[0].end(),
                   same.parameters[0].begin()));  // whatever else is there
  CHECK_FALSE(
      std::equal(w.parameters[0].begin(), w.parameters[0].end(), other.parameters[0].begin()));
  for (const float g : w.gradient.all) CHECK(g == 0);
  for (Index i = w.parameters.segments[0].size(); i < w.parameters.segments[1].offset; ++i)
    CHECK(w.parameters.all[i] == 0);
}

TEST_CASE("A follower begins where the online weights are", "[core]") {
  Store<Cpu> store;
  const auto online = reserve_trained(store, layout_of(2), 7);
  online.buffers[0][3] = 5;
  const auto target = reserve_averaged<Cpu>(store, layout_of(2), online);
  CHECK(std::equal(online.parameters.all.begin(), online.parameters.all.end(),
                   target.parameters.all.begin()));
  CHECK(target.buffers[0][3] == 5);
  target.parameters.all[0] = 99;
  CHECK(online.parameters.all[0] != 99);
  CHECK(store.find("target.gradient") == nullptr);
}

TEST_CASE("A hand-over takes what agrees by name and extents and says the rest", "[core]") {
  Store<Cpu> from, to;
  const auto there = reserve_trained(from, layout_of(2), 1);
  const auto here = reserve_trained(to, layout_of(4), 2);
  there.buffers[0][2] = 3;
  const std::vector<float> head(here.parameters[2].begin(), here.parameters[2].end());
  const HandOver encoder = hand_over(from, "online", to, "online");
  CHECK(encoder.taken == Names{"encoder.conv.weight", "encoder.norm.scale", "encoder.norm.mean"});
  CHECK((encoder.missing.empty() && encoder.left_over.empty()));
  CHECK(std::equal(there.parameters[0].begin(), there.parameters[0].end(),
                   here.parameters[0].begin()));
  CHECK(here.buffers[0][2] == 3);
  CHECK(std::equal(head.begin(), head.end(), here.parameters[2].begin()));  // not asked for

  const HandOver all = hand_over(from, "online", to, "online", "");
  CHECK(all.missing == Names{"head.weight"});  // of other extents: not taken
  CHECK(all.left_over == Names{"head.weight"});
  CHECK(std::equal(head.begin(), head.end(), here.parameters[2].begin()));
}

TEST_CASE("A hand-over says what is missing there and left over there", "[core]") {
  Store<Cpu> with, without;
  reserve_trained(with, layout_of(2), 1);
  reserve_trained(without, layout_of(2, false), 2);
  CHECK(hand_over(with, "online", without, "online").left_over ==
        Names{"encoder.norm.scale", "encoder.norm.mean"});
  CHECK(hand_over(without, "online", with, "online").missing ==
        Names{"encoder.norm.scale", "encoder.norm.mean"});
  CHECK(
      hand_over(with, "online", without, "online", "enc").taken.empty());  // a part is a whole word
}

TEST_CASE("A hand-over fills what waited for it only when nothing is missing", "[core]") {
  Store<Cpu> from, to, poor;
  reserve_trained(from, layout_of(2), 1);
  reserve_trained(to, layout_of(2), 2);
  reserve_trained(poor, layout_of(2, false), 3);
  to.find("online")->filled = false;
  hand_over(poor, "online", to, "online");
  CHECK_THROWS_AS(to.require_filled(), std::logic_error);
  hand_over(from, "online", to, "online");
  CHECK_NOTHROW(to.require_filled());
}

TEST_CASE("A hand-over from or to a network that is not there says which", "[core]") {
  Store<Cpu> from, to;
  reserve_trained(from, layout_of(2), 1);
  CHECK_THROWS_WITH(hand_over(from, "online", to, "online"), ContainsSubstring("the second"));
  CHECK_THROWS_WITH(hand_over(to, "online", from, "online"), ContainsSubstring("the first"));
}
