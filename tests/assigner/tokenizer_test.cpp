#include <selfsame/assigner/tokenizer.hpp>

#include "loss/reference.hpp"

using namespace selfsame;
using namespace selfsame::test;
using Catch::Matchers::ContainsSubstring;

namespace {

template <class D>
std::vector<Index> tokens_of(const Dense& l, int threads = 1, LabelCount* count = nullptr) {
  Strided<D> logits(l);
  std::vector<Index> tokens(static_cast<std::size_t>(l.rows()), -7);
  const LabelCount n = token_argmax(D{.threads = threads}, logits.in(), view<D>(tokens));
  if (count != nullptr) *count = n;
  return tokens;
}

}  // namespace

TEMPLATE_TEST_CASE("Tokens are the words that logits say most, and depend on their row only",
                   "[assigner]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  const auto [rows, words] =
      GENERATE(table<Index, Index>({{0, 3}, {1, 1}, {2, 2}, {196, 8192}, {500, 19}}));
  const Dense l = Strided<D>(noise(rows, words, 1)).rounded();
  const auto tokens = tokens_of<D>(l);
  for (Index r = 0; r < rows; ++r) {
    Index best = 0;
    for (Index k = 1; k < words; ++k)
      if (l(r, k) > l(r, best)) best = k;
    CHECK(tokens[static_cast<std::size_t>(r)] == best);
  }
  for (const int threads : {2, 3, 7}) CHECK(tokens_of<D>(l, threads) == tokens);
  if (rows > 1) CHECK(tokens_of<D>(l.bottomRows(1))[0] == tokens.back());
  CHECK(tokens_of<D>(3 * l) == tokens);  // no temperature
}

TEST_CASE("Of words that are said as much the lowest is the token", "[assigner]") {
  Dense l = Dense::Zero(3, 40);
  l(1, 5) = l(1, 33) = 2;
  l.row(2).setConstant(-INFINITY);
  CHECK(tokens_of<Cpu>(l) == std::vector<Index>{0, 5, 0});
}

TEST_CASE("A row with a NaN is refused by its number, an infinity is largest", "[assigner]") {
  Dense l = noise(4, 40, 1);
  l(3, 11) = INFINITY;
  LabelCount count;
  const auto tokens = tokens_of<Cpu>(l, 1, &count);
  CHECK((tokens[0] >= 0 && tokens[3] == 11 && count.kept == 4));
  l(1, 37) = NAN;
  CHECK_THROWS_WITH(tokens_of<Cpu>(l), ContainsSubstring("row 1 of the logits is not finite"));
}

TEST_CASE("The policy assigns the same tokens as the function", "[assigner]") {
  static_assert(std::same_as<TokenArgmax::plays, role::Assigner>);
  Strided<Cpu> logits(noise(50, 30, 1));
  std::vector<Index> tokens(50);
  const Cpu device;
  Workspace scratch;
  Pass<Cpu> pass;
  pass.device = &device, pass.workspace = &scratch;
  CHECK(TokenArgmax{}.assign(pass, logits.in(), view<Cpu>(tokens)).kept == 50);
  CHECK(tokens == tokens_of<Cpu>(noise(50, 30, 1)));
}

TEST_CASE("Tokens that do not fit are refused, and both sides are printed", "[assigner]") {
  Strided<Cpu> logits(noise(4, 3, 1)), nothing(Dense(4, 0));
  std::vector<Index> three(3), four(4);
  CHECK_THROWS_WITH(token_argmax(Cpu{}, logits.in(), view<Cpu>(three)),
                    ContainsSubstring("(4, 3)") && ContainsSubstring("are 3"));
  CHECK_THROWS_WITH(token_argmax(Cpu{}, nothing.in(), view<Cpu>(four)),
                    ContainsSubstring("(4, 0)") && ContainsSubstring("at least one word"));
}
