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

TEST_CASE("floats beyond [0, 1] are refused with their range and what to do", "[data]") {
  // image 1, number 4 is the first that is wrong
  const auto refused = [](std::vector<float> wrong, const std::string& why) {
    std::vector<float> numbers(5 * 96, 0.5f);
    numbers[0] = 0;
    numbers[1] = 1;
    numbers[2] = -0.f;
    std::copy(wrong.begin(), wrong.end(), numbers.begin() + 100);
    CHECK_THROWS_WITH(Dataset::borrow(numbers.data(), {5, 8, 4, 3}), ContainsSubstring(why));
    std::vector<const float*> each;
    for (std::size_t i = 0; i < 5; ++i) each.push_back(numbers.data() + 96 * i);
    CHECK_THROWS_WITH(Dataset::borrow(each, {1, 8, 4, 3}), ContainsSubstring(why));
    auto owned = xt::xtensor<float, 4>::from_shape({5, 8, 4, 3});
    std::copy(numbers.begin(), numbers.end(), owned.data());
    CHECK_THROWS_WITH(Dataset(std::move(owned)), ContainsSubstring(why));
  };
  refused({255, 13},
          "selfsame: pixels are from 0 to 255 (number 4 of image 1 is 255); floats must be in [0, "
          "1]: divide them by 255, or give bytes");
  refused({4095}, "from 0 to 4095 (number 4 of image 1 is 4095); floats must be in [0, 1]: divide");
  refused({1.0000001f}, "clip them");
  refused({-0.01f}, "clip them");
  refused({-1}, "from -1 to 1 (number 4 of image 1 is -1); floats must be in [0, 1]: take (x + 1)");
  refused({-2.1f, 2.6f}, "the augmenter normalises");
  refused({std::numeric_limits<float>::quiet_NaN()}, "1 pixels are NaN or infinite (number 4");
  refused({1, -std::numeric_limits<float>::infinity()}, "1 pixels are NaN or infinite (number 5");
}

TEST_CASE("every float of an image is looked at, wherever it stands", "[data]") {
  for (const Index size : {1, 2, 63, 64, 65, 128, 131})
    for (Index at = 0; at < size; ++at) {
      std::vector<float> numbers(static_cast<std::size_t>(size), 1.f);
      CHECK_NOTHROW(Dataset::borrow(numbers.data(), {1, 1, size, 1}));
      numbers[static_cast<std::size_t>(at)] = 1.5f;
      CHECK_THROWS_AS(Dataset::borrow(numbers.data(), {1, 1, size, 1}), std::invalid_argument);
      if (at > 0) numbers[0] = -0.f;  // which is 0
      CHECK_THROWS_AS(Dataset::borrow(numbers.data(), {1, 1, size, 1}), std::invalid_argument);
    }
}

TEST_CASE("images without a number, without memory, or fewer than none are refused", "[data]") {
  const std::vector<std::uint8_t> one(12);
  for (const Shape shape :
       {Shape{1, 0, 2, 3}, Shape{1, 2, 0, 3}, Shape{1, 2, 2, 0}, Shape{1, 2, -2, -3}})
    CHECK_THROWS_WITH(Dataset::borrow(one.data(), shape), ContainsSubstring("have no number"));
  CHECK_THROWS_WITH(Dataset::borrow(one.data(), {-1, 2, 2, 3}),
                    ContainsSubstring("set of -1 images"));
  CHECK_THROWS_WITH(Dataset::borrow(static_cast<const float*>(nullptr), {2, 2, 2, 3}),
                    ContainsSubstring("image 0 is a null pointer"));
  CHECK_THROWS_WITH(
      Dataset::borrow(std::vector<const std::uint8_t*>{one.data(), nullptr}, {1, 2, 2, 3}),
      ContainsSubstring("image 1 is a null pointer"));
  CHECK(Dataset::borrow(one.data(), {0, 2, 2, 3}).size() == 0);
}

TEST_CASE("labels that would be more classes than there can be, and names twice, are refused",
          "[data]") {
  CHECK_THROWS_WITH(Dataset(images(1), {most_classes}), ContainsSubstring("in [0, 1000000000)"));
  CHECK_THROWS_WITH(Dataset(images(1), {std::numeric_limits<Index>::max()}),
                    ContainsSubstring("label 0 is 9223372036854775807"));
  CHECK_THROWS_WITH(Dataset(images(1), {0}, {"a", "b", "a"}),
                    ContainsSubstring("class 2 is named 'a'; so is class 0"));
}
