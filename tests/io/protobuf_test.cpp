#include <selfsame/io/detail/protobuf.hpp>
#include "support/catch.hpp"

#include <string>

using namespace selfsame;

TEST_CASE("protocol buffers: numbers take seven bits a byte, the lowest first", "[io]") {
  CHECK(detail::Message().number(1, 0).text() == std::string("\x08\x00", 2));
  CHECK(detail::Message().number(1, 127).text() == "\x08\x7f");
  CHECK(detail::Message().number(20, 300).text() == "\xa0\x01\xac\x02");
  CHECK(detail::Message().number(1, -1).text() == "\x08" + std::string(9, '\xff') + "\x01");
  CHECK(detail::Message().message(2, detail::Message().bytes(1, "ab")).text() ==
        "\x12\x04\x0a\x02"
        "ab");
}

TEST_CASE("protocol buffers: a double takes eight bytes and a float four, the lowest first",
          "[io]") {
  CHECK(detail::Message().real(1, 1.0).text() == std::string("\x09\0\0\0\0\0\0\xf0\x3f", 9));
  CHECK(detail::Message().real(2, -2.0f).text() == std::string("\x15\0\0\0\xc0", 5));
}
