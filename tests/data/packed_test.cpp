#include <selfsame/data/packed.hpp>
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

namespace {
const std::vector<std::uint8_t> pixels = [] {
  std::vector<std::uint8_t> numbers(3 * 2 * 2 * 3);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<std::uint8_t>(7 * i);
  return numbers;
}();
void write_three(const std::filesystem::path& folder) {
  PackedWriter writer(folder, {1, 2, 2, 3}, {"daisy", "rose"});
  writer.add(pixels.data(), 1);
  writer.add(pixels.data() + 12, -1);
  writer.add(pixels.data() + 24, 0);
  writer.commit();
}
}  // namespace

TEST_CASE("packed images come back with their labels and names", "[data]") {
  const TemporaryFolder folder;
  CHECK_FALSE(is_packed(folder / "set"));
  write_three(folder / "set");
  CHECK(is_packed(folder / "set"));
  const Dataset set = map_packed(folder / "set");
  REQUIRE(set.size() == 3);
  CHECK(set.image() == Shape{1, 2, 2, 3});
  CHECK(set.labels() == std::vector<Index>{1, -1, 0});
  CHECK(set.names() == std::vector<std::string>{"daisy", "rose"});
  for (Index i = 0; i < 3; ++i)
    for (Index k = 0; k < 12; ++k)
      CHECK(std::get<PixelsOf<const std::uint8_t>>(set[i]).data[k] ==
            pixels[static_cast<std::size_t>(12 * i + k)]);
}

TEST_CASE("a set and its subsets keep the mapping, also when the folder is gone", "[data]") {
  Dataset part;
  {
    const TemporaryFolder folder;
    write_three(folder / "set");
    const std::vector<Index> some = {2};
    part = map_packed(folder / "set").subset(some);
  }
  CHECK(std::get<PixelsOf<const std::uint8_t>>(part[0]).data[1] == pixels[25]);
}

TEST_CASE("without commit the old set stays, and its readers have it still after the next one",
          "[data]") {
  const TemporaryFolder folder;
  write_three(folder / "set");
  const Dataset old = map_packed(folder / "set");
  {
    PackedWriter writer(folder / "set", {1, 1, 1, 1});
    writer.add(pixels.data());
  }
  CHECK(map_packed(folder / "set").size() == 3);
  PackedWriter writer(folder / "set", {1, 1, 1, 1});
  for (int i = 0; i < 1000; ++i) writer.add(pixels.data() + i % 36);
  writer.commit();
  CHECK(map_packed(folder / "set").size() == 1000);
  CHECK(old.size() == 3);
  CHECK(std::get<PixelsOf<const std::uint8_t>>(old[2]).data[11] == pixels[35]);
}

TEST_CASE("arrays of NumPy are sets: grey images, floats, no labels", "[data]") {
  const TemporaryFolder folder;
  const std::vector<float> floats(2 * 3 * 4, 0.25f);
  write_file(folder / "images.npy", detail::npy_header<float>({2, 3, 4}) +
                                        std::string(detail::bytes_as_text(floats.data(), 24)));
  const Dataset set = map_packed(folder / ".");
  CHECK(set.image() == Shape{1, 3, 4, 1});
  CHECK(set.labels() == std::vector<Index>{-1, -1});
  CHECK(std::get<ConstPixels>(set[1]).data[11] == 0.25f);
}

TEST_CASE("what is no set of images is an error that names the file", "[data]") {
  const TemporaryFolder folder;
  CHECK_THROWS_AS(map_packed(folder / "."), std::system_error);
  write_file(folder / "images.npy", "");
  CHECK_THROWS_WITH(map_packed(folder / "."), ContainsSubstring("images.npy' is no .npy array"));
  write_file(folder / "images.npy", detail::npy_header<std::uint8_t>({2, 3}) + "123456");
  CHECK_THROWS_WITH(map_packed(folder / "."), ContainsSubstring("is (2, 3); images are (N, H, W)"));
  write_file(folder / "images.npy", detail::npy_header<std::uint8_t>({2, 3, 1}) + "12345");
  CHECK_THROWS_WITH(map_packed(folder / "."), ContainsSubstring("which its 5 bytes are not"));
  write_file(folder / "images.npy", detail::npy_header<std::int8_t>({2, 3, 1}) + "123456");
  CHECK_THROWS_WITH(map_packed(folder / "."), ContainsSubstring("neither bytes nor"));
  write_file(folder / "images.npy", detail::npy_header<std::uint8_t>({2, 3, 1}) + "123456");
  write_file(folder / "labels.npy", detail::npy_header<std::uint8_t>({3}) + std::string(3, '\0'));
  CHECK_THROWS_WITH(map_packed(folder / "."), ContainsSubstring("has 2 images, labels.npy is (3)"));
  write_npy(folder / "labels.npy", view<Cpu>(std::vector<Index>{0, 5}));
  write_file(folder / "names.txt", "daisy\n");
  CHECK_THROWS_WITH(map_packed(folder / "."), ContainsSubstring("label 1 is 5"));
  write_file(folder / "images.npy", detail::npy_header<std::uint8_t>({1'000'000'000'000, 0, 1}));
  CHECK_THROWS_WITH(map_packed(folder / "."), ContainsSubstring("a pixel at least"));
}

TEST_CASE("labels and names that no set can have are refused", "[data]") {
  const TemporaryFolder folder;
  PackedWriter writer(folder / "set", {1, 2, 2, 3}, {"daisy", "rose"});
  CHECK_THROWS_WITH(writer.add(pixels.data(), 2),
                    ContainsSubstring("label 2 is none of 2 classes"));
  CHECK_THROWS_AS(writer.add(pixels.data(), -2), std::invalid_argument);
  CHECK_THROWS_WITH(PackedWriter(folder / "other", {1, 1, 1, 1}, {"a\nb"}),
                    ContainsSubstring("one line of text"));
}
