#include <selfsame/data/idx.hpp>
#include "data/files.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("an IDX file of any element type is read, most significant byte first", "[data]") {
  const TemporaryFolder folder;
  const std::string path = folder / "array";
  write_file(path, idx_header(0x08, {2, 3}) + counting(6));
  const auto bytes = std::get<xt::xarray<std::uint8_t>>(read_idx(path));
  CHECK(bytes.shape() == xt::xarray<std::uint8_t>::shape_type{2, 3});
  CHECK(bytes(1, 2) == 5);
  write_file(path, idx_header(0x09, {1}) + "\xff");
  CHECK(std::get<xt::xarray<std::int8_t>>(read_idx(path))(0) == -1);
  write_file(path, idx_header(0x0b, {2}) + std::string("\x01\x02\xff\xfe", 4));
  CHECK(std::get<xt::xarray<std::int16_t>>(read_idx(path))(0) == 258);
  CHECK(std::get<xt::xarray<std::int16_t>>(read_idx(path))(1) == -2);
  write_file(path, idx_header(0x0c, {1}) + std::string("\x00\x01\x00\x00", 4));
  CHECK(std::get<xt::xarray<std::int32_t>>(read_idx(path))(0) == 65536);
  write_file(path, idx_header(0x0d, {1}) + std::string("\x3f\xc0\x00\x00", 4));
  CHECK(std::get<xt::xarray<float>>(read_idx(path))(0) == 1.5f);
  write_file(path, idx_header(0x0e, {1}) + std::string("\xbf\xe0\x00\x00\x00\x00\x00\x00", 8));
  CHECK(std::get<xt::xarray<double>>(read_idx(path))(0) == -0.5);
  write_file(path, idx_header(0x08, {0, 3}));
  CHECK(std::get<xt::xarray<std::uint8_t>>(read_idx(path)).size() == 0);
}

TEST_CASE("a truncated IDX file is an error with its name and the byte where it ends", "[data]") {
  const TemporaryFolder folder;
  const std::string path = folder / "short.idx", whole = idx_header(0x08, {4, 2, 2}) + counting(16);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    write_file(path, whole.substr(0, length));
    CHECK_THROWS_WITH(read_idx(path),
                      ContainsSubstring("short.idx") &&
                          ContainsSubstring("byte " + std::to_string(length) + ":"));
  }
}

TEST_CASE("a lying IDX file is an error at the lie", "[data]") {
  const TemporaryFolder folder;
  const std::string path = folder / "lie.idx";
  const auto [bytes, complaint] = GENERATE(table<std::string, std::string>({
      {"\x01" + std::string(20, '\0'), "byte 0: an IDX file begins with two zero bytes"},
      {idx_header(0x07, {1}) + "a", "byte 2: there is no IDX element type 7"},
      {idx_header(0x08, {}) + "a", "byte 3: an array has at least one extent"},
      {idx_header(0x08, {3}) + "abcd", "byte 11: the file goes on where it should end"},
      {idx_header(0x08, {0xffffffff, 0xffffffff, 2}) + "a", "byte 8: the product of the extents"},
      {idx_header(0x08, {0xffffffff, 0, 0xffffffff}), "byte 12: the product of the extents"},
      {idx_header(0x08, {0xffffffff, 0xffff}) + "a",
       "byte 13: the file ends within"},  // and no memory for it
  }));
  CAPTURE(complaint);
  write_file(path, bytes);
  CHECK_THROWS_WITH(read_idx(path), ContainsSubstring("lie.idx") && ContainsSubstring(complaint));
}

TEST_CASE("a data set is images and labels", "[data]") {
  const TemporaryFolder folder;
  const std::string images = folder / "images", labels = folder / "labels";
  write_file(images, idx_header(0x08, {2, 2, 3}) + counting(12));
  write_file(labels, idx_header(0x08, {2}) + std::string("\x01\x00", 2));
  const Dataset grey = read_idx_dataset(images, labels);
  CHECK(grey.size() == 2);
  CHECK(grey.image() == Shape{1, 2, 3, 1});
  CHECK(grey.label(0) == 1);
  CHECK(std::get<PixelsOf<const std::uint8_t>>(grey[1])(1, 2, 0) == 11);
  write_file(images, idx_header(0x08, {2, 1, 2, 3}) + counting(12));
  CHECK(read_idx_dataset(images, labels).image() == Shape{1, 1, 2, 3});
  write_file(images, idx_header(0x0d, {2, 1, 1}) + std::string("\x3f\x80\0\0\x3f\x00\0\0", 8));
  CHECK(std::get<ConstPixels>(read_idx_dataset(images, labels)[1])(0, 0, 0) == 0.5f);
}

TEST_CASE("images and labels that do not fit are errors with a file and a byte", "[data]") {
  const TemporaryFolder folder;
  const std::string images = folder / "images", labels = folder / "labels";
  write_file(images, idx_header(0x08, {2, 2, 3}) + counting(12));
  write_file(labels, idx_header(0x08, {3}) + std::string("\x01\x00\x01", 3));
  CHECK_THROWS_WITH(read_idx_dataset(images, labels),
                    ContainsSubstring("images', byte 4: 2 images, but 3 labels in "));
  write_file(labels, idx_header(0x08, {2}) + std::string("\x01\x02", 2));
  CHECK_NOTHROW(read_idx_dataset(images, labels));
  CHECK_THROWS_WITH(read_idx_dataset(images, labels, {"a", "b"}),
                    ContainsSubstring("labels', byte 9: label 2 is not in [0, 2)"));
  write_file(labels, idx_header(0x09, {2}) + std::string("\xff\x00", 2));
  CHECK_THROWS_WITH(read_idx_dataset(images, labels),
                    ContainsSubstring("labels', byte 8: label -1"));
  write_file(labels, idx_header(0x08, {2, 1}) + std::string("\x01\x02", 2));
  CHECK_THROWS_WITH(read_idx_dataset(images, labels),
                    ContainsSubstring("labels', byte 3: labels have 1 extent"));
  write_file(labels, idx_header(0x0d, {1}) + std::string(4, '\0'));
  CHECK_THROWS_WITH(read_idx_dataset(images, labels),
                    ContainsSubstring("byte 2: labels must be integers"));
  write_file(labels, idx_header(0x08, {2}) + std::string("\x01\x00", 2));
  write_file(images, idx_header(0x08, {2, 3}) + counting(6));
  CHECK_THROWS_WITH(read_idx_dataset(images, labels),
                    ContainsSubstring("images', byte 3: images have 3 or 4"));
  write_file(images, idx_header(0x0b, {2, 1, 1}) + counting(4));
  CHECK_THROWS_WITH(read_idx_dataset(images, labels),
                    ContainsSubstring("images', byte 2: pixels must be"));
}

TEST_CASE("floats of an IDX file beyond [0, 1] are errors with their byte and what to do",
          "[data]") {
  const TemporaryFolder folder;
  const std::string images = folder / "images", labels = folder / "labels";
  write_file(labels, idx_header(0x08, {2}) + std::string("\x01\x00", 2));
  const auto refused = [&](int type, const std::string& second, const std::string& why) {
    write_file(images, idx_header(type, {2, 1, 1}) + std::string(second.size(), '\0') + second);
    CHECK_THROWS_WITH(read_idx_dataset(images, labels), ContainsSubstring(why));
  };
  refused(
      0x0d, std::string("\x43\x7f\0\0", 4),
      "images', byte 20: pixels are from 0 to 255 (number 0 of image 1 is 255); floats must be in "
      "[0, 1]: divide them by 255");
  refused(0x0d, std::string("\x7f\xc0\0\0", 4), "byte 20: 1 pixels are NaN");
  // the double after 1, which as a float is 1
  refused(0x0e, std::string("\x3f\xf0\0\0\0\0\0\1", 8),
          "images', byte 24: pixels are from 0 to 1 ");
  refused(0x0e, std::string("\x7f\xe0\0\0\0\0\0\0", 8),
          "images', byte 24: pixels are from 0 to 8.9");
}

TEST_CASE("images of an IDX file without a pixel are an error, and so are names twice", "[data]") {
  const TemporaryFolder folder;
  const std::string images = folder / "images", labels = folder / "labels";
  write_file(labels, idx_header(0x08, {1}) + std::string(1, '\0'));
  for (const auto& extents : {std::vector<std::uint32_t>{1, 0, 2}, {1, 2, 0}, {1, 2, 2, 0}}) {
    write_file(images, idx_header(0x08, extents));
    CHECK_THROWS_WITH(read_idx_dataset(images, labels),
                      ContainsSubstring("images', byte 8: an image has a pixel"));
  }
  CHECK_THROWS_WITH(read_idx_dataset(images, labels, {"a", "a"}),
                    ContainsSubstring("so is class 0"));
}
