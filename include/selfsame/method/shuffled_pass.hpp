/// @file
#pragma once
#include <selfsame/core/pass.hpp>

#include <algorithm>

namespace selfsame {

/// Images of a pass in another order, and its rows in the first again: groups of a batch norm then hold
/// other images than those of a pass that was not shuffled. A rank shuffles its own images.
///
/// @see He et al. 2020, arXiv:1911.05722, section 3.3, "Shuffling BN"
template <class D>
class ShuffledPass {
 public:
  /// The images in an order that belongs to the pass's seed, place and step; valid until the next call.
  Images<D> of(const Pass<D>& pass, const Images<D>& x) {
    const Index n = x.shape.images, each = x.shape.with_images(1).size();
    const Index per_mask = x.mask.size > 0 ? x.mask.size / n : 0;
    const Random random(pass.seed, Stream::layer, pass.at("shuffle").at(pass.progress.step).path,
                        Key{});
    to_.resize(static_cast<std::size_t>(n));
    pixels_.resize(n * each);
    keys_.resize(x.keys.size);
    mask_.resize(x.mask.size);
    for (Index i = 0; i < n; ++i) {
      const Index to = to_[static_cast<std::size_t>(i)] = random.permuted(i, n);
      std::copy_n(x.data + i * each, each, pixels_.data() + to * each);
      if (x.keys.size > 0) keys_[to] = x.keys[i];
      std::copy_n(x.mask.data + i * per_mask, per_mask, mask_.data() + to * per_mask);
    }
    return {pixels_.data(), x.shape, view<D>(std::as_const(keys_)), view<D>(std::as_const(mask_))};
  }
  /// Rows of those images in the images' first order; valid until the next call.
  In<D> restored(In<D> rows) {
    rows_.resize(rows.rows, rows.cols);
    for (Index i = 0; i < rows.rows; ++i)
      std::copy_n(rows.row(to_[static_cast<std::size_t>(i)]), rows.cols, rows_.out().row(i));
    return rows_.in();
  }

 private:
  std::vector<Index> to_;  ///< where an image goes
  Buffer<Activation<D>> pixels_;
  Buffer<Key> keys_;
  Buffer<std::uint8_t> mask_;
  Rows<D> rows_;
};

}  // namespace selfsame
