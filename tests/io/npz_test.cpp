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
// The bytes of an archive of one array, whose header has one text in another's place.
std::string altered(const std::string& from, const std::string& to) {
  const TemporaryFolder folder;
  const std::vector<float> numbers{1, 2};
  NamedTensor t("x", {2}, std::span<const float>(numbers));
  std::string array = selfsame::detail::npy_header(t);
  array.replace(array.find(from), from.size(), to);
  // what remains is a header that ends where the data begins, so the writer is asked for raw bytes
  NamedTensor raw("x", Scalar::uint8, {static_cast<Index>(array.size() + 8)}, array + t.bytes);
  write_npz(folder / "x", {raw});
  std::string file = read_file(folder / "x");
  // the array inside the array takes the place of its wrapper: sizes and checksum are mended
  const std::size_t begin = 30 + 5, header = selfsame::detail::npy_header(raw).size();
  file.erase(begin, header);
  const auto put = [&](std::size_t at, std::uint64_t x) { std::memcpy(file.data() + at, &x, 4); };
  const std::uint64_t size = raw.bytes.size(),
                      crc = ::crc32_z(0, reinterpret_cast<const Bytef*>(raw.bytes.data()), size);
  const std::size_t directory = begin + size;
  for (const std::size_t at : {std::size_t{14}, directory + 16}) {
    put(at, crc);
    put(at + 4, size);
    put(at + 8, size);
  }
  put(file.size() - 6, directory);
  return file;
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

TEST_CASE("npz: an array that is none of a network's is refused with its name and why", "[io]") {
  CHECK(complaint(altered("<f4", "<i4")) == "nothing");
  const auto says = [](const std::string& from, const std::string& to, const std::string& what) {
    CAPTURE(from, to);
    CHECK_THAT(complaint(altered(from, to)), ContainsSubstring("'x.npy' " + what));
  };
  says("<f4", ">f4", "has numbers of type >f4");
  says("<f4", "<U4", "has numbers of type <U4");
  says("False", "True ", "lies column by column");
  says("(2,)", "(3,)", "is (3), which its 8 bytes are not");
  says("(2,)", "(-2)", "has a shape that is no list");
  says("'shape'", "'shade'", "has no 'shape'");
  says("NUMPY", "NUMPI", "is no .npy array");
}
