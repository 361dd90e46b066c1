#include <selfsame/assigner/agreement.hpp>

#include "support/catch.hpp"
#include "support/golden.hpp"

using namespace selfsame;

namespace {
double nmi(const std::vector<Index>& a, const std::vector<Index>& b) {
  return normalised_mutual_information(Cpu{}, view<Cpu>(a), view<Cpu>(b));
}
}  // namespace

TEST_CASE("agreement has the golden numbers of a small table", "[assigner]") {
  CHECK(nmi({0, 0, 0, 1, 1, 2, 2, 2}, {1, 1, 0, 0, 2, 2, 2, 2}) == Approx(.5917923945));
  const std::vector<Index> counts{3, 2, 3};
  CHECK(imbalance(Cpu{}, view<Cpu>(counts)) == 1.03125);
}

TEST_CASE("a labelling agrees with itself under any names", "[assigner]") {
  const std::vector<Index> a{0, 0, 1, 2, 2, 2, 5}, renamed{7, 7, 0, 3, 3, 3, 1};
  CHECK(nmi(a, a) == Approx(1).epsilon(1e-15));
  CHECK(nmi(a, renamed) == Approx(1).epsilon(1e-15));
  CHECK(nmi(a, renamed) == nmi(renamed, a));
}

TEST_CASE("one label only says nothing, or everything", "[assigner]") {
  CHECK(nmi({4, 4, 4}, {1, 1, 1}) == 1);
  CHECK(nmi({4, 4, 4}, {1, 2, 1}) == 0);
  CHECK(nmi({1, 2, 1}, {4, 4, 4}) == 0);
  CHECK(nmi({}, {}) == 1);
  CHECK(nmi({0, 0, 1, 1}, {0, 1, 0, 1}) == Approx(0).margin(1e-15));
}

TEST_CASE("scikit-learn has the same agreement", "[assigner]") {
  const Golden golden = Golden::read("assigner/agreement.txt");
  for (const std::string i : {"0", "1", "2"})
    CHECK(nmi(golden["a_" + i].as<Index>(), golden["b_" + i].as<Index>()) ==
          Approx(golden["nmi_" + i].values[0]).epsilon(1e-12));
}

TEST_CASE("imbalance and empties of counts", "[assigner]") {
  const auto of = [](const std::vector<Index>& counts) {
    return std::pair{imbalance(Cpu{}, view<Cpu>(counts)),
                     share_of_empties(Cpu{}, view<Cpu>(counts))};
  };
  CHECK(of({4, 4, 4}) == std::pair{1.0, 0.0});
  CHECK(of({0, 9, 0}) == std::pair{3.0, 2.0 / 3});
  CHECK(of({0, 0}) == std::pair{0.0, 1.0});
  CHECK(of({}) == std::pair{0.0, 0.0});
}

TEST_CASE("labellings of unequal lengths do not compare", "[assigner]") {
  CHECK_THROWS_WITH(nmi({1, 2}, {1}), "selfsame: labels are (2) and (1); their number must agree");
}
