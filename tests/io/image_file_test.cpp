#include <selfsame/io/image_file.hpp>
#include "io/image_files.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("an image is upright whatever its orientation, as Pillow's exif_transpose has it",
          "[io]") {
  for (int o = 1; o <= 8; ++o)
    for (const char* end : {".png", ".jpg"}) {
      const std::string name = "orientation" + std::to_string(o) + end;
      INFO(name);
      CHECK(difference(read_image(golden_image_path(name)), name) <= 1);
    }
}

TEST_CASE("an image has the channels that were asked for", "[io]") {
  const auto grey = read_image(golden_image_path("grey8.png"), {.channels = 1});
  const auto three = read_image(golden_image_path("grey8.png"));
  CHECK(grey.shape(2) == 1);
  CHECK(three.shape(2) == 3);
  CHECK(three(4, 5, 2) == grey(4, 5, 0));
  CHECK(read_image(golden_image_path("rgba.png"), {.channels = 1}).shape(2) == 1);
  CHECK_THROWS_WITH(read_image(golden_image_path("rgba.png"), {.channels = 4}),
                    ContainsSubstring("1 or 3 channels, asked for 4"));
}

TEST_CASE("colours become Pillow's luma", "[io]") {
  const Golden golden = Golden::read("image_files/pixels.txt");
  const auto& colours = golden["luma_of"];
  auto image = xt::xtensor<std::uint8_t, 3>::from_shape({11, 13, 3});
  std::transform(colours.values.begin(), colours.values.end(), image.data(),
                 [](double x) { return static_cast<std::uint8_t>(x); });
  CHECK(difference(with_channels(image, 1), "luma") == 0);
}

TEST_CASE("a file's first bytes, not its name, say what it is", "[io]") {
  const TemporaryFolder folder;
  write_file(folder / "a.jpg", golden_image("rgb8.png"));
  CHECK(difference(read_image(folder / "a.jpg"), "rgb8.png") == 0);
  write_file(folder / "text.png", "once upon a time");
  CHECK_THROWS_WITH(read_image(folder / "text.png"),
                    ContainsSubstring("text.png', byte 0: neither a PNG nor a JPEG"));
  CHECK_THROWS_AS(read_image(folder / "none.png"), std::system_error);
}
