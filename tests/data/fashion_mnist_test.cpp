#include <selfsame/data/fashion_mnist.hpp>
#include "data/files.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <numeric>

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

namespace {
std::vector<Index> per_class(const Dataset& set) {
  std::vector<Index> counts(10);
  for (const Index label : set.labels()) ++counts[static_cast<std::size_t>(label)];
  return counts;
}
double mean(const Dataset& set) {
  double sum = 0;
  for (Index i = 0; i < set.size(); ++i) {
    const auto image = std::get<PixelsOf<const std::uint8_t>>(set[i]);
    sum += std::accumulate(image.data, image.data + image.size(), 0.0);
  }
  return sum / static_cast<double>(set.size() * set.image().size()) / 255;
}
}  // namespace

TEST_CASE("Fashion-MNIST is 60000 and 10000 images, 6000 and 1000 a class", "[data]") {
  if (!std::filesystem::exists("/usr/share/datasets/fashion-mnist")) {
    WARN("the package dataset-fashion-mnist is not installed");
    return;
  }
  const Split split = fashion_mnist();
  CHECK(split.train.image() == Shape{1, 28, 28, 1});
  CHECK(per_class(split.train) == std::vector<Index>(10, 6000));
  CHECK(per_class(split.test) == std::vector<Index>(10, 1000));
  CHECK(split.train.label(0) == 9);
  CHECK(split.train.names()[9] == "Ankle boot");
  CHECK(mean(split.train) == Approx(0.2860).margin(5e-5));
  CHECK(mean(split.test) == Approx(0.2868).margin(5e-5));
}

TEST_CASE("the repository's excerpt is 200 and 100 images a class", "[data]") {
  // tests/data/fashion_mnist_test.cpp is two folders below the repository
  const auto root = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
  const Split split = fashion_mnist((root / "examples/data/fashion-mnist-excerpt").string());
  CHECK(per_class(split.train) == std::vector<Index>(10, 200));
  CHECK(per_class(split.test) == std::vector<Index>(10, 100));
}

TEST_CASE("a folder without Fashion-MNIST is an error that says what to install", "[data]") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(fashion_mnist(folder / ""),
                    ContainsSubstring("selfsame: ") && ContainsSubstring("dataset-fashion-mnist"));
}

TEST_CASE("images to train and to test that are not of one shape are refused with both", "[data]") {
  const TemporaryFolder folder;
  for (const char* part : {"train", "t10k"}) {
    const std::uint32_t width = std::string(part) == "train" ? 3 : 2;
    write_file(folder / (std::string(part) + "-images-idx3-ubyte"),
               idx_header(0x08, {1, 2, width}) + counting(2 * width));
    write_file(folder / (std::string(part) + "-labels-idx1-ubyte"), idx_header(0x08, {1}) + "\1");
  }
  CHECK_THROWS_WITH(fashion_mnist(folder / ""), ContainsSubstring("must agree"));
}
