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

TEST_CASE("a folder a class: classes by name, files by class and name, others left out", "[data]") {
  const TemporaryFolder folder;
  for (const char* file : {"rose/2.PNG", "rose/10.jpg", "daisy/b.jpeg", "daisy/deep/a.png",
                           "daisy/notes.txt", "empty/notes.txt", "readme.md"})
    put(folder / file);
  const ImageList list = list_folder(folder / ".");
  CHECK(list.names == std::vector<std::string>{"daisy", "rose"});
  CHECK(names_of(list) == std::vector<std::string>{"b.jpeg", "a.png", "10.jpg", "2.PNG"});
  CHECK(list.labels == std::vector<Index>{0, 0, 1, 1});
}

TEST_CASE("a folder that has images itself has no classes", "[data]") {
  const TemporaryFolder folder;
  for (const char* file : {"b.png", "a.jpg", "more/c.png"}) put(folder / file);
  const ImageList list = list_folder(folder / ".");
  CHECK(list.names.empty());
  CHECK(list.size() == 3);
  CHECK(list.labels == std::vector<Index>{-1, -1, -1});
  const TemporaryFolder other;
  put(other / "notes.txt");
  CHECK_THROWS_WITH(list_folder(other / "."),
                    ContainsSubstring("no file named .png, .jpg or .jpeg"));
  CHECK_THROWS_AS(list_folder(other / "none"), fs::filesystem_error);
}

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

TEST_CASE("further images have no labels, whatever they had", "[data]") {
  const ImageList labelled{{"a", "b"}, {1, 0}, {"x", "y"}}, further{{"c"}, {0}, {"z"}};
  const ImageList all = with_unlabelled(labelled, further);
  CHECK(all.labels == std::vector<Index>{1, 0, -1});
  CHECK(all.files.back() == "c");
  CHECK(all.names == labelled.names);
}
