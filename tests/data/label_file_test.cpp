#include <selfsame/data/label_file.hpp>
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

namespace {
// A file of that type and shape.
std::string array(const std::string& type, const std::string& shape, const std::string& bytes) {
  return detail::npy_header(type, shape) + bytes;
}
}  // namespace

TEST_CASE("labels of every type of integer, and whole floats, are read", "[data]") {
  const TemporaryFolder folder;
  const auto [type, bytes] = GENERATE(table<std::string, std::string>({
      {"|i1", std::string("\2\0", 2)},
      {"|u1", std::string("\2\0", 2)},
      {"<i2", std::string("\2\0\0\0", 4)},
      {">i2", std::string("\0\2\0\0", 4)},
      {"<u2", std::string("\2\0\0\0", 4)},
      {">u2", std::string("\0\2\0\0", 4)},
      {"<i4", std::string("\2\0\0\0\0\0\0\0", 8)},
      {">u4", std::string("\0\0\0\2\0\0\0\0", 8)},
      {"<i8", std::string("\2\0\0\0\0\0\0\0", 8) + std::string(8, '\0')},
      {">u8", std::string("\0\0\0\0\0\0\0\2", 8) + std::string(8, '\0')},
      {"<f4", std::string("\0\0\0\x40\0\0\0\0", 8)},
  }));
  CAPTURE(type);
  write_file(folder / "l.npy", array(type, "2,", bytes));
  CHECK(read_labels(folder / "l.npy") == std::vector<Index>{2, 0});
  CHECK_THROWS_WITH(read_labels(folder / "l.npy", 2),
                    ContainsSubstring("l.npy', row 0: label 2") && ContainsSubstring("in [0, 2)"));
}

TEST_CASE("a label that is no class is an error with its row and value, however large", "[data]") {
  const TemporaryFolder folder;
  const auto refused = [&](const std::string& type, const std::string& second,
                           const std::string& value) {
    CAPTURE(type, value);
    write_file(folder / "l.npy", array(type, "2,", std::string(second.size(), '\0') + second));
    CHECK_THROWS_WITH(read_labels(folder / "l.npy"),
                      ContainsSubstring("l.npy', row 1: label " + value + "; labels are whole"));
  };
  refused("<u8", std::string(8, '\xff'), "18446744073709551615");  // not -1
  refused("<u4", std::string(4, '\xff'), "4294967295");
  refused("|i1", "\xfe", "-2");
  refused("<i8", std::string(7, '\0') + '\x80', "-9223372036854775808");
  refused("<f4", std::string("\0\0\x20\x40", 4), "2.500000");
  refused("<f4", std::string("\0\0\xc0\x7f", 4), "nan");
  refused("<f8", std::string("\0\0\0\0\0\0\xe0\x43", 8), "9223372036854775808.000000");
}

TEST_CASE("the label -1 is taken where labels may be unknown, and nowhere else", "[data]") {
  const TemporaryFolder folder;
  write_npy(folder / "l.npy", view<Cpu>(std::vector<Index>{3, -1}));
  CHECK(read_labels(folder / "l.npy") == std::vector<Index>{3, -1});
  CHECK_THROWS_WITH(
      read_labels(folder / "l.npy", most_classes, 0),
      ContainsSubstring("row 1: label -1; labels are whole numbers in [0, 1000000000)"));
}

TEST_CASE("labels are one an image, and numbers", "[data]") {
  const TemporaryFolder folder;
  write_file(folder / "l.npy", array("|u1", "2,1", "ab"));
  CHECK_THROWS_WITH(read_labels(folder / "l.npy"), ContainsSubstring("is (2, 1); labels are (N)"));
  write_file(folder / "l.npy", array("<U1", "2,", std::string("a\0\0\0b\0\0\0", 8)));
  CHECK_THROWS_WITH(read_labels(folder / "l.npy"), ContainsSubstring("of type <U1"));
}
