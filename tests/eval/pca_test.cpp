#include <selfsame/eval/pca.hpp>
#include "support/catch.hpp"

#include <cmath>
#include <limits>

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

namespace {
Scatter<Cpu> pca_of(const std::vector<float>& v, Index width, int threads = 1) {
  Workspace scratch;
  return pca(Cpu{threads}, scratch, {v.data(), static_cast<Index>(v.size()) / width, width});
}
}  // namespace

TEST_CASE("The first component lies along the longest axis, the second along the next", "[eval]") {
  const Scatter<Cpu> s = pca_of({10, 5, 14, 5, 12, 6, 12, 4}, 2);
  const float expected[4][2] = {{-2, 0}, {2, 0}, {0, 1}, {0, -1}};
  for (Index r = 0; r < 4; ++r)
    for (Index c = 0; c < 2; ++c) CHECK(std::abs(s.points.in()(r, c) - expected[r][c]) < 1e-5f);
  CHECK(std::abs(s.explained[0] - 0.8) < 1e-9);
  CHECK(std::abs(s.explained[1] - 0.2) < 1e-9);
}

TEST_CASE("Two components of a plane keep all distances", "[eval]") {
  std::vector<float> v;
  for (int i = 0; i < 30; ++i) {
    const float a = std::sin(static_cast<float>(i)), b = std::cos(2.3f * static_cast<float>(i));
    for (const float x : {a + b, a - b, 2 * a, 0.5f * b, 7.f}) v.push_back(x);
  }
  const Scatter<Cpu> s = pca_of(v, 5);
  CHECK(std::abs(s.explained[0] + s.explained[1] - 1) < 1e-9);
  for (Index i = 0; i < 30; ++i) {
    double before = 0, after = 0;
    for (Index c = 0; c < 5; ++c)
      before +=
          std::pow(v[static_cast<std::size_t>(i * 5 + c)] - v[static_cast<std::size_t>(c)], 2);
    for (Index c = 0; c < 2; ++c) after += std::pow(s.points.in()(i, c) - s.points.in()(0, c), 2);
    CHECK(std::abs(before - after) < 1e-4);
  }
}

TEST_CASE("PCA of one column, equal rows, one row and no rows has zeros for what is missing",
          "[eval]") {
  const Scatter<Cpu> line = pca_of({1, 3}, 1);
  CHECK(std::abs(line.points.in()(1, 0)) == 1);
  CHECK(line.points.in()(1, 1) == 0);
  CHECK(pca_of({2, 2, 2, 2}, 2).points.in()(1, 0) == 0);
  CHECK(pca_of({2, 3}, 2).explained[0] == 0);
  CHECK(pca_of({}, 2).points.rows == 0);
}

TEST_CASE("PCA has the same bits with one and with two threads", "[eval]") {
  std::vector<float> v;
  for (int i = 0; i < 8000; ++i) v.push_back(std::sin(static_cast<float>(i * i % 1009)));
  const auto one = pca_of(v, 8), two = pca_of(v, 8, 2);
  CHECK(std::equal(one.points.data.begin(), one.points.data.end(), two.points.data.begin()));
}

TEST_CASE("PCA refuses what is not finite", "[eval]") {
  CHECK_THROWS_WITH(pca_of({1, std::numeric_limits<float>::infinity()}, 2),
                    ContainsSubstring("row 0 of the embeddings is not finite (inf in column 1)"));
}
