#include <selfsame/loss/bank_picks.hpp>

#include "loss/bank_reference.hpp"

using namespace selfsame;
using namespace selfsame::test;
using Catch::Matchers::ContainsSubstring;

namespace {
using F64 = BasicCpu<double>;
}

TEST_CASE("Picks know their anchors and how many negatives each has", "[loss]") {
  const Lists lists = Lists::Zero(3, 5);
  const std::vector<Index> own{1, 2}, shared{0, 1, 2, 0, 3, 3};
  const SharedNegatives<F64> picks{view<F64>(own), view<F64>(shared)};
  CHECK(detail::anchors_of(own_negatives<F64>(lists)) == 3);
  CHECK(detail::negatives_of(own_negatives<F64>(lists)) == 4);
  CHECK(detail::anchors_of(picks) == 2);
  CHECK(detail::negatives_of(picks) == 6);
}

TEST_CASE("Picks that do not fit are refused, and both sides are printed", "[loss]") {
  Strided<F64> f(noise(3, 4, 1)), bank(noise(7, 4, 2)), narrow(noise(7, 5, 2));
  Lists lists = Lists::Zero(3, 5);
  const auto check = [&](In<F64> anchors, In<F64> rows) {
    detail::check_bank<F64>(anchors, rows, own_negatives<F64>(lists));
  };
  CHECK_NOTHROW(check(f.in(), bank.in()));
  CHECK_THROWS_WITH(check(f.in(), narrow.in()),
                    ContainsSubstring("(3, 4)") && ContainsSubstring("(7, 5)"));
  CHECK_THROWS_WITH(check(f.in().row_range(0, 2), bank.in()),
                    ContainsSubstring("(2, 4)") && ContainsSubstring("(3, 5)"));
  lists(2, 4) = 7;
  CHECK_THROWS_WITH(check(f.in(), bank.in()),
                    ContainsSubstring("is 7") && ContainsSubstring("0 to 6"));
  lists(2, 4) = -1;
  CHECK_THROWS_AS(check(f.in(), bank.in()), std::invalid_argument);
  std::vector<Index> own{0, 1, 2}, shared{6, 7};
  const auto check_shared = [&] {
    detail::check_bank<F64>(f.in(), bank.in(),
                            SharedNegatives<F64>{view<F64>(own), view<F64>(shared)});
  };
  CHECK_THROWS_WITH(check_shared(), ContainsSubstring("is 7"));
  shared[1] = 6;
  CHECK_NOTHROW(check_shared());
  own[0] = -2;
  CHECK_THROWS_WITH(check_shared(), ContainsSubstring("is -2"));
  own.pop_back();
  CHECK_THROWS_WITH(check_shared(), ContainsSubstring("(3, 4)") && ContainsSubstring("are 2"));
}
