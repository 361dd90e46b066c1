#include "images.hpp"

#include <selfsame/data/cifar.hpp>
#include <selfsame/data/fashion_mnist.hpp>
#include <selfsame/data/packed.hpp>

#include <cstdio>
#include <filesystem>

namespace selfsame::program {

#ifndef SELFSAME_EXCERPT_DIR
#define SELFSAME_EXCERPT_DIR "examples/data/fashion-mnist-excerpt"
#endif

std::string find_images(const std::string& asked) {
  namespace fs = std::filesystem;
  if (!asked.empty()) {
    if (!fs::is_directory(asked))
      throw std::invalid_argument("selfsame: --data " + asked + ": there is no such folder");
    return fs::absolute(asked).lexically_normal().string();
  }
  try {
    return find_fashion_mnist();
  } catch (const std::runtime_error&) {
    std::fprintf(stderr,
                 "The package dataset-fashion-mnist is not installed: going on with an excerpt of "
                 "Fashion-MNIST.\n");
    return fs::absolute(SELFSAME_EXCERPT_DIR).string();
  }
}

Split load_images(const std::string& folder) {
  const auto has = [&](const char* name) { return std::filesystem::exists(folder + "/" + name); };
  if (is_packed(folder + "/train")) {
    const Dataset train = map_packed(folder + "/train");
    const Dataset test =
        is_packed(folder + "/test") ? map_packed(folder + "/test") : train.first(0);
    if (!(test.image() == train.image()) || test.names() != train.names())
      throw std::invalid_argument(
          "selfsame: --data " + folder + ": train has images of " + to_string(train.image()) +
          " and " + std::to_string(train.classes()) + " classes, test of " +
          to_string(test.image()) + " and " + std::to_string(test.classes()) + "; they must agree");
    return {train, test};
  }
  if (has("data_batch_1.bin")) return cifar10(folder);
  if (has("train.bin")) return cifar100(folder);
  if (has("train-images-idx3-ubyte") || has("train-images-idx3-ubyte.gz"))
    return fashion_mnist(folder);
  throw std::invalid_argument(
      "selfsame: --data " + folder +
      ": neither train-images-idx3-ubyte[.gz] (Fashion-MNIST) nor data_batch_1.bin "
      "(CIFAR-10) nor train.bin (CIFAR-100) nor train/images.npy is in it; selfsame pack makes the "
      "last of PNG and JPEG files");
}

}  // namespace selfsame::program
