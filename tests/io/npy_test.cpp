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
  CHECK_THROWS_WITH(read_npy(folder / "a.npy"), ContainsSubstring("none that is read here"));
}

TEST_CASE("npy: a header may be longer than it needs to be", "[io]") {
  const std::string one = detail::npy_header<float>({1}, 192),
                    many = detail::npy_header<float>({1'000'000'000}, 192);
  CHECK(one.size() == 192);
  CHECK(many.size() == 192);
}
