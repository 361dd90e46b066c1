#include <selfsame/io/safetensors.hpp>
#include "io/tensors.hpp"

#include <cmath>

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

namespace {

// A file of that header, and so many bytes of data.
std::string file_of(const std::string& header, std::size_t bytes) {
  const std::uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), sizeof length) + header +
         std::string(bytes, '\1');
}
std::string complaint(const std::string& bytes) {
  return complaint_of([](const auto& path) { read_safetensors(path); }, "x.safetensors", bytes);
}

}  // namespace

TEST_CASE("safetensors: a file of the reference package has its names, shapes and numbers",
          "[io]") {
  const auto all = read_safetensors(std::string(SELFSAME_GOLDEN_DIR) + "/io/tiny.safetensors");
  REQUIRE(all.size() == 11);
  check_tensor(all, "weight", Scalar::real32, {2, 3}, {0, .25, .5, .75, 1, 1.25});
  check_tensor(all, "twice", Scalar::real64, {2}, {-1.5, std::ldexp(1., -40)});
  check_tensor(all, "half", Scalar::real16, {5},
               {1, -2.5, std::ldexp(1., -24), 65504, std::numeric_limits<double>::infinity()});
  check_tensor(all, "brain", Scalar::bfloat16, {2}, {1, std::ldexp(-226., 120)});
  check_tensor(all, "num_batches_tracked", Scalar::int64, {}, {7});
  check_tensor(all, "labels", Scalar::int32, {2, 1}, {-3, 4});
  check_tensor(all, "short", Scalar::int16, {1}, {-300});
  check_tensor(all, "small", Scalar::int8, {2}, {-3, 4});
  check_tensor(all, "pixels", Scalar::uint8, {2}, {200, 255});
  check_tensor(all, "mask", Scalar::boolean, {2}, {1, 0});
  check_tensor(all, "empty", Scalar::real32, {0, 4}, {});
}

TEST_CASE("safetensors: what is written is read again, name by name and bit by bit", "[io]") {
  const TemporaryFolder folder;
  const std::vector<float> floats{1.5f, -0.f, std::numeric_limits<float>::quiet_NaN()};
  const std::vector<double> doubles{1e300};
  const std::vector<NamedTensor> all{
      {"a \"quoted\" name.\xc3\xa4", {3, 1}, std::span<const float>(floats)},
      {"empty", {0, 2}, std::span<const float>()},
      {"scalar", {}, std::span<const double>(doubles)},
      {"half", Scalar::real16, {1}, std::string("\x00\x3c", 2)}};
  write_safetensors(folder / "x", all);
  const auto again = read_safetensors(folder / "x");
  REQUIRE(again.size() == all.size());
  for (const NamedTensor& t : all) {
    CAPTURE(t.name);
    const auto same = std::find_if(again.begin(), again.end(),
                                   [&](const NamedTensor& a) { return a.name == t.name; });
    REQUIRE(same != again.end());
    CHECK(same->scalar == t.scalar);
    CHECK(same->extents == t.extents);
    CHECK(same->bytes == t.bytes);
  }
  CHECK((8 + read_file(folder / "x")[0]) % 8 == 0);
  write_safetensors(folder / "none", {});
  CHECK(read_safetensors(folder / "none").empty());
}

TEST_CASE("safetensors: two tensors of one name, or bytes that are not the shape's, are refused",
          "[io]") {
  const TemporaryFolder folder;
  const NamedTensor x{"x", {0}, std::span<const float>()};
  CHECK_THROWS_WITH(write_safetensors(folder / "x", {x, x}), "selfsame: two tensors are named 'x'");
  CHECK_THROWS_WITH(
      write_safetensors(folder / "x", {{"x", Scalar::real32, {2}, std::string(7, ' ')}}),
      "selfsame: tensor 'x' (2) has 7 bytes, not 8");
  CHECK_FALSE(std::filesystem::exists(folder / "x"));
}

TEST_CASE("safetensors: a damaged file is refused with its name, a byte and what is wrong there",
          "[io]") {
  const auto entry = [](const std::string& dtype, const std::string& shape,
                        const std::string& offsets) {
    return R"({"w": {"dtype": ")" + dtype + R"(", "shape": )" + shape + R"(, "data_offsets": )" +
           offsets + "}}";
  };
  CHECK(complaint(file_of(entry("F32", "[2]", "[0, 8]"), 8)) == "nothing");
  CHECK(complaint(file_of(entry("F32", "[1000000, 0, 1000000]", "[0, 0]"), 0)) == "nothing");
  CHECK_THAT(complaint("1234"), ContainsSubstring("x.safetensors', byte 4: no safetensors"));
  CHECK_THAT(complaint(std::string(9, '\xff')), ContainsSubstring("1 are left"));
  for (const char* header : {"", "[]", "{", R"({"w": )", "\xff\xfe{}", "null"})
    CHECK_THAT(complaint(file_of(header, 0)), ContainsSubstring("no JSON"));
  const auto says = [&](const std::string& header, const std::string& what) {
    CAPTURE(header);
    CHECK_THAT(complaint(file_of(header, 8)), ContainsSubstring("tensor 'w' " + what));
  };
  says(R"({"w": 3})", "has no dtype");
  says(R"({"w": {"dtype": "F32", "shape": []}})", "has no data_offsets");
  says(R"({"w": {"dtype": 4, "shape": [], "data_offsets": [0, 8]}})",
       "has a dtype that is no text");
  says(entry("F32", "2", "[0, 8]"), "has a shape that is no list");
  says(entry("F32", "[-2]", "[0, 8]"), "has -2 where a whole number");
  says(entry("F32", "[2.0]", "[0, 8]"), "has 2.0 where a whole number");
  says(entry("F32", "[18446744073709551615]", "[0, 8]"), "has 18446744073709551615 where");
  says(entry("F32", "[100, 100, 100, 100]", "[0, 8]"), "is larger than the file");
  says(entry("F32", "[2]", "[0, 8, 9]"), "has data_offsets that are no pair");
  says(entry("F32", "[2]", "[0, 16]"), "has data_offsets [0,16], the file has 8 bytes");
  says(entry("F32", "[2]", "[8, 0]"), "has data_offsets [8,0]");
  says(entry("F32", "[3]", "[0, 8]"), "is F32 (3) of 12 bytes, its data_offsets span 8");
  CHECK_THAT(complaint(file_of(entry("F32", "[1]", "[4, 8]"), 8)),
             ContainsSubstring("'w' begins at byte 4 of the data, those before it end at 0"));
  CHECK_THAT(complaint(file_of(entry("F32", "[1]", "[0, 4]"), 8)),
             ContainsSubstring("the tensors have 4 bytes, the file has 8 of data"));
}

TEST_CASE(
    "safetensors: a tensor of a type that is not read is there by its name, beside the others",
    "[io]") {
  const std::string odd = R"("odd": {"dtype": "F8_E4M3", "shape": [4], "data_offsets": [0, 4]})",
                    count = R"("count": {"dtype": "U64", "shape": [], "data_offsets": [4, 12]})";
  const TemporaryFolder folder;
  write_file(folder / "x", file_of("{" + odd + ", " + count + "}", 12));
  const auto all = read_safetensors(folder / "x");
  REQUIRE(all.size() == 2);
  CHECK(to_string(all[0]) == "'odd' (4) of type F8_E4M3");
  CHECK(all[1].scalar == Scalar::uint64);
  CHECK(all[1].numbers<Index>() == std::vector<Index>{0x0101010101010101});
  CHECK_THROWS_WITH(all[0].numbers<float>(),
                    "selfsame: 'odd' (4) of type F8_E4M3, which is not read here");
  CHECK_THROWS_WITH(write_safetensors(folder / "y", all),
                    ContainsSubstring("of type F8_E4M3, which"));
  CHECK_THROWS_WITH(
      write_safetensors(folder / "y", {{"__metadata__", {0}, std::span<const float>()}}),
      ContainsSubstring("'__metadata__'"));
}

TEST_CASE("safetensors: a name that stands twice, of a tensor or within one, is refused", "[io]") {
  const auto refused = [](const std::string& header, const std::string& name) {
    CAPTURE(header);
    CHECK_THAT(
        complaint(file_of(header, 8)),
        ContainsSubstring("byte 8: an object of this JSON has the name \"" + name + "\" twice"));
  };
  const std::string w = R"("w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]})";
  refused("{" + w + ", " + w + "}", "w");
  refused(R"({"w": {"dtype": "F32", "shape": [2], "shape": [1], "data_offsets": [0, 8]}})",
          "shape");
  refused(R"({"__metadata__": {"a": "1", "a": "2"}, )" + w + "}", "a");
  CHECK(complaint(file_of(R"({"__metadata__": {"w": "1", "dtype": "2"}, )" + w + "}", 8)) ==
        "nothing");
}
