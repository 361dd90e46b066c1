#include <selfsame/data/image_list.hpp>
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;
namespace fs = std::filesystem;

namespace {
void put(const fs::path& file) {
  fs::create_directories(file.parent_path());
  write_file(file, "x");
}
std::vector<std::string> names_of(const ImageList& list) {
  std::vector<std::string> names;
  for (const auto& file : list.files) names.push_back(file.filename().string());
  return names;
}
}  // namespace

TEST_CASE("a file names images, with classes by name and without", "[data]") {
  const TemporaryFolder folder;
  for (const char* file : {"x/1.png", "2.png", "3.png"}) put(folder / file);
  write_file(folder / "list.txt", "x/1.png\trose\r\n2.png\n\n3.png\tdaisy");
  const ImageList list = list_file(folder / "list.txt");
  CHECK(names_of(list) == std::vector<std::string>{"1.png", "2.png", "3.png"});
  CHECK(list.labels == std::vector<Index>{1, -1, 0});
  CHECK(list.names == std::vector<std::string>{"daisy", "rose"});
  write_file(folder / "list.txt", "2.png\nnone.png\trose\n");
  CHECK_THROWS_WITH(list_file(folder / "list.txt"),
                    ContainsSubstring("line 2: there is no file 'none.png'"));
  write_file(folder / "list.txt", "\n");
  CHECK_THROWS_WITH(list_file(folder / "list.txt"), ContainsSubstring("names no file"));
}

TEST_CASE("extra_negatives images have no labels, whatever they had", "[data]") {
  const ImageList labelled{{"a", "b"}, {1, 0}, {"x", "y"}},
      extra_negatives{{"c"}, {0}, {"z"}, {{"d", "why"}}};
  const ImageList all = with_unlabelled(labelled, extra_negatives);
  CHECK(all.labels == std::vector<Index>{1, 0, -1});
  CHECK(all.files.back() == "c");
  CHECK(all.names == labelled.names);
  CHECK(all.unread.size() == 1);
}

TEST_CASE("a file that is named twice has one class, or is refused with both lines", "[data]") {
  const TemporaryFolder folder;
  put(folder / "1.png");
  const auto list = [&](const std::string& text) {
    write_file(folder / "list.txt", text);
    return list_file(folder / "list.txt");
  };
  CHECK(list("1.png\trose\n1.png\trose\n").labels == std::vector<Index>{0, 0});
  CHECK_THROWS_WITH(
      list("1.png\trose\n\n./1.png\tdaisy\n"),
      ContainsSubstring("line 3: './1.png' is of class 'daisy', in line 1 it is of class 'rose'"));
  CHECK_THROWS_WITH(list("1.png\trose\n1.png\n"), ContainsSubstring("is of class '', in line 1"));
  CHECK_THROWS_WITH(list("1.png\trose\t7\n"),
                    ContainsSubstring("line 1: more than a path and a class"));
}

TEST_CASE("labels are numbered anew by the names of other classes, which must have all of them",
          "[data]") {
  const ImageList test{{"a", "b", "c"}, {1, -1, 0}, {"daisy", "rose"}};
  const ImageList again = numbered_as(test, {"aster", "daisy", "iris", "rose"});
  CHECK(again.labels == std::vector<Index>{3, -1, 1});
  CHECK(again.names.size() == 4);
  CHECK_THROWS_WITH(numbered_as(test, {"rose", "tulip"}),
                    ContainsSubstring("have 'daisy', which the 2 classes to train with have not"));
  CHECK_THROWS_AS(numbered_as({{"a"}, {2}, {"x"}}, {"x"}), std::invalid_argument);
}
