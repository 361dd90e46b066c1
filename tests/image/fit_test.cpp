#include <selfsame/image/fit.hpp>
#include <selfsame/image/flip.hpp>
#include "image/test_image.hpp"
#include "support/catch.hpp"
#include "support/golden.hpp"

using namespace selfsame;

namespace {
std::vector<float> fitted(TestImage image, Index height, Index width) {
  Workspace scratch;
  TestImage to{height, width, image.channels};
  fit(image.source(), to.pixels(), scratch);
  return to.numbers;
}
}  // namespace

TEST_CASE("fitting has the numbers of Pillow's ImageOps.fit", "[image]") {
  const Golden golden = Golden::read("image/fit.txt");
  const auto [name, height, width] = GENERATE(table<std::string, Index, Index>({{"same", 11, 13},
                                                                                {"smaller", 4, 5},
                                                                                {"square", 5, 5},
                                                                                {"tall", 9, 2},
                                                                                {"larger", 20, 31},
                                                                                {"one", 1, 1}}));
  const auto result = fitted(waves(11, 13, 3), height, width);
  const auto& expected = golden[name].values;
  REQUIRE(result.size() == expected.size());
  for (std::size_t i = 0; i < result.size(); ++i)
    CHECK(std::abs(double{result[i]} - expected[i]) < 2e-6);
}

TEST_CASE("an image of the same extents is copied, bytes and 16 bits are scaled", "[image]") {
  CHECK(fitted(waves(5, 7, 3), 5, 7) == waves(5, 7, 3).numbers);
  Workspace scratch;
  const std::vector<std::uint16_t> numbers = {0, 65535, 13107, 26214};
  const std::vector<std::uint8_t> bytes = {0, 255, 51, 102};
  std::vector<float> to(4);
  fit(PixelsOf<const std::uint8_t>{bytes.data(), 2, 2, 1}, {to.data(), 2, 2, 1}, scratch);
  CHECK(to[1] == Approx(1));
  CHECK(to[3] == Approx(0.4));
  fit(PixelsOf<const std::uint16_t>{numbers.data(), 2, 2, 1}, {to.data(), 2, 2, 1}, scratch);
  CHECK(to[1] == Approx(1));
  CHECK(to[3] == Approx(0.4));
}

TEST_CASE("a constant image stays constant at any size", "[image]") {
  TestImage image{9, 4, 3};
  std::fill(image.numbers.begin(), image.numbers.end(), 0.625f);
  for (const Index height : {1, 3, 8, 30})
    for (const Index width : {1, 5, 17})
      for (const float x : fitted(image, height, width)) CHECK(x == Approx(0.625f).epsilon(1e-6));
}

TEST_CASE("a mirrored image is fitted to the mirrored result", "[image]") {
  TestImage image = waves(6, 9, 3), result{4, 4, 3};
  result.numbers = fitted(image, 4, 4);
  flip(image.pixels());
  flip(result.pixels());
  CHECK(largest_difference(fitted(image, 4, 4), result.numbers) < 1e-6f);
}
