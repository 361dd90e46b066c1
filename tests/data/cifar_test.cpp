#include <selfsame/data/cifar.hpp>
#include "data/files.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

namespace {
std::string record(const std::string& labels, int shift) {
  std::string bytes = labels;
  for (int c = 0; c < 3; ++c)
    for (int i = 0; i < 1024; ++i) bytes += static_cast<char>(i % 7 + 10 * c + shift);
  return bytes;
}
}  // namespace

TEST_CASE("CIFAR-10 records become images whose channels are neighbours", "[data]") {
  const TemporaryFolder folder;
  const std::string a = folder / "a.bin", b = folder / "b.bin";
  write_file(a, record("\x03", 0) + record(std::string(1, '\0'), 50));
  write_file(b, record("\x09", 100));
  const Dataset set = read_cifar10({a, b});
  CHECK(set.size() == 3);
  CHECK(set.image() == Shape{1, 32, 32, 3});
  CHECK(set.labels() == std::vector<Index>{3, 0, 9});
  CHECK(set.names()[3] == "cat");
  const auto image = std::get<PixelsOf<const std::uint8_t>>(set[1]);
  for (Index i = 0; i < 1024; ++i)
    for (Index c = 0; c < 3; ++c) REQUIRE(image(i / 32, i % 32, c) == i % 7 + 10 * c + 50);
}

TEST_CASE("the classes of a folder have the names of its batches.meta.txt, or CIFAR-10's",
          "[data]") {
  const TemporaryFolder folder;
  for (const char* part : {"data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4",
                           "data_batch_5", "test_batch"})
    write_file(folder / (std::string(part) + ".bin"), record("\x01", 0));
  CHECK(cifar10((folder / ".").string()).test.names()[1] == "automobile");
  write_file(folder / "batches.meta.txt", "shirt\nshoe\n\n");
  const Split split = cifar10((folder / ".").string());
  CHECK(split.train.names() == std::vector<std::string>{"shirt", "shoe"});
  CHECK(split.test.names() == split.train.names());
  write_file(folder / "batches.meta.txt", "shirt\n\nshoe\n");
  CHECK_THROWS_WITH(cifar10((folder / ".").string()),
                    ContainsSubstring("batches.meta.txt': class 1 is named ''"));
  write_file(folder / "batches.meta.txt", "shirt\nshirt\n");
  CHECK_THROWS_WITH(cifar10((folder / ".").string()), ContainsSubstring("so is class 0"));
  write_file(folder / "batches.meta.txt", "shirt\n");
  CHECK_THROWS_WITH(cifar10((folder / ".").string()), ContainsSubstring("label 1 is none of 1"));
}

TEST_CASE("CIFAR-100 has two labels a record", "[data]") {
  const TemporaryFolder folder;
  const std::string path = folder / "train.bin";
  write_file(path, record("\x13\x63", 0));
  CHECK(read_cifar100({path}).label(0) == 99);
  CHECK(read_cifar100({path}).classes() == 100);
  CHECK(read_cifar100({path}, CifarLabels::coarse).label(0) == 19);
  CHECK(read_cifar100({path}, CifarLabels::coarse).classes() == 20);
}

TEST_CASE("a CIFAR file that is empty, cut off or mislabelled is an error with its byte",
          "[data]") {
  const TemporaryFolder folder;
  const std::string path = folder / "batch.bin", whole = record("\x03", 0) + record("\x0a", 0);
  write_file(path, "");
  CHECK_THROWS_WITH(read_cifar10({path}), ContainsSubstring("batch.bin', byte 0"));
  write_file(path, whole.substr(0, 3072));
  CHECK_THROWS_WITH(read_cifar10({path}),
                    ContainsSubstring("byte 3072: the file ends within record 0"));
  write_file(path, whole.substr(0, 4000));
  CHECK_THROWS_WITH(read_cifar10({path}),
                    ContainsSubstring("byte 4000: the file ends within record 1"));
  write_file(path, whole);
  CHECK_THROWS_WITH(read_cifar10({path}),
                    ContainsSubstring("byte 3073: label 10 is none of 10 classes"));
}

TEST_CASE("the folders of CIFAR are read by their files' names", "[data]") {
  const TemporaryFolder folder;
  for (int i = 1; i <= 5; ++i)
    write_file(folder / ("data_batch_" + std::to_string(i) + ".bin"),
               record(std::string(1, static_cast<char>(i)), i));
  CHECK_THROWS_WITH(cifar10(folder / ""), ContainsSubstring("test_batch.bin"));
  write_file(folder / "test_batch.bin", record("\x07", 0));
  const Split split = cifar10(folder / "");
  CHECK(split.train.labels() == std::vector<Index>{1, 2, 3, 4, 5});
  CHECK(split.test.labels() == std::vector<Index>{7});
}
