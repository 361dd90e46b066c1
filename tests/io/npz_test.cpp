#include <selfsame/io/npz.hpp>
#include "io/tensors.hpp"

#include <cmath>

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

namespace {

std::string golden(const std::string& name) {
  return std::string(SELFSAME_GOLDEN_DIR) + "/io/" + name;
}
std::string complaint(const std::string& bytes) {
  return complaint_of([](const auto& path) { read_npz(path); }, "x.npz", bytes);
}
// An archive of these members, stored: names and bytes.
std::string archive(const std::vector<std::pair<std::string, std::string>>& members,
                    std::uint64_t flags = 0, std::uint64_t method = 0) {
  using Numbers = selfsame::detail::ArchiveNumbers;
  std::string file, directory;
  for (const auto& [name, bytes] : members) {
    const std::uint64_t crc =
        ::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
    Numbers what;
    what.add(20, 2).add(flags, 2).add(method, 2).add(0, 4).add(crc, 4);
    what.add(bytes.size(), 4).add(bytes.size(), 4).add(name.size(), 2).add(0, 2);
    directory += Numbers().add(0x02014b50, 4).add(20, 2).text() + what.text() +
                 std::string(10, '\0') + Numbers().add(file.size(), 4).text() + name;
    file += Numbers().add(0x04034b50, 4).text() + what.text() + name + bytes;
  }
  const std::uint64_t at = file.size(), count = members.size();
  return file + directory +
         Numbers().add(0x06054b50, 4).add(0, 4).add(count, 2).add(count, 2).text() +
         Numbers().add(directory.size(), 4).add(at, 4).add(0, 2).text();
}
// The array (1, 2) of floats, whose header has one text in another's place.
std::string altered(const std::string& from, const std::string& to) {
  const std::vector<float> numbers{1, 2};
  const NamedTensor t("x", {2}, std::span<const float>(numbers));
  std::string array = selfsame::detail::npy_header(t) + t.bytes;
  return from.empty() ? array : array.replace(array.find(from), from.size(), to);
}
std::vector<NamedTensor> read(const std::string& bytes) {
  const TemporaryFolder folder;
  write_file(folder / "x.npz", bytes);
  return read_npz(folder / "x.npz");
}

}  // namespace

TEST_CASE("npz: what NumPy stored and what it deflated has its names, shapes and numbers", "[io]") {
  const auto all = read_npz(golden(GENERATE("stored.npz", "deflated.npz")));
  REQUIRE(all.size() == 10);
  check_tensor(all, "layer.weight", Scalar::real32, {2, 3}, {0, .25, .5, .75, 1, 1.25});
  check_tensor(all, "twice", Scalar::real64, {2}, {-1.5, std::ldexp(1., -40)});
  check_tensor(all, "half", Scalar::real16, {2}, {1, -2.5});
  check_tensor(all, "counter", Scalar::int64, {}, {7});
  check_tensor(all, "labels", Scalar::int32, {2, 1}, {-3, 4});
  check_tensor(all, "short", Scalar::int16, {1}, {-300});
  check_tensor(all, "small", Scalar::int8, {1}, {-3});
  check_tensor(all, "pixels", Scalar::uint8, {1000}, std::vector<double>(1000, 200));
  check_tensor(all, "mask", Scalar::boolean, {2}, {1, 0});
  check_tensor(all, "empty", Scalar::real32, {0, 4}, {});
}

TEST_CASE("npz: what is written is read again, name by name and bit by bit", "[io]") {
  const TemporaryFolder folder;
  const auto all = read_npz(golden("deflated.npz"));
  write_npz(folder / "x", all);
  const auto again = read_npz(folder / "x");
  REQUIRE(again.size() == all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(again[i].name == all[i].name);
    CHECK(again[i].scalar == all[i].scalar);
    CHECK(again[i].extents == all[i].extents);
    CHECK(again[i].bytes == all[i].bytes);
  }
  write_npz(folder / "none", {});
  CHECK(read_npz(folder / "none").empty());
}

TEST_CASE("npz: numbers that NumPy lacks are not written", "[io]") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(write_npz(folder / "x", {{"w", Scalar::bfloat16, {1}, "ab"}}),
                    "selfsame: 'w' (1) is of bfloat16, which .npz lacks");
  CHECK_FALSE(std::filesystem::exists(folder / "x"));
}

TEST_CASE("npz: an archive cut off anywhere, or with a byte changed in an array, is refused",
          "[io]") {
  for (const char* name : {"stored.npz", "deflated.npz"}) {
    const std::string whole = read_file(golden(name));
    for (std::size_t length = 0; length < whole.size(); length += 7)
      CHECK_THAT(complaint(whole.substr(0, length)), ContainsSubstring("x.npz', byte "));
    for (std::size_t at = 66; at < 130; ++at) {  // of the first array
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ 1);
      CAPTURE(name, at);
      CHECK_THAT(complaint(changed), ContainsSubstring("'layer.weight.npy'"));
    }
  }
}

TEST_CASE("npz: an array that contradicts itself is refused with its name and why", "[io]") {
  CHECK(complaint(archive({{"x.npy", altered("<f4", "<i4")}})) == "nothing");
  const auto says = [](const std::string& from, const std::string& to, const std::string& what) {
    CAPTURE(from, to);
    CHECK_THAT(complaint(archive({{"x.npy", altered(from, to)}})),
               ContainsSubstring("'x.npy' " + what));
  };
  says("(2,)", "(3,)", "is (3), which its 8 bytes are not");
  says("(2,)", "(-2)", "has a shape that is no list");
  says("'shape'", "'shade'", "has no 'shape'");
  says("NUMPY", "NUMPI", "is no .npy array");
}

TEST_CASE("npz: what is not of numbers is there by its name and type, beside what is read",
          "[io]") {
  const auto all = read(archive({{"names.npy", altered("'<f4'", "'<U1'")},
                                 {"x.npy", altered("", "")},
                                 {"records.npy", altered("'<f4'", "[('a', '<f8')]")},
                                 {"readme.txt", "not an array"},
                                 {"folder/", ""}}));
  REQUIRE(all.size() == 5);
  CHECK(to_string(all[0]) == "'names' (2) of type <U1");
  CHECK(all[1].numbers<float>() == std::vector<float>{1, 2});
  CHECK(all[2].type.starts_with("[('a', '<f8')]"));
  CHECK(to_string(all[3]) == "'readme.txt' () of type 'no array'");
  CHECK(all[4].scalar == Scalar::other);
  CHECK_THROWS_WITH(all[0].numbers<float>(),
                    "selfsame: 'names' (2) of type <U1, which is not read here");
  CHECK(read(archive({{"x.npy", "?"}}, 1))[0].type == "'encrypted'");
  CHECK(read(archive({{"x.npy", "?"}}, 0, 14))[0].type == "'packed by method 14'");
}

TEST_CASE("npz: arrays in other orders of numbers and bytes are turned", "[io]") {
  const auto all = read(
      archive({{"columns.npy", altered("False", "True ")}, {"high.npy", altered("<f4", ">u4")}}));
  CHECK(all[0].numbers<float>() == std::vector<float>{1, 2});
  CHECK(all[1].numbers<double>() == std::vector<double>{0x0000803f, 0x00000040});
}

TEST_CASE("npz: two arrays of one name are refused, read and written", "[io]") {
  const std::string x = altered("", "");
  CHECK_THAT(complaint(archive({{"x.npy", x}, {"y.npy", x}, {"x.npy", x}})),
             ContainsSubstring("two arrays are named 'x'"));
  CHECK_THAT(complaint(archive({{"x.npy", x}, {"x", x}})),
             ContainsSubstring("two arrays are named 'x'"));
  const TemporaryFolder folder;
  const NamedTensor empty("x", {0}, std::span<const float>());
  CHECK_THROWS_WITH(write_npz(folder / "x", {empty, empty}), "selfsame: two tensors are named 'x'");
}

TEST_CASE("npz: what has no numbers, or not as many as it says, is not written", "[io]") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(write_npz(folder / "x", read(archive({{"readme.txt", "?"}}))),
                    "selfsame: 'readme.txt' () of type 'no array', which is not written here");
  CHECK_THROWS_WITH(write_npz(folder / "x", {{"x", Scalar::real32, {2}, "1234567"}}),
                    "selfsame: tensor 'x' (2) has 7 bytes, not 8");
  CHECK_FALSE(std::filesystem::exists(folder / "x"));
}

TEST_CASE("npz: of two end records the last counts", "[io]") {
  const std::string first = archive({{"x.npy", altered("", "")}}), none = archive({});
  CHECK(read(first + none).empty());
}
