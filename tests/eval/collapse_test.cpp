#include <selfsame/eval/collapse.hpp>
#include "support/catch.hpp"

#include <limits>

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

namespace {
Collapse collapse_of(const std::vector<float>& v, Index width) {
  Workspace scratch;
  return collapse(Cpu{}, scratch, {v.data(), static_cast<Index>(v.size()) / width, width});
}
bool near(double a, double b, double error = 1e-6) { return std::abs(a - b) < error; }
}  // namespace

TEST_CASE("Rows that all point one way have collapsed", "[eval]") {
  const Collapse c = collapse_of({3, 4, 3, 4, 3, 4}, 2);
  CHECK(near(c.deviation, 0));
  CHECK(c.effective_rank == 0);
  CHECK(near(c.cosine, 1));
}

TEST_CASE("Rows on the axes and their opposites use every dimension", "[eval]") {
  const Collapse c = collapse_of({1, 0, -1, 0, 0, 1, 0, -1}, 2);
  CHECK(near(c.deviation, 1 / std::sqrt(2.0)));
  CHECK(near(c.effective_rank, 2));
  CHECK(near(c.cosine, -1.0 / 3));
}

TEST_CASE("Rows on a line have an effective rank of 1, however far from zero", "[eval]") {
  std::vector<float> v;
  for (int i = 0; i < 100; ++i)
    for (int c = 0; c < 16; ++c) v.push_back(1000.f + static_cast<float>(i * c) / 8);
  CHECK(near(collapse_of(v, 16).effective_rank, 1, 1e-3));
}

TEST_CASE("The effective rank of singular values 3 and 1 is exp of their entropy", "[eval]") {
  const double rank = std::exp(-0.75 * std::log(0.75) - 0.25 * std::log(0.25));
  CHECK(near(collapse_of({3, 0, -3, 0, 0, 1, 0, -1}, 2).effective_rank, rank));
}

TEST_CASE("The effective rank does not change with the scale of the rows", "[eval]") {
  CHECK(near(collapse_of({3, 0, -3, 0, 0, 1, 0, -1}, 2).effective_rank,
             collapse_of({3e6f, 0, -3e6f, 0, 0, 1e6f, 0, -1e6f}, 2).effective_rank));
}

TEST_CASE("Collapse of no rows, one row, no columns and rows of zeros is 0", "[eval]") {
  for (const Collapse& c :
       {collapse_of({}, 3), collapse_of({1, 2, 3}, 3), collapse_of({0, 0, 0, 0}, 2)}) {
    CHECK(c.deviation == 0);
    CHECK(c.effective_rank == 0);
    CHECK(c.cosine == 0);
  }
}

TEST_CASE("Collapse refuses what is not finite", "[eval]") {
  CHECK_THROWS_WITH(collapse_of({1, std::numeric_limits<float>::quiet_NaN()}, 2),
                    ContainsSubstring("row 0 of the embeddings is not finite (nan in column 1)"));
}
