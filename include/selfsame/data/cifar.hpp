/// @file
/// CIFAR-10 and CIFAR-100 in their binary version.
#pragma once
#include <selfsame/data/dataset.hpp>
#include <selfsame/io/gzip.hpp>

#include <algorithm>

namespace selfsame {

/// Which of CIFAR-100's two labels.
enum class CifarLabels {
  coarse,  ///< 20 superclasses
  fine     ///< 100 classes
};

namespace detail {

inline constexpr Index cifar_side = 32;
inline constexpr Index cifar_plane = cifar_side * cifar_side;

// Records of `label_bytes` labels and three planes of 32 x 32 pixels, to NHWC.
inline Dataset read_cifar(const std::vector<std::string>& files, Index label_bytes, Index use,
                          Index classes, std::vector<std::string> names) {
  std::vector<std::uint8_t> pixels;
  std::vector<Index> labels;
  std::vector<std::uint8_t> record(static_cast<std::size_t>(label_bytes + 3 * cifar_plane));
  const auto bytes = static_cast<Index>(record.size());
  for (const std::string& path : files) {
    ByteReader file(path);
    for (Index first = 0;; first += bytes) {
      const Index got = file.read(record.data(), bytes);
      if (got == 0 && first > 0) break;
      if (got < bytes)
        file.fail(first + got, "the file ends within record " + std::to_string(first / bytes) +
                                   " of " + std::to_string(bytes) + " bytes");
      const Index label = record[static_cast<std::size_t>(use)];
      if (label >= classes)
        file.fail(first + use, "label " + std::to_string(label) + " is none of " +
                                   std::to_string(classes) + " classes");
      labels.push_back(label);
      for (Index i = 0; i < cifar_plane; ++i)
        for (Index c = 0; c < 3; ++c)
          pixels.push_back(record[static_cast<std::size_t>(label_bytes + c * cifar_plane + i)]);
    }
  }
  if (names.empty())
    for (Index c = 0; c < classes; ++c) names.push_back(std::to_string(c));
  auto images = xt::xtensor<std::uint8_t, 4>::from_shape({labels.size(), 32, 32, 3});
  std::copy(pixels.begin(), pixels.end(), images.data());
  return Dataset(std::move(images), std::move(labels), std::move(names));
}

}  // namespace detail

/// Reads files of CIFAR-10: records of 1 label and 3072 bytes of pixels. Throws std::runtime_error
/// with file and byte where one is truncated, empty, or has a label that is no class. Gzip is
/// unpacked.
///
/// @param names  of the classes; empty: CIFAR-10's
/// @see Krizhevsky 2009, "Learning multiple layers of features from tiny images"
inline Dataset read_cifar10(const std::vector<std::string>& files,
                            std::vector<std::string> names = {}) {
  if (names.empty())
    names = {"airplane", "automobile", "bird",  "cat",  "deer",
             "dog",      "frog",       "horse", "ship", "truck"};
  const auto classes = static_cast<Index>(names.size());
  return detail::read_cifar(files, 1, 0, classes, std::move(names));
}

/// Reads files of CIFAR-100: records of 2 labels and 3072 bytes of pixels. Errors as in
/// `read_cifar10`.
inline Dataset read_cifar100(const std::vector<std::string>& files,
                             CifarLabels labels = CifarLabels::fine) {
  const bool fine = labels == CifarLabels::fine;
  return detail::read_cifar(files, 2, fine ? 1 : 0, fine ? 100 : 20, {});
}

/// The folder cifar-10-batches-bin. Classes are named by its batches.meta.txt, where that is there.
inline Split cifar10(const std::string& directory) {
  std::vector<std::string> names;
  const std::string meta = directory + "/batches.meta.txt";
  if (std::filesystem::exists(meta)) names = read_class_names(meta);
  std::vector<std::string> train;
  for (int i = 1; i <= 5; ++i)
    train.push_back(directory + "/data_batch_" + std::to_string(i) + ".bin");
  return {read_cifar10(train, names), read_cifar10({directory + "/test_batch.bin"}, names)};
}

/// The folder cifar-100-binary.
inline Split cifar100(const std::string& directory, CifarLabels labels = CifarLabels::fine) {
  return {read_cifar100({directory + "/train.bin"}, labels),
          read_cifar100({directory + "/test.bin"}, labels)};
}

}  // namespace selfsame
