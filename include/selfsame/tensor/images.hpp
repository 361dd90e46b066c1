/// @file
/// A batch of images, and whose they are.
#pragma once
#include <selfsame/tensor/view.hpp>

namespace selfsame {

/// Pixels in NHWC with one key an image. An encoder that masks positions finds its mask here, too:
/// it travels like the keys.
template <class D>
struct Images {
  const Activation<D>* data = nullptr;
  Shape shape;
  Vector<const Key, D> keys{};
  Vector<const std::uint8_t, D> mask{};  ///< (images, positions); empty: nothing is masked

  In<D> rows() const { return {data, shape.rows(), shape.channels}; }
  /// `count` images from `first` on.
  Images range(Index first, Index count) const {
    const auto cut = [&](auto v, Index each) {
      return v.size ? v.part(first * each, count * each) : v;
    };
    return {data + first * shape.positions() * shape.channels, shape.with_images(count),
            cut(keys, 1), cut(mask, shape.positions())};
  }
};

}  // namespace selfsame
