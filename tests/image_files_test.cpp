#include <selfsame/image_files.hpp>
#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("image_files.hpp has the readers of images and of folders of them", "[umbrella]") {
  CHECK_THROWS(read_image("there is no such file"));
  CHECK_THROWS(list_folder("there is no such folder"));
}
