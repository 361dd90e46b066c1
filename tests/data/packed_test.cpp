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
  CHECK_THROWS_WITH(map_packed(folder / "."), ContainsSubstring("has 2 images, labels.npy has 3"));
  write_npy(folder / "labels.npy", view<Cpu>(std::vector<Index>{0, 5}));
  write_file(folder / "names.txt", "daisy\n");
  CHECK_THROWS_WITH(map_packed(folder / "."), ContainsSubstring("labels.npy', row 1: label 5"));
  write_file(folder / "images.npy", detail::npy_header<std::uint8_t>({1'000'000'000'000, 0, 1}));
  CHECK_THROWS_WITH(map_packed(folder / "."), ContainsSubstring("a pixel at least"));
}

TEST_CASE("labels and names that no set can have are refused", "[data]") {
  const TemporaryFolder folder;
  PackedWriter writer(folder / "set", {1, 2, 2, 3}, {"daisy", "rose"});
  CHECK_THROWS_WITH(writer.add(pixels.data(), 2),
                    ContainsSubstring("label 2 is neither -1 nor in [0, 2)"));
  CHECK_THROWS_AS(writer.add(pixels.data(), -2), std::invalid_argument);
  CHECK_THROWS_WITH(PackedWriter(folder / "other", {1, 1, 1, 1}, {"a\nb"}),
                    ContainsSubstring("one line of text"));
  CHECK_THROWS_WITH(PackedWriter(folder / "other", {1, 1, 1, 1}, {"a", "a"}),
                    ContainsSubstring("so is class 0"));
  CHECK_THROWS_WITH(PackedWriter(folder / "other", {1, 1, 0, 1}), ContainsSubstring("no number"));
  CHECK_FALSE(std::filesystem::exists(folder / "other"));
}

TEST_CASE("packed floats beyond [0, 1] are refused with the file and their range", "[data]") {
  const TemporaryFolder folder;
  const auto put = [&](std::vector<float> floats) {
    write_file(folder / "images.npy", detail::npy_header<float>({2, 3, 4}) +
                                          std::string(detail::bytes_as_text(floats.data(), 24)));
  };
  std::vector<float> floats(24, 0.25f);
  floats[13] = 200;
  put(floats);
  CHECK_THROWS_WITH(
      map_packed(folder / "."),
      ContainsSubstring("images.npy': pixels are from 0.25 to 200 (number 1 of image 1 is 200)"));
  floats[13] = std::numeric_limits<float>::quiet_NaN();
  put(floats);
  CHECK_THROWS_WITH(map_packed(folder / "."), ContainsSubstring("1 pixels are NaN"));
  floats[13] = 1;
  put(floats);
  CHECK_NOTHROW(map_packed(folder / "."));
}

TEST_CASE("packed images in another order of numbers or bytes are refused by what they are",
          "[data]") {
  const TemporaryFolder folder;
  const auto refused = [&](const std::string& from, const std::string& to, const std::string& why) {
    std::string header = detail::npy_header<float>({1, 1, 1});
    write_file(folder / "images.npy",
               header.replace(header.find(from), from.size(), to) + std::string(4, '\0'));
    CHECK_THROWS_WITH(map_packed(folder / "."), ContainsSubstring(why));
  };
  refused("<f4", ">f4", "pixels of type >f4, neither bytes nor 32-bit floats");
  refused("<f4", "<U1", "pixels of type <U1");
  refused("False", "True ", "numpy.ascontiguousarray");
}

TEST_CASE("names.txt has a class a line, and one that it names twice or not at all is refused",
          "[data]") {
  const TemporaryFolder folder;
  write_three(folder / "set");
  const auto names = [&](const std::string& text) {
    write_file(folder / "set" / "names.txt", text);
    return map_packed(folder / "set").names();
  };
  CHECK(names("a b\r\nc\n\n\n") == std::vector<std::string>{"a b", "c"});
  CHECK_THROWS_WITH(names("daisy\ndaisy\n"),
                    ContainsSubstring("names.txt': class 1 is named 'daisy'; so is class 0"));
  CHECK_THROWS_WITH(names("daisy\n\nrose\n"), ContainsSubstring("class 1 is named ''"));
  CHECK_THROWS_WITH(names("daisy\n"), ContainsSubstring("labels.npy', row 0: label 1"));
}
