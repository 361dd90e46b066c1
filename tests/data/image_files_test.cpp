#include "io/image_files.hpp"
#include <selfsame/data/image_files.hpp>
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;
namespace fs = std::filesystem;

namespace {
// The golden image at (name), at its own extents of 11 x 13.
constexpr Shape own{1, 11, 13, 3};
void copy(const char* name, const fs::path& to) {
  fs::create_directories(to.parent_path());
  fs::copy_file(golden_image_path(name), to);
}
int difference(const Dataset& set, Index i, const char* name) {
  auto image = xt::xtensor<std::uint8_t, 3>::from_shape({11, 13, 3});
  std::copy_n(std::get<PixelsOf<const std::uint8_t>>(set[i]).data, image.size(), image.data());
  return selfsame::difference(image, name);
}
void make_folder(const fs::path& folder) {
  copy("rgb.jpg", folder / "b" / "1.jpg");
  copy("rgb8.png", folder / "b" / "2.png");
  copy("palette.png", folder / "a" / "x.png");
}
}  // namespace

TEST_CASE("a folder of PNG and JPEG is a data set with its classes", "[data]") {
  const TemporaryFolder folder;
  make_folder(folder / ".");
  const Dataset set = read_images(Cpu{}, list_folder(folder / "."), own);
  REQUIRE(set.size() == 3);
  CHECK(set.names() == std::vector<std::string>{"a", "b"});
  CHECK(set.labels() == std::vector<Index>{0, 1, 1});
  CHECK(difference(set, 0, "palette.png") == 0);
  CHECK(difference(set, 1, "rgb.jpg") <= 1);
  CHECK(difference(set, 2, "rgb8.png") == 0);
}

TEST_CASE("a packed folder has the bytes of one that was read, with any number of threads",
          "[data]") {
  const TemporaryFolder folder;
  make_folder(folder / "in");
  const ImageList list = list_folder(folder / "in");
  const Shape shape{1, 7, 5, 1};
  const Dataset read = read_images(Cpu{}, list, shape);
  for (const int threads : {1, 2, 3}) {
    CHECK(pack_images(Cpu{.threads = threads}, list, shape, folder / "out") == 3);
    const Dataset set = map_packed(folder / "out");
    REQUIRE(set.size() == 3);
    CHECK(set.image() == shape);
    CHECK(set.labels() == read.labels());
    for (Index i = 0; i < 3; ++i)
      CHECK(std::equal(std::get<PixelsOf<const std::uint8_t>>(set[i]).data,
                       std::get<PixelsOf<const std::uint8_t>>(set[i]).data + 35,
                       std::get<PixelsOf<const std::uint8_t>>(read[i]).data));
  }
}

TEST_CASE("a damaged image is an error with its name, or left out and counted", "[data]") {
  const TemporaryFolder folder;
  make_folder(folder / ".");
  write_file(folder / "b" / "15.jpg", golden_image("rgb.jpg").substr(0, 400));
  const ImageList list = list_folder(folder / ".");
  CHECK_THROWS_WITH(read_images(Cpu{}, list, own),
                    ContainsSubstring("15.jpg', byte ") && ContainsSubstring("ends within"));
  CHECK_THROWS_AS(pack_images(Cpu{}, list, own, folder / "out"), std::runtime_error);
  CHECK_FALSE(is_packed(folder / "out"));
  std::vector<SkippedImage> skipped;
  const Dataset set = read_images(Cpu{.threads = 2}, list, own, &skipped);
  CHECK(set.size() == 3);
  CHECK(set.labels() == std::vector<Index>{0, 1, 1});
  REQUIRE(skipped.size() == 1);
  CHECK(skipped[0].file.filename() == "15.jpg");
  CHECK_THAT(skipped[0].why, ContainsSubstring("ends within"));
}

TEST_CASE("more images than are decoded at a time keep their order", "[data]") {
  ImageList list;
  for (Index i = 0; i < 150; ++i) {
    list.files.push_back(golden_image_path(i % 3 == 0 ? "rgb8.png" : "grey8.png"));
    list.labels.push_back(i);
  }
  const Dataset set = read_images(Cpu{.threads = 2}, list, own);
  REQUIRE(set.size() == 150);
  for (Index i = 0; i < 150; ++i) {
    CHECK(set.label(i) == i);
    CHECK((difference(set, i, "rgb8.png") == 0) == (i % 3 == 0));
  }
}

TEST_CASE("a shape that no file can have, and labels of other files, are refused", "[data]") {
  const TemporaryFolder folder;
  const ImageList list{{golden_image_path("rgb8.png")}, {-1}, {}};
  CHECK_THROWS_WITH(read_images(Cpu{}, list, {1, 4, 4, 2}), ContainsSubstring("asked for 2"));
  CHECK_THROWS_WITH(read_images(Cpu{}, list, {1, 0, 4, 3}),
                    ContainsSubstring("0 x 4 have no pixel"));
  CHECK_THROWS_WITH(pack_images(Cpu{}, {list.files, {}, {}}, own, folder / "out"),
                    ContainsSubstring("1 files, 0 labels"));
  CHECK_FALSE(std::filesystem::exists(folder / "out"));
}

TEST_CASE("what a list could not look at is an error, or left out and named", "[data]") {
  const TemporaryFolder folder;
  make_folder(folder / ".");
  fs::create_symlink("/nowhere.png", folder / "a" / "z.png");
  const ImageList list = list_folder(folder / ".");
  CHECK_THROWS_WITH(read_images(Cpu{}, list, own),
                    ContainsSubstring("z.png' is a link that leads nowhere"));
  CHECK_THROWS_AS(pack_images(Cpu{}, list, own, folder / "out"), std::runtime_error);
  std::vector<SkippedImage> skipped;
  CHECK(read_images(Cpu{}, list, own, &skipped).labels() == std::vector<Index>{0, 1, 1});
  REQUIRE(skipped.size() == 1);
  CHECK(skipped[0].file.filename() == "z.png");
}

TEST_CASE("a class whose images are all damaged keeps its label, and a set of none is an error",
          "[data]") {
  const TemporaryFolder folder;
  make_folder(folder / ".");
  write_file(folder / "a" / "x.png", "damaged");
  std::vector<SkippedImage> skipped;
  const Dataset set = read_images(Cpu{}, list_folder(folder / "."), own, &skipped);
  CHECK(set.labels() == std::vector<Index>{1, 1});
  CHECK(set.names() == std::vector<std::string>{"a", "b"});
  const ImageList damaged{{folder / "a" / "x.png"}, {-1}, {}};
  CHECK_THROWS_WITH(pack_images(Cpu{}, damaged, own, folder / "out", &skipped),
                    ContainsSubstring("x.png', byte 0") && ContainsSubstring("none of 1 images"));
  CHECK_FALSE(is_packed(folder / "out"));
}

TEST_CASE("names and labels that no set can have are refused before an image is decoded",
          "[data]") {
  const auto refused = [](const std::vector<Index>& labels, const std::vector<std::string>& names,
                          const std::string& why) {
    const ImageList list{{"/nowhere.png"}, labels, names};
    CHECK_THROWS_WITH(read_images(Cpu{}, list, own), ContainsSubstring(why));
  };
  refused({0}, {"caf\xe9"}, "class 0 is named 'caf\\xe9'; a name is UTF-8");
  refused({0}, {"a\nb"}, "one line of text");
  refused({0}, {"a", "a"}, "so is class 0");
  refused({2}, {"a", "b"}, "'/nowhere.png' has label 2");
  refused({-2}, {}, "'/nowhere.png' has label -2");
}
