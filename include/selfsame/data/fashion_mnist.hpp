/// @file
/// Fashion-MNIST, from Debian's package, from the repository's excerpt, or from any folder with its
/// files.
#pragma once
#include <selfsame/data/idx.hpp>

#include <filesystem>

namespace selfsame {

/// The folder that has Fashion-MNIST: `directory` if it is given, else where Debian's package
/// dataset-fashion-mnist puts it. Throws std::runtime_error that says what to install.
inline std::string find_fashion_mnist(const std::string& directory = {}) {
  constexpr const char* package = "/usr/share/datasets/fashion-mnist";
  std::string place = directory.empty() ? package : directory;
  if (std::filesystem::exists(place + "/train-images-idx3-ubyte.gz") ||
      std::filesystem::exists(place + "/train-images-idx3-ubyte"))
    return place;
  throw std::runtime_error("selfsame: " + place +
                           ": there is no train-images-idx3-ubyte.gz; install Debian's package "
                           "dataset-fashion-mnist, or name a folder that has it "
                           "(examples/data/fashion-mnist-excerpt has a part)");
}

/// Its images (28 x 28, grey) and 10 classes: 60 000 to train and 10 000 to test, or what the
/// folder has of them. The four files may be gzipped or not.
///
/// Xiao, Rasul, Vollgraf 2017, arXiv:1708.07747
inline Split fashion_mnist(const std::string& directory = {}) {
  const std::string place = find_fashion_mnist(directory);
  const auto read = [&](const std::string& part) {
    const auto file = [&](const std::string& name) {
      const std::string plain = place + "/" + part + "-" + name + "-ubyte";
      return std::filesystem::exists(plain) ? plain : plain + ".gz";
    };
    return read_idx_dataset(file("images-idx3"), file("labels-idx1"),
                            {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal",
                             "Shirt", "Sneaker", "Bag", "Ankle boot"});
  };
  const Split split{read("train"), read("t10k")};
  if (!(split.train.image() == split.test.image()))
    throw std::runtime_error("selfsame: " + place + ": images to train are " +
                             to_string(split.train.image()) + ", images to test " +
                             to_string(split.test.image()) + "; they must agree");
  return split;
}

}  // namespace selfsame
