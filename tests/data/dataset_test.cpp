#include <selfsame/data/dataset.hpp>
#include "support/catch.hpp"

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

namespace {
xt::xtensor<std::uint8_t, 4> images(std::size_t count) {
  auto x = xt::xtensor<std::uint8_t, 4>::from_shape({count, 2, 3, 1});
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<std::uint8_t>(i);
  return x;
}
std::uint8_t first_pixel(const Dataset& set, Index i) {
  return std::get<PixelsOf<const std::uint8_t>>(set[i]).data[0];
}
}  // namespace

TEST_CASE("a data set has the images, labels and shape that it was given", "[data]") {
  const Dataset set(images(4), {0, 2, -1, 1}, {"a", "b", "c", "d"});
  CHECK(set.size() == 4);
  CHECK(set.image() == Shape{1, 2, 3, 1});
  CHECK(set.classes() == 4);
  CHECK(set.label(1) == 2);
  CHECK_FALSE(set.labelled());
  CHECK(first_pixel(set, 3) == 18);
  CHECK(Dataset(images(2), {0, 4}).classes() == 5);
  CHECK(Dataset(images(2)).label(1) == -1);
}

TEST_CASE("borrowed images are not copied", "[data]") {
  const std::vector<std::uint16_t> numbers(2 * 5 * 5 * 4, 7);
  const Dataset set = Dataset::borrow(numbers.data(), {2, 5, 5, 4});
  CHECK(std::get<PixelsOf<const std::uint16_t>>(set[1]).data == numbers.data() + 100);
  const std::vector<float> floats(12);
  CHECK(std::get<ConstPixels>(Dataset::borrow(floats.data(), {1, 2, 2, 3})[0]).data ==
        floats.data());
}

TEST_CASE("images that lie apart are borrowed one by one", "[data]") {
  const std::vector<std::uint8_t> first(12, 1), second(12, 2), third(12, 3);
  const std::vector<Index> some = {2, 0};
  const Dataset set = Dataset::borrow(std::vector{first.data(), second.data(), third.data()},
                                      {1, 2, 2, 3}, {0, 1, 0});
  CHECK(set.size() == 3);
  CHECK(set.image() == Shape{1, 2, 2, 3});
  CHECK(std::get<PixelsOf<const std::uint8_t>>(set[1]).data == second.data());
  CHECK(std::get<PixelsOf<const std::uint8_t>>(set.subset(some)[0]).data == third.data());
  CHECK_THROWS_WITH(Dataset::borrow(std::vector{first.data()}, {1, 2, 2, 3}, {0, 1}),
                    ContainsSubstring("1 images, 2 labels"));
}

TEST_CASE("the owner of borrowed images lives as long as a subset of them", "[data]") {
  const auto owner = std::make_shared<std::vector<float>>(12, 0.5f);
  const std::vector<Index> some = {1};
  Dataset part = Dataset::borrow(owner->data(), {2, 2, 3, 1}, {}, {}, owner).subset(some);
  CHECK(owner.use_count() == 2);
  part = Dataset();
  CHECK(owner.use_count() == 1);
}

TEST_CASE("subsets share the pixels, also of subsets, and outlive the whole", "[data]") {
  Dataset part;
  {
    const Dataset set(images(5), {0, 1, 2, 3, 4});
    const std::vector<Index> some = {4, 2, 0}, less = {1, 1};
    CHECK(set.subset(some).label(0) == 4);
    part = set.subset(some).subset(less);
    CHECK(set.first(2).size() == 2);
    CHECK(set.first(9).size() == 5);
  }
  CHECK(part.size() == 2);
  CHECK(part.label(0) == 2);
  CHECK(part.classes() == 5);
  CHECK(first_pixel(part, 1) == 12);
  CHECK(part.unlabelled().label(0) == -1);
  const Dataset known = Dataset(images(3), {2, -1, 0}).labelled_part();
  CHECK(known.labels() == std::vector<Index>{2, 0});
  CHECK(first_pixel(known, 1) == 12);
}

TEST_CASE("what does not fit is refused with both sides", "[data]") {
  CHECK_THROWS_WITH(Dataset(images(3), {0, 1}), ContainsSubstring("3 images, 2 labels"));
  CHECK_THROWS_WITH(Dataset(images(2), {0, 2}, {"a", "b"}), ContainsSubstring("label 1 is 2"));
  CHECK_THROWS_WITH(Dataset(images(1), {-2}), ContainsSubstring("label 0 is -2"));
  CHECK_THROWS_WITH(Dataset(images(3))[3], ContainsSubstring("no sample 3 among 3"));
  CHECK_THROWS_AS(Dataset(images(3)).label(-1), std::invalid_argument);
}
