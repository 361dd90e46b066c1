#include <selfsame/image/crop_resize.hpp>
#include "image/test_image.hpp"
#include "support/catch.hpp"
#include "support/golden.hpp"

using namespace selfsame;

namespace {

double kernel(Interpolation interpolation, double x) {
  x = std::abs(x);
  if (interpolation == Interpolation::bilinear) return std::max(0.0, 1 - x);
  const double a = -0.5;  // Keys 1981, eq. 4
  if (x <= 1) return (a + 2) * x * x * x - (a + 3) * x * x + 1;
  if (x < 2) return a * x * x * x - 5 * a * x * x + 8 * a * x - 4 * a;
  return 0;
}

// One number of the result, from its definition: sum over all places near it, clamped to the box.
double naive(ConstPixels image, Box box, Interpolation interpolation, Shape out, Index y, Index x,
             Index c) {
  const auto centre = [](Index o, Index in, Index n) {
    return (static_cast<double>(o) + 0.5) * static_cast<double>(in) / static_cast<double>(n) - 0.5;
  };
  const double cy = centre(y, box.height, out.height), cx = centre(x, box.width, out.width);
  double sum = 0;
  for (Index v = -3; v < box.height + 3; ++v)
    for (Index u = -3; u < box.width + 3; ++u)
      sum += kernel(interpolation, static_cast<double>(v) - cy) *
             kernel(interpolation, static_cast<double>(u) - cx) *
             static_cast<double>(image(box.top + std::clamp(v, Index{0}, box.height - 1),
                                       box.left + std::clamp(u, Index{0}, box.width - 1), c));
  return sum;
}

}  // namespace

TEST_CASE("a resized crop agrees with the sum that defines it", "[image]") {
  const auto interpolation = GENERATE(Interpolation::bilinear, Interpolation::bicubic);
  const Index channels = GENERATE(1, 3, 5);
  const auto [box, height, width] = GENERATE(table<Box, Index, Index>({
      {{0, 0, 9, 11}, 9, 11},   // as it is
      {{0, 0, 9, 11}, 4, 5},    // smaller
      {{0, 0, 9, 11}, 20, 13},  // larger
      {{2, 3, 5, 7}, 8, 8},     // a part
      {{8, 10, 1, 1}, 3, 2},    // one pixel, in the corner
      {{0, 4, 9, 1}, 1, 1},
  }));
  CAPTURE(interpolation, channels, box.top, box.left, box.height, box.width, height, width);
  const TestImage image = waves(9, 11, channels);
  TestImage out{height, width, channels};
  std::fill(out.numbers.begin(), out.numbers.end(), NAN);
  Workspace scratch;
  crop_resize(image.source(), box, interpolation, out.pixels(), scratch);
  for (Index y = 0; y < height; ++y)
    for (Index x = 0; x < width; ++x)
      for (Index c = 0; c < channels; ++c)
        REQUIRE(static_cast<double>(out.pixels()(y, x, c)) ==
                Approx(naive(std::get<ConstPixels>(image.source()), box, interpolation,
                             out.pixels().shape(), y, x, c))
                    .margin(1e-6));
}

TEST_CASE("a box of the view's own size is copied exactly", "[image]") {
  const auto interpolation = GENERATE(Interpolation::bilinear, Interpolation::bicubic);
  TestImage image = waves(6, 7, 3), out{4, 5, 3};
  Workspace scratch;
  crop_resize(image.source(), {1, 2, 4, 5}, interpolation, out.pixels(), scratch);
  for (Index y = 0; y < 4; ++y)
    for (Index i = 0; i < 15; ++i)
      REQUIRE(out.pixels().row(y)[i] == image.pixels().row(y + 1)[6 + i]);
}

TEST_CASE("bytes, 16-bit numbers and floats of one picture give one view", "[image]") {
  std::vector<std::uint8_t> bytes;
  std::vector<std::uint16_t> words;
  TestImage image{5, 5, 2};
  for (std::size_t i = 0; i < image.numbers.size(); ++i) {
    bytes.push_back(static_cast<std::uint8_t>(i * 37));
    words.push_back(static_cast<std::uint16_t>(bytes.back() * 257));
    image.numbers[i] = static_cast<float>(bytes.back()) / 255;
  }
  TestImage a{8, 3, 2}, b{8, 3, 2}, c{8, 3, 2};
  Workspace scratch;
  const Box box{0, 1, 5, 4};
  crop_resize(PixelsOf<const std::uint8_t>{bytes.data(), 5, 5, 2}, box, Interpolation::bicubic,
              a.pixels(), scratch);
  crop_resize(PixelsOf<const std::uint16_t>{words.data(), 5, 5, 2}, box, Interpolation::bicubic,
              b.pixels(), scratch);
  crop_resize(image.source(), box, Interpolation::bicubic, c.pixels(), scratch);
  CHECK(largest_difference(a.numbers, c.numbers) < 1e-6f);
  CHECK(largest_difference(b.numbers, c.numbers) < 1e-6f);
}

TEST_CASE("resizing allocates nothing the second time", "[image]") {
  const TestImage image = waves(40, 40, 3);
  TestImage out{32, 32, 3};
  Workspace scratch;
  crop_resize(image.source(), {0, 0, 40, 40}, Interpolation::bicubic, out.pixels(), scratch);
  const std::size_t before = scratch.capacity();
  for (int i = 0; i < 3; ++i)
    crop_resize(image.source(), {0, 0, 40, 40}, Interpolation::bicubic, out.pixels(), scratch);
  CHECK(scratch.capacity() == before);
}

TEST_CASE("bilinear crops are torchvision's", "[image]") {
  const auto [name, height, width] = GENERATE(
      table<std::string, Index, Index>({{"bilinear_smaller", 3, 4}, {"bilinear_larger", 11, 8}}));
  const Golden golden = Golden::read("image/pixels.txt");
  const TestImage image = waves(7, 9, 3);
  TestImage out{height, width, 3};
  Workspace scratch;
  crop_resize(image.source(), {1, 2, 5, 6}, Interpolation::bilinear, out.pixels(), scratch);
  CHECK(largest_difference(out.numbers, golden[name].as<float>()) < 1e-6f);
}

TEST_CASE("bicubic enlargements are Pillow's away from the edges", "[image]") {
  // Pillow leaves pixels beyond the edge out and divides by the weights that remain; we repeat the
  // edge.
  const Golden golden = Golden::read("image/pixels.txt");
  const std::vector<float> wanted = golden["bicubic_larger"].as<float>();
  const TestImage image = waves(7, 9, 3);
  TestImage out{14, 20, 3};
  Workspace scratch;
  crop_resize(image.source(), {0, 0, 7, 9}, Interpolation::bicubic, out.pixels(), scratch);
  for (Index y = 3; y < 11; ++y)
    for (Index i = 4 * 3; i < 16 * 3; ++i)
      REQUIRE(out.pixels().row(y)[i] ==
              Approx(wanted[static_cast<std::size_t>(y * 60 + i)]).margin(1e-6));
}
