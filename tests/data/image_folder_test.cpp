#include <selfsame/data/image_folder.hpp>
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <unistd.h>

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;
namespace fs = std::filesystem;

namespace {
// A folder in which these files are.
class Files {
 public:
  Files() = default;
  Files(std::initializer_list<const char*> files) {
    for (const char* file : files) put(file);
  }
  void put(const std::string& file) const {
    fs::create_directories((folder_ / file).parent_path());
    write_file(folder_ / file, "x");
  }
  void link(const std::string& from, const std::string& to) const {
    fs::create_directories((folder_ / from).parent_path());
    fs::create_symlink(to, folder_ / from);
  }
  fs::path operator/(const std::string& name) const { return folder_ / name; }
  fs::path path() const { return folder_ / "."; }

 private:
  TemporaryFolder folder_;
};
std::vector<std::string> names_of(const ImageList& list) {
  std::vector<std::string> names;
  for (const auto& file : list.files) names.push_back(file.filename().string());
  return names;
}
}  // namespace

TEST_CASE("a folder a class: classes by name, files by class and name, others left out", "[data]") {
  const Files files{"rose/2.PNG",      "rose/10.jpg",     "daisy/b.jpeg", "daisy/deep/a.png",
                    "daisy/notes.txt", "rose/more/x.txt", "readme.md"};
  const ImageList list = list_folder(files.path());
  CHECK(list.names == std::vector<std::string>{"daisy", "rose"});
  CHECK(names_of(list) == std::vector<std::string>{"b.jpeg", "a.png", "10.jpg", "2.PNG"});
  CHECK(list.labels == std::vector<Index>{0, 0, 1, 1});
  CHECK(list.unread.empty());
}

TEST_CASE("a folder that has images itself has no classes", "[data]") {
  const Files files{"b.png", "a.jpg", "more/c.png", "train/d.png"};
  const ImageList list = list_folder(files.path());
  CHECK(list.names.empty());
  CHECK(list.labels == std::vector<Index>{-1, -1, -1, -1});
  const Files other{"notes.txt", "more/notes.txt"};
  CHECK_THROWS_WITH(list_folder(other.path()),
                    ContainsSubstring("no file named .png, .jpg or .jpeg"));
  CHECK_THROWS_WITH(list_folder(other / "none"), ContainsSubstring("selfsame: cannot open"));
  CHECK_THROWS_WITH(list_folder(other / "notes.txt"), ContainsSubstring("notes.txt' is no folder"));
}

TEST_CASE("what programs and systems put beside images is neither a class nor an image", "[data]") {
  const Files files{"rose/1.jpg",
                    "rose/._1.jpg",
                    "rose/.thumbs/1.jpg",
                    "rose/@eaDir/1.jpg",
                    "rose/Thumbs.db",
                    ".ipynb_checkpoints/1-checkpoint.jpg",
                    ".git/a.png",
                    "__MACOSX/rose/._1.jpg",
                    ".DS_Store",
                    "daisy/1.jpg",
                    "System Volume Information/a.jpg"};
  files.link("daisy/.#2.jpg", "nowhere");
  const ImageList list = list_folder(files.path());
  CHECK(list.names == std::vector<std::string>{"daisy", "rose"});
  CHECK(list.size() == 2);
  CHECK(list.unread.empty());
  CHECK(list_images(files.path()).size() == 2);
}

TEST_CASE("a class without an image is refused by its name, since it would shift the others",
          "[data]") {
  const Files files{"daisy/notes.txt", "rose/1.jpg"};
  fs::create_directory(files / "aster");
  CHECK_THROWS_WITH(list_folder(files.path()),
                    ContainsSubstring("but 'aster', 'daisy' without an image"));
}

TEST_CASE("links to files and folders outside are followed", "[data]") {
  const Files outside{"x/1.png", "x/2.png", "3.png"}, files{"rose/0.png"};
  files.link("rose/more", outside / "x");
  files.link("rose/3.png", outside / "3.png");
  files.link("daisy", outside / "x");
  const ImageList list = list_folder(files.path());
  CHECK(names_of(list) ==
        std::vector<std::string>{"1.png", "2.png", "0.png", "3.png", "1.png", "2.png"});
  CHECK(list.labels == std::vector<Index>{0, 0, 1, 1, 1, 1});
  CHECK(list.unread.empty());
}

TEST_CASE("a class all of whose links lead nowhere keeps its label, and each link is named",
          "[data]") {
  const Files files{"aster/1.jpg", "rose/1.jpg"};
  files.link("daisy/1.jpg", "/nowhere/1.jpg");
  files.link("daisy/2.jpg", "2.jpg");  // to itself
  const ImageList list = list_folder(files.path());
  CHECK(list.names == std::vector<std::string>{"aster", "daisy", "rose"});
  CHECK(list.labels == std::vector<Index>{0, 2});
  REQUIRE(list.unread.size() == 2);
  CHECK_THAT(list.unread[0].why, ContainsSubstring("daisy/1.jpg' is a link that leads nowhere"));
  CHECK_THAT(list.unread[1].why, ContainsSubstring("daisy/2.jpg' cannot be looked at"));
}

TEST_CASE("a link in the place of a class that leads nowhere is refused by its name", "[data]") {
  const Files files{"rose/1.jpg"};
  files.link("daisy", "/nowhere");
  CHECK_THROWS_WITH(list_folder(files.path()),
                    ContainsSubstring("daisy' is a link that leads nowhere; mend or remove it"));
  files.link("1.jpg", "/nowhere");  // now it has images itself
  CHECK(list_folder(files.path()).unread.size() == 2);
}

TEST_CASE("links that lead back end where they do, and each folder is listed once", "[data]") {
  const Files files{"rose/1.jpg", "rose/deep/2.jpg", "daisy/3.jpg"};
  files.link("rose/deep/parent", "..");
  files.link("rose/deep/root", "../..");
  files.link("rose/again", "deep");
  files.link("daisy/self", ".");
  const ImageList list = list_folder(files.path());
  CHECK(list.labels == std::vector<Index>{0, 1, 1});
  CHECK(list.unread.size() == 4);
  for (const SkippedImage& u : list.unread)
    CHECK_THAT(u.why, ContainsSubstring("already listed under another name"));
  CHECK(list_images(files.path()).size() == 3);
}

TEST_CASE("folders that all link to one another are listed in no more steps than there are links",
          "[data]") {
  const Files files;
  for (char a = 'a'; a < 'a' + 12; ++a) {  // 12! paths
    files.put(std::string("rose/") + a + "/1.jpg");
    for (char b = 'a'; b < 'a' + 12; ++b)
      files.link(std::string("rose/") + a + "/to_" + b, std::string("../") + b);
  }
  const ImageList list = list_folder(files.path());
  CHECK(list.size() == 12);
  CHECK(list.unread.size() == 144);
}

TEST_CASE("what is named as an image and is no file is named", "[data]") {
  const Files files{"rose/1.jpg", "rose/folder.jpg/2.jpg"};
  REQUIRE(::mkfifo((files / "rose/pipe.png").c_str(), 0600) ==
          0);  // reading it would wait for ever
  const ImageList list = list_folder(files.path());
  CHECK(list.size() == 2);
  REQUIRE(list.unread.size() == 1);
  CHECK_THAT(list.unread[0].why, ContainsSubstring("pipe.png' is no file"));
}

TEST_CASE("a class that may not be opened keeps its label and is named", "[data]") {
  if (::geteuid() == 0) {
    WARN("root may open everything");
    return;
  }
  const Files files{"daisy/1.jpg", "rose/1.jpg"};
  fs::permissions(files / "daisy", fs::perms::none);
  const ImageList list = list_folder(files.path());
  fs::permissions(files / "daisy", fs::perms::owner_all);
  CHECK(list.labels == std::vector<Index>{1});
  REQUIRE(list.unread.size() == 1);
  CHECK_THAT(list.unread[0].why, ContainsSubstring("daisy' cannot be listed: Permission denied"));
}

TEST_CASE("a split has a part to train with and one to test with, by the usual names", "[data]") {
  const auto [train, test] = GENERATE(table<const char*, const char*>({{"train", "test"},
                                                                       {"training", "validation"},
                                                                       {"Train", "VAL"},
                                                                       {"train", "valid"},
                                                                       {"Training", "Testing"}}));
  CAPTURE(train, test);
  const Files files;
  for (const char* image : {"/rose/1.jpg", "/daisy/2.jpg"}) files.put(train + std::string(image));
  files.put(test + std::string("/rose/3.jpg"));
  files.put(".git/x.png");
  files.put("annotations/1.txt");
  const ImageSplit split = list_split(files.path());
  CHECK(split.train.labels == std::vector<Index>{0, 1});
  CHECK(names_of(split.test) == std::vector<std::string>{"3.jpg"});
  CHECK(split.test.labels == std::vector<Index>{1});  // as train's classes are numbered
  CHECK(split.test.names == split.train.names);
  CHECK_THROWS_WITH(list_folder(files.path()), ContainsSubstring("parts of a set and no classes"));
}

TEST_CASE("folders whose names say both parts and classes are refused with the names", "[data]") {
  const auto refused = [](std::initializer_list<const char*> all, const std::string& why) {
    const Files files(all);
    CHECK_THROWS_WITH(list_split(files.path()), ContainsSubstring(why));
  };
  refused({"train/a/1.jpg", "test/a/1.jpg", "extra/1.jpg"},
          "has 'train' and 'test', named as parts of a set, beside 'extra', which is none");
  refused({"cat/1.jpg", "dog/1.jpg", "test/1.jpg"},
          "has 'test', named as parts of a set, beside 'cat'");
  refused({"train/cat/1.jpg", "extra/1.jpg"},
          "has 'train', named as parts of a set, beside 'extra'");
  refused({"test/a/1.jpg"}, "has 'test', named as a part to test with, and no part to train with");
  refused({"train/a/1.jpg", "val/a/1.jpg", "test/a/1.jpg"},
          "has 'train' and 'test' and 'val'; what is to be tested with must be alone");
  refused({"train/a/1.jpg", "training/a/1.jpg"}, "one of them must be 'train' alone");
  refused({"train/a/1.jpg", "test/a/1.jpg", "cover.jpg"}, "beside images, 'cover.jpg' ...");
}

TEST_CASE("a class may be named train where nothing else says that it is a part", "[data]") {
  const Files files{"plane/1.jpg", "train/2.jpg"};
  const ImageSplit split = list_split(files.path());
  CHECK(split.train.names == std::vector<std::string>{"plane", "train"});
  CHECK(split.test.files.empty());
}

TEST_CASE("a part without classes is unlabelled, and train and test agree on that", "[data]") {
  const Files files{"train/1.jpg", "train/more/2.jpg", "labels/1.txt"};
  CHECK(list_split(files.path()).train.labels == std::vector<Index>{-1, -1});
  files.put("test/rose/3.jpg");
  CHECK_THROWS_WITH(list_split(files.path()), ContainsSubstring("one has a folder a class"));
}

TEST_CASE("a class to test with that was not trained on is refused by its name", "[data]") {
  const Files files{"train/rose/1.jpg", "train/iris/1.jpg", "test/rose/1.jpg", "test/tulip/1.jpg"};
  CHECK_THROWS_WITH(
      list_split(files.path()),
      ContainsSubstring("the classes to test with have 'tulip', which the 2 classes"));
}
