#include <selfsame/io/decoded_image.hpp>
#include "support/catch.hpp"

#include <vector>

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

namespace {
//  1 2 3
//  4 5 6
xt::xtensor<std::uint8_t, 3> six() {
  auto image = xt::xtensor<std::uint8_t, 3>::from_shape({2, 3, 1});
  for (std::size_t i = 0; i < 6; ++i) image.data()[i] = static_cast<std::uint8_t>(i + 1);
  return image;
}
std::vector<int> numbers(const xt::xtensor<std::uint8_t, 3>& image) {
  return {image.data(), image.data() + image.size()};
}
}  // namespace

TEST_CASE("an image is turned as its orientation says", "[io]") {
  const std::vector<std::vector<int>> turned = {
      {1, 2, 3, 4, 5, 6}, {3, 2, 1, 6, 5, 4}, {6, 5, 4, 3, 2, 1}, {4, 5, 6, 1, 2, 3},
      {1, 4, 2, 5, 3, 6}, {4, 1, 5, 2, 6, 3}, {6, 3, 5, 2, 4, 1}, {3, 6, 2, 5, 1, 4}};
  for (int o = 1; o <= 8; ++o) {
    const auto image = upright({six(), o});
    CHECK(numbers(image) == turned[static_cast<std::size_t>(o - 1)]);
    CHECK(image.shape(0) == (o < 5 ? 2u : 3u));
  }
}

TEST_CASE("pixels are turned whole", "[io]") {
  auto image = xt::xtensor<std::uint8_t, 3>::from_shape({1, 2, 3});
  for (std::size_t i = 0; i < 6; ++i) image.data()[i] = static_cast<std::uint8_t>(i);
  CHECK(numbers(upright({image, 2})) == std::vector<int>{3, 4, 5, 0, 1, 2});
}

TEST_CASE("grey becomes three times itself and comes back from it", "[io]") {
  const auto three = with_channels(six(), 3);
  CHECK(numbers(three) == std::vector<int>{1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6});
  CHECK(numbers(with_channels(three, 1)) == numbers(six()));
  CHECK(numbers(with_channels(six(), 1)) == numbers(six()));
}

TEST_CASE("sizes that no memory or no file holds are told apart from others", "[io]") {
  CHECK(detail::too_large(1 << 14, 1 << 14, std::size_t{1} << 30, 8).empty());
  CHECK_THAT(detail::too_large((1 << 14) + 1, 1 << 14, std::size_t{1} << 30, 8),
             ContainsSubstring("16385 x 16384, more than 2^28 pixels"));
  CHECK(detail::too_large(8, 8, 8, 8).empty());
  CHECK_THAT(detail::too_large(8, 9, 8, 8), ContainsSubstring("8 bytes cannot hold"));
}
