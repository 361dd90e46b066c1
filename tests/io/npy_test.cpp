#include <selfsame/io/npy.hpp>
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <vector>

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("npy: a matrix is a header of version 1.0 and its rows without their stride", "[io]") {
  const TemporaryFolder folder;
  const std::vector<float> numbers{1, 2, 9, 3, 4, 9};
  write_npy(folder / "m.npy", MatrixView<const float, Cpu>(numbers.data(), 2, 2, 3));
  const std::string file = read_file(folder / "m.npy");
  CHECK(file.substr(0, 8) == std::string("\x93NUMPY\x01\x00", 8));
  CHECK_THAT(file,
             ContainsSubstring("{'descr': '<f4', 'fortran_order': False, 'shape': (2,2,), }"));
  const std::size_t header =
      10 + static_cast<unsigned char>(file[8]) + 256u * static_cast<unsigned char>(file[9]);
  CHECK(header % 64 == 0);
  CHECK(file[header - 1] == '\n');
  REQUIRE(file.size() == header + 16);
  float read[4];
  std::memcpy(read, file.data() + header, sizeof read);
  CHECK(std::vector<float>(read, read + 4) == std::vector<float>{1, 2, 3, 4});
}

TEST_CASE("npy: a vector has one extent, and each kind of number its letter", "[io]") {
  const TemporaryFolder folder;
  std::vector<Index> labels{3, -1};
  std::vector<std::uint8_t> bytes{7};
  std::vector<double> none;
  write_npy(folder / "i", view<Cpu>(labels));
  write_npy(folder / "u", view<Cpu>(bytes));
  write_npy(folder / "d", view<Cpu>(none));
  CHECK_THAT(read_file(folder / "i"), ContainsSubstring("'<i8'") && ContainsSubstring("(2,)"));
  CHECK_THAT(read_file(folder / "u"), ContainsSubstring("'|u1'") && ContainsSubstring("(1,)"));
  CHECK_THAT(read_file(folder / "d"), ContainsSubstring("'<f8'") && ContainsSubstring("(0,)"));
  CHECK(read_file(folder / "d").size() % 64 == 0);
}

TEST_CASE("npy: what was written is read back, with its type and extents", "[io]") {
  const TemporaryFolder folder;
  const std::vector<double> numbers{1, 2, 3, 4, 5, 6};
  const std::vector<Index> labels{3, -1};
  write_npy(folder / "m.npy", MatrixView<const double, Cpu>(numbers.data(), 2, 3));
  write_npy(folder / "labels.npy", view<Cpu>(labels));
  const NamedTensor m = read_npy(folder / "m.npy"), l = read_npy(folder / "labels.npy");
  CHECK(m.name == "m");
  CHECK(m.scalar == Scalar::real64);
  CHECK(m.extents == std::vector<Index>{2, 3});
  CHECK(m.numbers<double>() == numbers);
  CHECK(l.numbers<double>() == std::vector<double>{3, -1});
}

TEST_CASE("npy: a file that is cut off or no array is an error with its name", "[io]") {
  const TemporaryFolder folder;
  write_npy(folder / "a.npy", view<Cpu>(std::vector<float>{1, 2, 3}));
  const std::string file = read_file(folder / "a.npy");
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{5}, std::size_t{50}, file.size() - 1}) {
    write_file(folder / "a.npy", file.substr(0, size));
    CHECK_THROWS_WITH(read_npy(folder / "a.npy"), ContainsSubstring("a.npy', byte 0: it "));
  }
}

TEST_CASE("npy: a header that ends within its type is an error", "[io]") {
  const TemporaryFolder folder;
  write_file(folder / "a.npy", std::string("\x93NUMPY\x01\x00\x0b\x00{'descr': '", 21));
  CHECK_THROWS_WITH(read_npy(folder / "a.npy"), ContainsSubstring("has a type that does not end"));
}

namespace {
// A file whose header says these three things.
std::string file_of(const std::string& descr, const std::string& order, const std::string& shape,
                    const std::string& bytes) {
  std::string text =
      "{'descr': " + descr + ", 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
  std::string header("\x93NUMPY\x01\x00", 8);
  header += static_cast<char>(text.size() & 0xff);
  header += static_cast<char>(text.size() >> 8);
  return header + text + bytes;
}
std::string counting(std::size_t count) {
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) bytes += static_cast<char>(i);
  return bytes;
}
}  // namespace

TEST_CASE("npy: numbers that lie column by column are read row by row", "[io]") {
  const TemporaryFolder folder;
  write_file(folder / "a.npy", file_of("'|u1'", "True", "(2, 3, 4)", counting(24)));
  const NamedTensor a = read_npy(folder / "a.npy");
  CHECK(a.extents == std::vector<Index>{2, 3, 4});
  const std::vector<Index> numbers = a.numbers<Index>();
  for (Index i = 0; i < 2; ++i)
    for (Index j = 0; j < 3; ++j)
      for (Index k = 0; k < 4; ++k)
        CHECK(numbers[static_cast<std::size_t>((i * 3 + j) * 4 + k)] == i + 2 * j + 6 * k);
  write_file(folder / "a.npy",
             file_of("'<i2'", "True", "(2, 2)", std::string("\1\0\2\0\3\0\4\0", 8)));
  CHECK(read_npy(folder / "a.npy").numbers<Index>() == std::vector<Index>{1, 3, 2, 4});
  for (const char* shape : {"()", "(1,)", "(1, 1)"}) {
    write_file(folder / "a.npy", file_of("'|i1'", "True", shape, "\7"));
    CHECK(read_npy(folder / "a.npy").numbers<Index>() == std::vector<Index>{7});
  }
  write_file(folder / "a.npy", file_of("'<f8'", "True", "(3, 0)", ""));
  CHECK(read_npy(folder / "a.npy").size() == 0);
}

TEST_CASE("npy: numbers that begin with their highest byte, and unsigned ones, are read", "[io]") {
  const TemporaryFolder folder;
  const auto [type, bytes, number] = GENERATE(table<std::string, std::string, double>({
      {"'>i2'", std::string("\xff\xfe", 2), -2},
      {"'>u2'", std::string("\x01\x02", 2), 258},
      {"'<u2'", std::string("\xff\xff", 2), 65535},
      {"'<u4'", std::string("\xff\xff\xff\xff", 4), 4294967295},
      {"'>u4'", std::string("\0\0\1\0", 4), 256},
      {"'<u8'", std::string("\0\0\0\0\0\0\0\x80", 8), 9223372036854775808.0},
      {"'>f4'", std::string("\x3f\xc0\0\0", 4), 1.5},
      {"'>f8'", std::string("\xbf\xe0\0\0\0\0\0\0", 8), -0.5},
      {"'>i8'", std::string("\0\0\0\0\0\0\1\0", 8), 256},
      {"'>f2'", std::string("\x3c\0", 2), 1},
  }));
  CAPTURE(type);
  write_file(folder / "a.npy", file_of(type, "False", "(1,)", bytes));
  CHECK(read_npy(folder / "a.npy").numbers<double>() == std::vector<double>{number});
}

TEST_CASE("npy: what is not of numbers is an error with its type", "[io]") {
  const TemporaryFolder folder;
  for (const std::string type : {"<U4", "|S3", "|O", "<c8", "<M8[s]", "|V2", "=f4", "<f16"}) {
    write_file(folder / "a.npy", file_of("'" + type + "'", "False", "(1,)", counting(16)));
    CHECK_THROWS_WITH(read_npy(folder / "a.npy"),
                      ContainsSubstring("numbers of type " + type + ","));
  }
  write_file(folder / "a.npy",
             file_of("[('x', '<f4'), ('y', '<i4')]", "False", "(1,)", counting(8)));
  CHECK_THROWS_WITH(read_npy(folder / "a.npy"), ContainsSubstring("of type [('x', '<f4')"));
}

TEST_CASE("npy: a header that says one thing twice is refused, whatever Python makes of it",
          "[io]") {
  const TemporaryFolder folder;
  const auto refused = [&](const std::string& shape, const std::string& why) {
    write_file(folder / "a.npy", file_of("'|u1'", "False", shape, "ab"));
    CHECK_THROWS_WITH(read_npy(folder / "a.npy"), ContainsSubstring(why));
  };
  refused("(1,), 'shape': (2,)", "has 'shape' twice");
  refused("(2,), 'descr': '|i1'", "has 'descr' twice");
  refused("(2,), 'fortran_order': True", "has 'fortran_order' twice");
  refused("2", "has a shape that is no list");
  refused("(2", "has a shape that is no list");
  write_file(folder / "a.npy", file_of("'|u1'", "Maybe", "(2,)", "ab"));
  CHECK_THROWS_WITH(read_npy(folder / "a.npy"), ContainsSubstring("neither True nor False"));
}

TEST_CASE("npy: a header may be longer than it needs to be", "[io]") {
  const std::string one = detail::npy_header<float>({1}, 192),
                    many = detail::npy_header<float>({1'000'000'000}, 192);
  CHECK(one.size() == 192);
  CHECK(many.size() == 192);
}
