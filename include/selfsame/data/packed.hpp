/// @file
/// Images of one shape in files that need not fit in memory.
#pragma once
#include <selfsame/data/dataset.hpp>
#include <selfsame/io/mapped_file.hpp>
#include <selfsame/io/npy.hpp>

#include <cstring>
#include <filesystem>

namespace selfsame {

/// Writes images of bytes one after the other into a folder, which is made where it is missing:
///
///     images.npy  (N, H, W, C) of uint8    labels.npy  (N) of int64    names.txt  a class a line
///
/// NumPy reads them with `numpy.load("images.npy", mmap_mode="r")`. Without `commit` what stood there
/// stays; interrupted within `commit` the images, old or new, have no labels. Errors are those of
/// AtomicFile, and std::invalid_argument, for names those of `check_class_names`.
class PackedWriter {
 public:
  PackedWriter(const std::filesystem::path& folder, Shape image,
               std::vector<std::string> names = {})
      : folder_(folder),
        image_(checked(image)),
        names_((check_class_names(names), std::move(names))),
        images_((std::filesystem::create_directories(folder), folder / "images.npy")) {
    images_.write(header(0));
  }

  void add(const std::uint8_t* pixels, Index label = -1) {
    const Index classes = names_.empty() ? most_classes : static_cast<Index>(names_.size());
    if (label < -1 || label >= classes)
      throw std::invalid_argument("selfsame: label " + std::to_string(label) +
                                  " is neither -1 nor in [0, " + std::to_string(classes) + ")");
    images_.write(detail::bytes_as_text(pixels, image_.size()));
    labels_.push_back(label);
  }
  /// Puts the files in their places. Nothing may be added afterwards.
  void commit() {
    std::string names;
    for (const std::string& name : names_) names += name + "\n";
    images_.rewrite(header(static_cast<Index>(labels_.size())));
    std::filesystem::remove(folder_ / "labels.npy");
    std::filesystem::remove(folder_ / "names.txt");
    images_.commit();
    write_file(folder_ / "names.txt", names);
    write_npy(folder_ / "labels.npy", view<Cpu>(std::as_const(labels_)));
  }
  Index size() const { return static_cast<Index>(labels_.size()); }

 private:
  static Shape checked(Shape image) {
    if (image.height < 1 || image.width < 1 || image.channels < 1)
      throw std::invalid_argument("selfsame: images of " + std::to_string(image.height) + " x " +
                                  std::to_string(image.width) + " x " +
                                  std::to_string(image.channels) +
                                  " (height, width, channels) have no number");
    return image.with_images(1);
  }
  // Of the same length whatever the number of images.
  std::string header(Index images) const {
    return detail::npy_header<std::uint8_t>({images, image_.height, image_.width, image_.channels},
                                            192);
  }

  std::filesystem::path folder_;
  Shape image_;
  std::vector<std::string> names_;
  std::vector<Index> labels_;
  AtomicFile images_;
};

/// Whether a folder has what PackedWriter writes.
inline bool is_packed(const std::filesystem::path& folder) {
  return std::filesystem::is_regular_file(folder / "images.npy");
}

/// The images of a folder, mapped: pages of images.npy are read when they are looked at, so a set may
/// be larger than memory; bytes or 32-bit floats in [0, 1], (N, H, W, C) or grey (N, H, W), written by
/// PackedWriter or by NumPy. labels.npy (see `read_labels`, one an image) and names.txt may be missing.
/// Floats are all looked at once, so that none is beyond [0, 1]; bytes need no look.
///
/// @throws std::runtime_error  with the file, where it is no such array, or where labels, names or floats
///                             are none that a `Dataset` can have
inline Dataset map_packed(const std::filesystem::path& folder) {
  const auto path = folder / "images.npy";
  const auto wrong = [&](const std::string& why) {
    throw std::runtime_error("selfsame: '" + path.string() + "' " + why);
  };
  const auto file = std::make_shared<const MappedFile>(path);
  const std::string_view bytes = file->bytes();
  const detail::NpyArray array = detail::parse_npy(bytes, wrong);
  const std::vector<Index>& e = array.extents;
  if ((array.scalar != Scalar::uint8 && array.scalar != Scalar::real32) || array.high_first)
    wrong("has pixels of type " + array.type + ", neither bytes nor 32-bit floats: convert them");
  if (array.by_columns) wrong("lies column by column: save numpy.ascontiguousarray of it");
  if (e.size() != 3 && e.size() != 4)
    wrong("is " + to_string(e) + "; images are (N, H, W) or (N, H, W, C)");
  const Shape shape{e[0], e[1], e[2], e.size() == 4 ? e[3] : 1};
  if (shape.height < 1 || shape.width < 1 || shape.channels < 1)
    wrong("is " + to_string(e) + "; an image has a pixel at least");
  std::vector<std::string> names;
  if (std::filesystem::exists(folder / "names.txt")) names = read_class_names(folder / "names.txt");
  std::vector<Index> labels(static_cast<std::size_t>(shape.images), -1);
  if (std::filesystem::exists(folder / "labels.npy"))
    labels = read_labels(folder / "labels.npy",
                         names.empty() ? most_classes : static_cast<Index>(names.size()));
  if (static_cast<Index>(labels.size()) != shape.images)
    wrong("has " + std::to_string(shape.images) + " images, labels.npy has " +
          std::to_string(labels.size()) + " labels; there must be one an image");
  const char* first = bytes.data() + array.begin;
  if (array.scalar == Scalar::uint8)
    return Dataset::borrow(reinterpret_cast<const std::uint8_t*>(first), shape, std::move(labels),
                           std::move(names), file);
  if (array.begin % alignof(float) != 0) wrong("has floats that are not aligned");
  try {
    return Dataset::borrow(reinterpret_cast<const float*>(first), shape, std::move(labels),
                           std::move(names), file);
  } catch (const std::invalid_argument& fault) {
    const std::string why = fault.what();
    throw std::runtime_error("selfsame: '" + path.string() +
                             "': " + why.substr(std::min(why.size(), std::strlen("selfsame: "))));
  }
}

}  // namespace selfsame
