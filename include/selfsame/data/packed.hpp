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
/// AtomicFile, and std::invalid_argument.
class PackedWriter {
 public:
  PackedWriter(const std::filesystem::path& folder, Shape image,
               std::vector<std::string> names = {})
      : folder_(folder),
        image_(image.with_images(1)),
        names_(std::move(names)),
        images_((std::filesystem::create_directories(folder), folder / "images.npy")) {
    for (const std::string& name : names_)
      if (name.empty() || name.find('\n') != name.npos)
        throw std::invalid_argument("selfsame: the class '" + name + "' must be one line of text");
    images_.write(header(0));
  }

  void add(const std::uint8_t* pixels, Index label = -1) {
    if (label < -1 || (!names_.empty() && label >= static_cast<Index>(names_.size())))
      throw std::invalid_argument("selfsame: label " + std::to_string(label) + " is none of " +
                                  std::to_string(names_.size()) + " classes");
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
/// PackedWriter or by NumPy. labels.npy (integers, one an image) and names.txt may be missing.
///
/// @throws std::runtime_error  with the file, where it is no such array or there are not as many labels
inline Dataset map_packed(const std::filesystem::path& folder) {
  const auto path = folder / "images.npy";
  const auto wrong = [&](const std::string& why) {
    throw std::runtime_error("selfsame: '" + path.string() + "' " + why);
  };
  const auto file = std::make_shared<const MappedFile>(path);
  const std::string_view bytes = file->bytes();
  const detail::NpyArray array = detail::parse_npy(bytes, wrong);
  const std::vector<Index>& e = array.extents;
  if (e.size() != 3 && e.size() != 4)
    wrong("is " + to_string(e) + "; images are (N, H, W) or (N, H, W, C)");
  const Shape shape{e[0], e[1], e[2], e.size() == 4 ? e[3] : 1};
  if (shape.height < 1 || shape.width < 1 || shape.channels < 1)
    wrong("is " + to_string(e) + "; an image has a pixel at least");
  std::vector<Index> labels;
  if (std::filesystem::exists(folder / "labels.npy")) {
    const NamedTensor given = read_npy(folder / "labels.npy");
    if (given.scalar < Scalar::int64 || given.extents.size() != 1 || given.size() != shape.images)
      wrong("has " + std::to_string(shape.images) + " images, labels.npy is " +
            to_string(given.extents) + "; it must be as many integers");
    for (const double x : given.numbers<double>()) {
      if (!(x >= -1 && x < 1e9)) wrong("has a label of " + std::to_string(x));
      labels.push_back(static_cast<Index>(x));
    }
  }
  std::vector<std::string> names;
  if (std::filesystem::exists(folder / "names.txt")) names = read_lines(folder / "names.txt");
  const char* first = bytes.data() + array.begin;
  const auto borrowed = [&](const auto* pixels) {
    try {
      return Dataset::borrow(pixels, shape, labels, names, file);
    } catch (const std::invalid_argument& wrong_label) {
      throw std::runtime_error("selfsame: '" + folder.string() + "': " + wrong_label.what());
    }
  };
  if (array.scalar == Scalar::uint8) return borrowed(reinterpret_cast<const std::uint8_t*>(first));
  if (array.scalar != Scalar::real32) wrong("has pixels that are neither bytes nor 32-bit floats");
  if (array.begin % alignof(float) != 0) wrong("has floats that are not aligned");
  return borrowed(reinterpret_cast<const float*>(first));
}

}  // namespace selfsame
