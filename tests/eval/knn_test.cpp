#include <selfsame/eval/knn.hpp>
#include "support/catch.hpp"
#include "support/golden.hpp"

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

namespace {

std::vector<Index> predict_of(const std::vector<float>& train, const std::vector<Index>& labels,
                              const std::vector<float>& test, Index width, Index classes,
                              const Knn& knn, int threads = 1) {
  Workspace scratch;
  const Cpu device{threads};
  const auto rows = [&](const std::vector<float>& v) {
    return In<Cpu>(v.data(), static_cast<Index>(v.size()) / width, width);
  };
  return knn_predict(device, scratch, rows(train), view<Cpu>(labels), rows(test), classes, knn);
}

std::vector<float> waves(Index rows, Index width, float phase) {
  std::vector<float> v;
  for (Index i = 0; i < rows * width; ++i)
    v.push_back(std::sin(phase + 1.7f * static_cast<float>(i * i % 10007)));
  return v;
}

}  // namespace

TEST_CASE("k-NN predicts what lightly predicts", "[eval]") {
  const Golden golden = Golden::read("eval/knn.txt");
  const auto train = golden["train"].as<float>(), test = golden["test"].as<float>();
  const auto labels = golden["train_labels"].as<Index>();
  const Index width = golden["train"].cols;
  CHECK(predict_of(train, labels, test, width, 5, {1, 0.1}) == golden["knn_1_0.1"].as<Index>());
  CHECK(predict_of(train, labels, test, width, 5, {20, 0.07}) == golden["knn_20_0.07"].as<Index>());
  CHECK(predict_of(train, labels, test, width, 5, {200, 0.1}) == golden["knn_200_0.1"].as<Index>());
}

TEST_CASE("k-NN over several blocks and tiles agrees with sorting all cosines", "[eval]") {
  const Index n = 4500, m = 300, width = 5, k = 7, classes = 4;
  const auto train = waves(n, width, 0), test = waves(m, width, 0.5f);
  std::vector<Index> labels;
  for (Index i = 0; i < n; ++i) labels.push_back(i % classes);
  const auto predicted = predict_of(train, labels, test, width, classes, {k, 0.1});
  Index differ = 0;  // float rounds, so that a near tie may fall the other way
  for (Index t = 0; t < m; ++t) {
    std::vector<std::pair<double, Index>> all;
    const auto dot = [&](const float* a, const float* b) {
      double sum = 0;
      for (Index c = 0; c < width; ++c) sum += double{a[c]} * double{b[c]};
      return sum;
    };
    const float* row = test.data() + t * width;
    for (Index i = 0; i < n; ++i) {
      const float* other = train.data() + i * width;
      all.emplace_back(-dot(row, other) / std::sqrt(dot(row, row) * dot(other, other)), i);
    }
    std::sort(all.begin(), all.end());
    std::vector<double> votes(static_cast<std::size_t>(classes));
    for (Index j = 0; j < k; ++j) {
      const auto& [cosine, i] = all[static_cast<std::size_t>(j)];
      votes[static_cast<std::size_t>(labels[static_cast<std::size_t>(i)])] +=
          std::exp(-cosine / 0.1);
    }
    const Index best = std::max_element(votes.begin(), votes.end()) - votes.begin();
    differ += predicted[static_cast<std::size_t>(t)] != best;
  }
  CHECK(differ <= 1);
}

TEST_CASE("k-NN: with k = 1 each training row predicts its own label", "[eval]") {
  const auto train = waves(50, 8, 0);
  std::vector<Index> labels;
  for (Index i = 0; i < 50; ++i) labels.push_back(i);
  CHECK(predict_of(train, labels, train, 8, 50, {1, 0.1}) == labels);
}

TEST_CASE("k-NN does not see the length of a row", "[eval]") {
  CHECK(predict_of({1e-3f, 0, 0, 100}, {0, 1}, {5, 1, 1e-6f, 2e-6f}, 2, 2, {1, 0.1}) ==
        std::vector<Index>{0, 1});
}

TEST_CASE("k-NN: k is at most the number of training rows", "[eval]") {
  CHECK(predict_of({1, 0, 1, 0, 0, 1}, {1, 1, 0}, {0, 1}, 2, 2, {1000, 10}) ==
        std::vector<Index>{1});
}

TEST_CASE("k-NN: a low temperature follows the nearest row, a high one the majority", "[eval]") {
  const std::vector<float> train{1, 0, 1, 1, 1, 1.1f};
  CHECK(predict_of(train, {1, 0, 0}, {1, 0.1f}, 2, 2, {3, 1e-4}) == std::vector<Index>{1});
  CHECK(predict_of(train, {1, 0, 0}, {1, 0.1f}, 2, 2, {3, 1e4}) == std::vector<Index>{0});
}

TEST_CASE("k-NN: of equal votes the lower label wins, of equal cosines the earlier row is nearer",
          "[eval]") {
  CHECK(predict_of({1, 0, 1, 0}, {1, 0}, {1, 0}, 2, 2, {2, 0.1}) == std::vector<Index>{0});
  CHECK(predict_of({1, 0, 1, 0}, {1, 0}, {1, 0}, 2, 2, {1, 0.1}) == std::vector<Index>{1});
}

TEST_CASE("k-NN: a row that is not finite is refused by its number", "[eval]") {
  const std::vector<float> good{1, 0, 0, 1};
  CHECK_THROWS_WITH(predict_of({1, 0, 0, NAN}, {0, 1}, good, 2, 2, {2, 0.1}),
                    ContainsSubstring("selfsame: row 1 of the training embeddings is not finite "
                                      "(nan in column 1)"));
  CHECK_THROWS_WITH(predict_of(good, {0, 1}, {-INFINITY, 1}, 2, 2, {2, 0.1}),
                    ContainsSubstring("row 0 of the test embeddings is not finite (-inf"));
  CHECK_THROWS_WITH(predict_of(good, {0, 1}, {1, 1, 3e38f, 3e38f}, 2, 2, {2, 0.1}),
                    ContainsSubstring("the length of row 1 of the test embeddings overflows"));
}

TEST_CASE("k-NN: zero rows of either kind are answered", "[eval]") {
  CHECK(predict_of({}, {}, {1, 0}, 2, 2, {}) == std::vector<Index>{-1});
  CHECK(predict_of({1, 0}, {0}, {}, 2, 2, {}).empty());
  CHECK(predict_of({1, 0}, {1}, {0, 0}, 2, 2, {}) == std::vector<Index>{1});
}

TEST_CASE("k-NN has the same result with one, two and three threads", "[eval]") {
  const auto train = waves(3000, 16, 0), test = waves(400, 16, 1);
  std::vector<Index> labels;
  for (Index i = 0; i < 3000; ++i) labels.push_back(i % 7);
  const auto one = predict_of(train, labels, test, 16, 7, {20, 0.1}, 1);
  CHECK(predict_of(train, labels, test, 16, 7, {20, 0.1}, 2) == one);
  CHECK(predict_of(train, labels, test, 16, 7, {20, 0.1}, 3) == one);
}

TEST_CASE("k-NN: what does not fit is refused with both sides", "[eval]") {
  const std::vector<float> v(12, 1.f);
  const std::vector<Index> labels{0, 1, 0};
  Workspace scratch;
  const Cpu device;
  CHECK_THROWS_WITH(
      knn_predict(device, scratch, {v.data(), 3, 4}, view<Cpu>(labels), {v.data(), 4, 3}, 2),
      ContainsSubstring("train rows are (3, 4), test rows are (4, 3); widths must agree"));
  CHECK_THROWS_WITH(
      knn_predict(device, scratch, {v.data(), 4, 3}, view<Cpu>(labels), {v.data(), 4, 3}, 2),
      ContainsSubstring("train rows are (4, 3), labels are (3)"));
  CHECK_THROWS_WITH(
      knn_predict(device, scratch, {v.data(), 3, 4}, view<Cpu>(labels), {v.data(), 3, 4}, 1),
      ContainsSubstring("train row 1 is 1, classes are 1"));
}
