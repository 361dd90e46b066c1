#include <selfsame/assigner/pseudo_labels.hpp>

#include "loss/row_reference.hpp"

using namespace selfsame;
using namespace selfsame::test;
using Catch::Matchers::ContainsSubstring;

namespace {

template <class D>
std::vector<Index> labels_at(const Dense& z, double threshold, LabelCount* count = nullptr) {
  const Strided<D> logits(z);
  std::vector<Index> labels(static_cast<std::size_t>(z.rows()), -9);
  const LabelCount c = threshold_labels(D{.threads = 2}, logits.in(), view<D>(labels), {threshold});
  if (count != nullptr) *count = c;
  return labels;
}

}  // namespace

TEMPLATE_TEST_CASE("Pseudo-labels are the sure arg-max, and -1 elsewhere", "[assigner]",
                   SELFSAME_TEST_DEVICES) {
  const auto [rows, classes] =
      GENERATE(table<Index, Index>({{0, 3}, {1, 1}, {2, 2}, {257, 7}, {40, 1000}}));
  const double threshold = GENERATE(0.0, 0.5, 0.95);
  Dense z = noise(rows, classes, 1);
  for (Index i = 0; i < rows; i += 3) z(i, (5 * i) % classes) += 15;
  LabelCount count;
  const auto labels = labels_at<TestType>(z, threshold, &count);
  const auto best = largest(z);
  const Dense p = softmax_of(z);
  Index kept = 0;
  for (Index i = 0; i < rows; ++i) {
    const bool sure = p.row(i).maxCoeff() >= threshold;
    kept += sure;
    CHECK(labels[static_cast<std::size_t>(i)] == (sure ? best[static_cast<std::size_t>(i)] : -1));
  }
  CHECK((count.kept == kept && count.undefined == 0));
}

TEMPLATE_TEST_CASE("The threshold of pseudo-labels is inclusive and that of the closed form",
                   "[assigner]", SELFSAME_TEST_DEVICES) {
  using D = TestType;
  CHECK(labels_at<D>(Dense::Constant(1, 2, 4), .5) == std::vector<Index>{0});
  CHECK(labels_at<D>(Dense::Constant(1, 2, 4), .5000001) == std::vector<Index>{-1});
  CHECK(labels_at<D>(Dense::Constant(1, 10, 4), .95) == std::vector<Index>{-1});
  for (const Index classes : {10, 100}) {
    Dense z = Dense::Zero(2, classes);
    const double margin = std::log(static_cast<double>(classes - 1) * .95 / .05);
    z(0, 3) = margin - 1e-3, z(1, 3) = margin + 1e-3;
    CHECK(labels_at<D>(z, .95) == std::vector<Index>{-1, 3});
  }
}

TEST_CASE("Pseudo-labels have the golden numbers of FixMatch", "[assigner]") {
  Dense z(4, 4);
  for (Index j = 0; j < 16; ++j) z(j / 4, j % 4) = 3 * std::sin(2 + 3 * static_cast<double>(j));
  CHECK(labels_at<F64>(z, .5) == std::vector<Index>{2, 0, 0, -1});
  CHECK(labels_at<F64>(z, 0) == std::vector<Index>{2, 0, 0, 0});
  const double sure[] = {.5580549095, .5558423713, .6358320947, .4377691685};
  for (Index i = 0; i < 4; ++i) {
    CHECK(labels_at<F64>(z.row(i), sure[i] - 1e-9)[0] >= 0);
    CHECK(labels_at<F64>(z.row(i), sure[i] + 1e-9)[0] == -1);
  }
}

TEMPLATE_TEST_CASE("A row without a softmax is refused by its number", "[assigner]",
                   SELFSAME_TEST_DEVICES) {
  Dense z = noise(3, 5, 1);
  z(1, 2) = GENERATE(double{NAN}, double{INFINITY});
  CHECK_THROWS_WITH(labels_at<TestType>(z, 0),
                    ContainsSubstring("row 1 of the logits is not finite"));
  z(1, 2) = -INFINITY;  // a class that cannot be
  CHECK(labels_at<TestType>(z, 0)[1] >= 0);
}

TEST_CASE("Pseudo-labels are one a row, and each rank's its own", "[assigner]") {
  static_assert(std::same_as<Threshold::plays, role::Assigner>);
  CHECK(Threshold{}.threshold == .95);
  Strided<Cpu> z(noise(4, 3, 1));
  std::vector<Index> labels(3);
  CHECK_THROWS_WITH(threshold_labels(Cpu{}, z.in(), view<Cpu>(labels)),
                    ContainsSubstring("(4, 3)") && ContainsSubstring("labels are 3"));
}
