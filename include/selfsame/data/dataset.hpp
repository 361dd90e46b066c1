/// @file
/// Labelled images in memory.
#pragma once
#include <selfsame/data/class_names.hpp>
#include <selfsame/data/detail/pixel_range.hpp>
#include <selfsame/data/label_file.hpp>
#include <selfsame/image/pixels.hpp>
#include <selfsame/interop/xtensor.hpp>

#include <algorithm>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace selfsame {

/// Images (N, H, W, C) of bytes, 16-bit numbers or floats in [0, 1]; a label each, or none.
///
/// It is a value: copies and subsets share the pixels, which nobody changes. Bytes stay bytes:
/// scaling is the first thing that an augmenter does. Errors are std::invalid_argument: labels, names,
/// extents and every float are looked at once, here, and beyond [0, 1] (or NaN) the message says what
/// the numbers are and what to do.
class Dataset {
 public:
  Dataset() = default;

  /// Takes the images over.
  ///
  /// @param labels  one an image in [0, classes), -1: unlabelled; empty: all are unlabelled
  /// @param names   of the classes, see `check_class_names`; their number is the number of classes
  template <class T>
  explicit Dataset(xt::xtensor<T, 4> images, std::vector<Index> labels = {},
                   std::vector<std::string> names = {}) {
    const auto owner = std::make_shared<const xt::xtensor<T, 4>>(std::move(images));
    const auto extent = [&](std::size_t i) { return static_cast<Index>(owner->shape()[i]); };
    set(owner->data(), {extent(0), extent(1), extent(2), extent(3)}, std::move(labels),
        std::move(names));
    owner_ = owner;
  }
  /// Images that somebody else owns, without a copy: contiguous, in the order of `shape`. They must
  /// outlive the data set and everything made of it, unless `owner` is what keeps them.
  template <class T>
  static Dataset borrow(const T* images, Shape shape, std::vector<Index> labels = {},
                        std::vector<std::string> names = {},
                        std::shared_ptr<const void> owner = {}) {
    Dataset set;
    set.set(images, shape, std::move(labels), std::move(names));
    set.owner_ = std::move(owner);
    return set;
  }
  /// The same for images that lie apart, each contiguous in HWC: the data of many `cv::Mat`.
  ///
  /// @param image  the shape of each
  template <class T>
  static Dataset borrow(std::vector<const T*> images, Shape image, std::vector<Index> labels = {},
                        std::vector<std::string> names = {}) {
    Dataset set;
    set.set(std::move(images), image, std::move(labels), std::move(names));
    return set;
  }

  Index size() const { return static_cast<Index>(labels_.size()); }
  /// One image: images = 1.
  Shape image() const { return shape_; }
  /// The number of names, or one more than the largest label.
  Index classes() const { return classes_; }
  const std::vector<std::string>& names() const { return names_; }
  /// -1: unlabelled
  Index label(Index i) const { return labels_[checked(i)]; }
  const std::vector<Index>& labels() const { return labels_; }
  bool labelled() const {
    return std::none_of(labels_.begin(), labels_.end(), [](Index label) { return label < 0; });
  }
  /// The pixels of image i.
  Source operator[](Index i) const {
    const std::size_t at = checked(i);
    return std::visit(
        [&]<class T>(const std::vector<const T*>& images) -> Source {
          return PixelsOf<const T>{images[at], shape_.height, shape_.width, shape_.channels};
        },
        images_);
  }
  /// These images, in this order; classes and names stay. Sample i of the subset is sample
  /// samples[i] of this.
  Dataset subset(std::span<const Index> samples) const {
    Dataset part;
    part.owner_ = owner_;
    part.shape_ = shape_;
    part.classes_ = classes_;
    part.names_ = names_;
    for (const Index i : samples) part.labels_.push_back(label(i));
    std::visit(
        [&]<class T>(const std::vector<const T*>& images) {
          std::vector<const T*> some;
          for (const Index i : samples) some.push_back(images[static_cast<std::size_t>(i)]);
          part.images_ = std::move(some);
        },
        images_);
    return part;
  }
  /// The first `count` images, or all if there are fewer.
  Dataset first(Index count) const {
    std::vector<Index> samples(static_cast<std::size_t>(std::clamp(count, Index{0}, size())));
    for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<Index>(i);
    return subset(samples);
  }
  /// Those whose label is known.
  Dataset labelled_part() const {
    std::vector<Index> known;
    for (Index i = 0; i < size(); ++i)
      if (label(i) >= 0) known.push_back(i);
    return subset(known);
  }
  /// The same images, and nobody knows what they show.
  Dataset unlabelled() const {
    Dataset part = *this;
    part.labels_.assign(labels_.size(), -1);
    return part;
  }

 private:
  template <class T>
  void set(const T* images, Shape shape, std::vector<Index> labels,
           std::vector<std::string> names) {
    const Shape image = shape.with_images(1);
    if (shape.images < 0)
      throw std::invalid_argument("selfsame: a data set of " + std::to_string(shape.images) +
                                  " images");
    std::vector<const T*> each(static_cast<std::size_t>(shape.images));
    for (std::size_t i = 0; i < each.size(); ++i)
      each[i] = images == nullptr ? nullptr : images + static_cast<Index>(i) * image.size();
    set(std::move(each), image, std::move(labels), std::move(names));
  }
  template <class T>
  void set(std::vector<const T*> images, Shape image, std::vector<Index> labels,
           std::vector<std::string> names) {
    const std::size_t count = images.size();
    if (labels.empty()) labels.assign(count, -1);
    if (labels.size() != count)
      throw std::invalid_argument("selfsame: " + std::to_string(count) + " images, " +
                                  std::to_string(labels.size()) +
                                  " labels; there must be one an image");
    check_images(images, image);
    check_class_names(names);
    classes_ = static_cast<Index>(names.size());
    const Index classes = names.empty() ? most_classes : classes_;
    for (std::size_t i = 0; i < count; ++i) {
      if (labels[i] < -1 || labels[i] >= classes)
        throw std::invalid_argument("selfsame: label " + std::to_string(i) + " is " +
                                    std::to_string(labels[i]) + "; it must be -1 or in [0, " +
                                    std::to_string(classes) + ")");
      classes_ = std::max(classes_, labels[i] + 1);
    }
    images_ = std::move(images);
    shape_ = image.with_images(1);
    labels_ = std::move(labels);
    names_ = std::move(names);
  }
  template <class T>
  static void check_images(const std::vector<const T*>& images, Shape image) {
    if (images.empty()) return;
    if (image.height < 1 || image.width < 1 || image.channels < 1)
      throw std::invalid_argument("selfsame: images of " + std::to_string(image.height) + " x " +
                                  std::to_string(image.width) + " x " +
                                  std::to_string(image.channels) +
                                  " (height, width, channels) have no number");
    const auto none = std::find(images.begin(), images.end(), nullptr);
    if (none != images.end())
      throw std::invalid_argument("selfsame: image " + std::to_string(none - images.begin()) +
                                  " is a null pointer");
    if constexpr (std::is_same_v<T, float>) {
      const std::string fault = detail::pixels_fault<float>(images, image.with_images(1).size());
      if (!fault.empty()) throw std::invalid_argument("selfsame: " + fault);
    }
  }
  std::size_t checked(Index i) const {
    if (i < 0 || i >= size())
      throw std::invalid_argument("selfsame: there is no sample " + std::to_string(i) + " among " +
                                  std::to_string(size()));
    return static_cast<std::size_t>(i);
  }

  std::shared_ptr<const void> owner_;  // empty where the pixels are borrowed
  // where each image begins
  std::variant<std::vector<const std::uint8_t*>, std::vector<const std::uint16_t*>,
               std::vector<const float*>>
      images_;
  Shape shape_;
  Index classes_ = 0;
  std::vector<std::string> names_;
  std::vector<Index> labels_;
};

/// What one learns from, and what one measures with.
struct Split {
  Dataset train;
  Dataset test;
};

}  // namespace selfsame
