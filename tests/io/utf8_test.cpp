#include <selfsame/io/utf8.hpp>
#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("UTF-8: the first and last characters of each length are text", "[io]") {
  for (const char* text :
       {"", "a b~", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    CAPTURE(printable(text));
    CHECK(is_utf8(text));
    CHECK(is_utf8(std::string(text) + text + "x"));
  }
  CHECK(is_utf8(std::string(1, '\0')));
}

TEST_CASE("UTF-8: what is cut off, too long, half of a pair or beyond the last is none", "[io]") {
  for (const char* text :
       {"\x80", "\xbf", "\xc3", "\xe2\x82", "\xf0\x9f\x8c", "\xc3(", "\xe2(\x82", "\xc0\xaf",
        "\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xed\xa0\x80", "\xed\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    CAPTURE(printable(text));
    CHECK_FALSE(is_utf8(text));
    CHECK_FALSE(is_utf8("abc" + std::string(text)));
  }
}

TEST_CASE("a message shows text as it is, and bytes that are none by their numbers", "[io]") {
  CHECK(printable("caf\xc3\xa9 'x'") == "caf\xc3\xa9 'x'");
  CHECK(printable("caf\xe9") == "caf\\xe9");
  CHECK(printable("a\nb\t\x7f") == "a\\x0ab\\x09\\x7f");
}
