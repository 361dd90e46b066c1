#include <selfsame/io/json.hpp>
#include "support/catch.hpp"

#include <cstdlib>
#include <limits>

using namespace selfsame;

TEST_CASE("JSON: objects and arrays nest, in the order of addition", "[io]") {
  CHECK(JsonObject().text() == "{}");
  CHECK(JsonArray().text() == "[]");
  CHECK(JsonObject()
            .add("b", 1)
            .add("a", JsonArray().add("x").add(true).add(nullptr).add(JsonObject()))
            .text() == R"({"b": 1, "a": ["x", true, null, {}]})");
}

TEST_CASE("JSON: a number is the shortest text that reads back", "[io]") {
  CHECK(Json(0.1).text() == "0.1");
  CHECK(Json(0.1f).text() == "0.1");
  CHECK(Json(1.0 / 3).text() == "0.3333333333333333");
  CHECK(Json(-9223372036854775807L - 1).text() == "-9223372036854775808");
  const double x = GENERATE(1e300, 5e-324, -0.0, 123456.789, 2e9);
  CHECK(std::strtod(Json(x).text().c_str(), nullptr) == x);
}

TEST_CASE("JSON: what is no number is null", "[io]") {
  CHECK(Json(std::numeric_limits<double>::quiet_NaN()).text() == "null");
  CHECK(Json(-std::numeric_limits<float>::infinity()).text() == "null");
}

TEST_CASE("JSON: a string is escaped where it must be, and only there", "[io]") {
  CHECK(Json("say \"\\\" \n\t").text() == R"("say \"\\\" \n\u0009")");
  CHECK(Json("\xc3\xbc").text() == "\"\xc3\xbc\"");
  CHECK(Json(std::string(1, '\0')).text() == R"("\u0000")");
}

TEST_CASE("JSON: a string or name that is no UTF-8 is refused as it stands", "[io]") {
  CHECK_THROWS_WITH(Json("caf\xe9"),
                    Catch::Matchers::StartsWith("selfsame: 'caf\\xe9' is no UTF-8"));
  CHECK_THROWS_AS(JsonObject().add("\xff", 1), std::invalid_argument);
}
