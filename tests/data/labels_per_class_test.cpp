#include <selfsame/data/labels_per_class.hpp>
#include "support/catch.hpp"

#include <set>

using namespace selfsame;

namespace {
// 600 samples of 3 classes, and 100 without a label; each pixel is its sample's number.
Dataset numbered() {
  auto images = xt::xtensor<std::uint16_t, 4>::from_shape({700, 1, 1, 1});
  std::vector<Index> labels;
  for (Index i = 0; i < 700; ++i) {
    images.data()[i] = static_cast<std::uint16_t>(i);
    labels.push_back(i % 7 == 6 ? -1 : i % 7 % 3);
  }
  return Dataset(std::move(images), std::move(labels));
}
std::set<int> samples(const Dataset& set) {
  std::set<int> all;
  for (Index i = 0; i < set.size(); ++i)
    all.insert(std::get<PixelsOf<const std::uint16_t>>(set[i]).data[0]);
  return all;
}
}  // namespace

TEST_CASE("every class gets its number of labels, in the order of the data set", "[data]") {
  const Dataset few = labels_per_class(numbered(), 10, 1);
  CHECK(few.size() == 30);
  for (Index c = 0; c < 3; ++c)
    CHECK(std::count(few.labels().begin(), few.labels().end(), c) == 10);
  CHECK(samples(few).size() == 30);
  CHECK(labels_per_class(numbered(), 0, 1).size() == 0);
}

TEST_CASE("few labels are among the many of the same seed", "[data]") {
  const auto few = samples(labels_per_class(numbered(), 10, 1)),
             many = samples(labels_per_class(numbered(), 50, 1));
  CHECK(std::includes(many.begin(), many.end(), few.begin(), few.end()));
}

TEST_CASE("another seed draws other samples, and every sample is drawn by some seed", "[data]") {
  CHECK(samples(labels_per_class(numbered(), 10, 1)) ==
        samples(labels_per_class(numbered(), 10, 1)));
  std::set<int> all;
  Index total = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto some = samples(labels_per_class(numbered(), 10, seed));
    all.insert(some.begin(), some.end());
    total += static_cast<Index>(some.size());
  }
  CHECK(total == 6000);
  CHECK(all.size() > 595);  // of 600; each is missed with probability 0.95^200
}

TEST_CASE("a sample's place in the draw does not depend on the others", "[data]") {
  // Without the last samples, those drawn of the first ones stay drawn.
  const Dataset whole = numbered();
  const auto of_whole = samples(labels_per_class(whole, 20, 3)),
             of_part = samples(labels_per_class(whole.first(500), 20, 3));
  for (const int i : of_whole)
    if (i < 500) CHECK(of_part.count(i) == 1);
}

TEST_CASE("a class with too few samples is named", "[data]") {
  CHECK_THROWS_WITH(
      labels_per_class(numbered(), 201, 1),
      Catch::Matchers::ContainsSubstring("class 0 has 200 labelled samples, asked for 201"));
}

TEST_CASE("rows are drawn by their labels alone as images are", "[data]") {
  const Dataset set = numbered();
  const std::vector<Index> rows = labels_per_class(set.labels(), 3, 10, 5);
  const auto drawn = samples(labels_per_class(set, 10, 5));
  CHECK(std::vector<int>(rows.begin(), rows.end()) == std::vector<int>(drawn.begin(), drawn.end()));
  const std::vector<Index> labels{0, 2, -1};
  CHECK_THROWS_WITH(labels_per_class(labels, 2, 1, 0),
                    Catch::Matchers::ContainsSubstring("label 1 is 2; it must be -1 or in [0, 2)"));
  CHECK_THROWS_WITH(labels_per_class(labels, 3, 2, 0, {"a", "b", "c"}),
                    Catch::Matchers::ContainsSubstring("class 0 ('a') has 1"));
}

TEST_CASE("labels with gaps are drawn as the same ones without, however large they are", "[data]") {
  const Dataset plain = numbered();
  std::vector<Index> apart = plain.labels();
  for (Index& label : apart)
    if (label >= 0) label = 5 + 400'000'000 * label;
  auto images = xt::xtensor<std::uint16_t, 4>::from_shape({700, 1, 1, 1});
  for (Index i = 0; i < 700; ++i) images.data()[i] = static_cast<std::uint16_t>(i);
  const Dataset with_gaps(std::move(images), apart);
  CHECK(samples(labels_per_class(with_gaps, 10, 1)) == samples(labels_per_class(plain, 10, 1)));
}
