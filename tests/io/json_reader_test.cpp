#include <selfsame/io/json_reader.hpp>
#include "support/catch.hpp"

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("JSON is read, in its order if that is asked for", "[io]") {
  const auto object = parse_json<nlohmann::ordered_json>(R"({"b": 1, "a": {"b": [2, "x"]}})", "f");
  CHECK(object.begin().key() == "b");
  CHECK(object["a"]["b"][1] == "x");
  CHECK(parse_json("3", "f") == 3);
}

TEST_CASE("what is no JSON is an error with the file and the byte", "[io]") {
  CHECK_THROWS_WITH(parse_json(R"({"a": ?})", "f.json"),
                    ContainsSubstring("selfsame: 'f.json', byte 6: no JSON"));
  CHECK_THROWS_WITH(parse_json("", "f.json", 8), ContainsSubstring("'f.json', byte 8: no JSON"));
  for (const char* text : {"{", "[1,", "\xff", R"({"a": 1} x)", "1e999"})
    CHECK_THROWS_AS(parse_json(text, "f"), std::runtime_error);
}

TEST_CASE("a name that an object has twice is refused, and one that two objects have is not",
          "[io]") {
  const auto twice = GENERATE(R"({"a": 1, "a": 1})", R"([{"b": {"a": {}, "c": [], "a": 2}}])",
                              R"({"a": {"x": 1}, "\u0061": 2})");
  CHECK_THROWS_WITH(parse_json(twice, "f.json"),
                    "selfsame: 'f.json', byte 0: an object of this JSON has the name \"a\" twice");
  CHECK_THROWS_AS(parse_json<nlohmann::ordered_json>(twice, "f.json"), std::runtime_error);
  CHECK_NOTHROW(parse_json(R"({"a": {"a": [{"a": 1}, {"a": 2}]}, "b": {"a": 3}})", "f"));
}
