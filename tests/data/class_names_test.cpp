#include <selfsame/data/class_names.hpp>
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("names of classes may have spaces, quotes and any letters", "[data]") {
  CHECK_NOTHROW(check_class_names({}));
  CHECK_NOTHROW(check_class_names({"a b ", "'a'", "\"a\"", "caf\xc3\xa9", "\xe2\x82\xac",
                                   "\xf0\x9f\x8c\xb9", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf", "a/b"}));
}

TEST_CASE("a name that a line of text cannot hold is refused with its number", "[data]") {
  const auto refused = [](const std::string& name, const std::string& why) {
    CHECK_THROWS_WITH(check_class_names({"rose", name}), "selfsame: class 1 is named '" + why);
  };
  refused("", "'; a name has a character at least");
  refused("a\nb", "a\\x0ab'; a name is one line of text, without tabs");
  refused("a\r", "a\\x0d'; a name is one line of text, without tabs");
  refused("a\tb", "a\\x09b'; a name is one line of text, without tabs");
  refused("caf\xe9", "caf\\xe9'; a name is UTF-8");
  refused("rose", "rose'; so is class 0");
}

TEST_CASE("a file of names has one a line, and empty ones at its end alone", "[data]") {
  const TemporaryFolder folder;
  write_file(folder / "names.txt", "rose\r\ndaisy\n\n\n");
  CHECK(read_class_names(folder / "names.txt") == std::vector<std::string>{"rose", "daisy"});
  write_file(folder / "names.txt", "");
  CHECK(read_class_names(folder / "names.txt").empty());
  write_file(folder / "names.txt", "rose\n\ndaisy\n");
  CHECK_THROWS_WITH(read_class_names(folder / "names.txt"),
                    ContainsSubstring("names.txt': class 1 is named ''"));
}
