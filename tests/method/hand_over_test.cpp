// Stages: weights go from one method to another by name.
#include "method/whole_method.hpp"

using namespace selfsame;
using namespace selfsame::testing;

namespace {
template <class L>
std::vector<float> embed(L& learner) {
  FormulaBatches<Cpu> batches(small_image, 4, 1, 9);
  const Images<Cpu> x = batches.at(0).parts[0].views[0];
  auto product = learner.trained_encoder();
  std::vector<float> rows(static_cast<std::size_t>(product.output(x.shape).size()));
  product.embed(learner.pass(), x, {rows.data(), 4, static_cast<Index>(rows.size()) / 4});
  return rows;
}
bool all_begin_with(const std::vector<std::string>& names, std::string_view part) {
  return std::all_of(names.begin(), names.end(),
                     [&](const std::string& n) { return n.starts_with(part); });
}
}  // namespace

TEST_CASE(
    "Hand-over from SimCLR to Supervised takes the whole encoder, and says what is missing and "
    "left over",
    "[method]") {
  Learner from(Recipe<Contrastive<>>{.method = tiny_simclr, .batch = 6, .steps = 3}, small_setup);
  FormulaBatches<Cpu> pairs(small_image, 6, 2);
  from.fit(pairs);
  Setup other = small_setup;
  other.seed = 8;
  Learner to(Recipe<Supervised<>>{.method = tiny_supervised, .batch = 6, .steps = 3}, other);
  CHECK(embed(to) != embed(from));

  const Index weights = from.state().online.parameters.under("encoder").count();
  const Index buffers = from.state().online.buffers.under("encoder").count();
  const HandOver encoder = hand_over(from.store(), "online", to.store(), "online", "encoder");
  CHECK(static_cast<Index>(encoder.taken.size()) == weights + buffers);
  CHECK(all_begin_with(encoder.taken, "encoder."));
  CHECK(encoder.missing.empty());
  CHECK(encoder.left_over.empty());
  CHECK(embed(to) == embed(from));  // buffers came along

  const HandOver all = hand_over(from.store(), "online", to.store(), "online", "");
  CHECK(all.missing == std::vector<std::string>{"head.weight", "head.bias"});
  CHECK(all.left_over == std::vector<std::string>{"head.0.weight", "head.1.weight", "head.1.bias",
                                                  "head.3.weight", "head.4.weight",
                                                  "head.1.running_mean", "head.1.running_var",
                                                  "head.4.running_mean", "head.4.running_var"});
  CHECK(all_begin_with(all.taken, "encoder."));
}

TEST_CASE("Hand-over to a wider encoder takes nothing of other extents, and says so", "[method]") {
  Learner from(Recipe<Contrastive<>>{.method = tiny_simclr, .batch = 6, .steps = 3}, small_setup);
  auto wide = tiny_supervised;
  wide.encoder.width = 0.5;
  Learner to(Recipe<Supervised<>>{.method = wide, .batch = 6, .steps = 3}, small_setup);
  const auto before = embed(to);
  const HandOver h = hand_over(from.store(), "online", to.store(), "online", "encoder");
  CHECK(h.taken.empty());
  CHECK(h.missing.size() == h.left_over.size());
  CHECK(embed(to) == before);
}

TEST_CASE("Hand-over from a network that is not there names it", "[method]") {
  Learner from(Recipe<Contrastive<>>{.method = tiny_simclr, .batch = 6, .steps = 3}, small_setup);
  Learner to(Recipe<Supervised<>>{.method = tiny_supervised, .batch = 6, .steps = 3}, small_setup);
  CHECK_THROWS_WITH(hand_over(from.store(), "target", to.store(), "online"),
                    Catch::Matchers::ContainsSubstring("target"));
}
