#include <selfsame/core/pass.hpp>

#include "support/catch.hpp"

using namespace selfsame;

namespace {
std::array<std::uint32_t, 4> bits(const Pass<Cpu>& p, Index image = 0) {
  return p.random(image).bits(0);
}
}  // namespace

TEST_CASE("Each part, copy and seed of a network draws its own numbers", "[core]") {
  const Pass<Cpu> p;
  CHECK(bits(p.at(1)) == bits(p.at(1)));
  CHECK(bits(p.at(0)) != bits(p));
  CHECK(bits(p.at(0)) != bits(p.at(1)));
  CHECK(bits(p.at("first")) != bits(p.at("second")));
  CHECK(bits(p.at(0).at(1)) != bits(p.at(1).at(0)));
  CHECK(bits(p.as(Mode::train, Copy::online)) != bits(p.as(Mode::train, Copy::target)));
  CHECK(bits(p.as(Mode::train, Copy::online)) == bits(p.as(Mode::evaluate, Copy::online)));
  CHECK(p.as(Mode::evaluate, Copy::online).mode == Mode::evaluate);
  Pass<Cpu> q;
  q.seed = 1;
  CHECK(bits(q) != bits(p));
}

TEST_CASE("An image's numbers follow its key, wherever it stands in a batch", "[core]") {
  const std::vector<Key> keys{{{7, 1}, 0, 0}, {{3, 0}, 1, 0}}, turned{keys[1], keys[0]};
  const Pass<Cpu> p, a = p.of(view<Cpu>(keys), {}), b = p.of(view<Cpu>(turned), {});
  CHECK(bits(a, 0) == bits(b, 1));
  CHECK(bits(a, 1) == bits(b, 0));
  CHECK(bits(a, 0) != bits(a, 1));
  CHECK(bits(p, 0) != bits(p, 1));  // without keys: by position
}

TEST_CASE("After a layer that makes one image of many, every so many keys stay", "[core]") {
  std::vector<Key> keys;
  for (Index i = 0; i < 12; ++i) keys.push_back({{i, 0}, 0, 0});
  Pass<Cpu> p = Pass<Cpu>{}.of(view<Cpu>(keys), {});
  p.batch_norm_group = 8;
  const Pass<Cpu> grid = p.after({12, 1, 1, 5}, {3, 2, 2, 5});
  CHECK(grid.every == 4);
  CHECK(grid.batch_norm_group == 2);
  CHECK(bits(grid, 2) == bits(p, 8));
  const Pass<Cpu> again = grid.after({3, 2, 2, 5}, {1, 1, 1, 5});
  CHECK(again.every == 12);
  CHECK(again.batch_norm_group == 1);
  CHECK(p.after({12, 4, 4, 5}, {12, 2, 2, 8}).every == 1);
}

TEST_CASE("A mask goes along only where the shape stays", "[core]") {
  const std::vector<std::uint8_t> mask(8, 1);
  const Pass<Cpu> p = Pass<Cpu>{}.of({}, view<Cpu>(mask));
  CHECK(p.after({2, 2, 2, 3}, {2, 2, 2, 3}).mask.size == 8);
  CHECK(p.after({2, 2, 2, 3}, {2, 1, 1, 3}).mask.size == 0);
  CHECK(p.at(1).mask.size == 8);
}

TEST_CASE("After a layer without images nothing divides by zero", "[core]") {
  CHECK(Pass<Cpu>{}.after({0, 2, 2, 3}, {0, 1, 1, 3}).every == 1);
}

TEST_CASE("A pass of one process counts its own rows", "[core]") {
  CHECK(Pass<Cpu>{}.ranks == &single_process());
  CHECK(Pass<Cpu>{}.total(5) == 5);
}

TEST_CASE("a pass warns of each thing once, and of nothing where nobody listens", "[core]") {
  Warnings heard;
  const Pass<Cpu> silent{}, pass{.warnings = &heard};
  for (const std::string_view sentence : {"one", "two", "one"}) {
    silent.warn(sentence);
    pass.at("part").warn(sentence);
  }
  CHECK(heard.all() == std::vector<std::string_view>{"one", "two"});
}
