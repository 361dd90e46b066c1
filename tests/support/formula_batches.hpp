// Batches made by a formula: what a learner eats in tests, without files and without an augmenter.
#pragma once
#include <selfsame/core/method.hpp>

#include <cmath>
#include <vector>

namespace selfsame::testing {

/// Two views of `batch` images a step: textures that tell samples apart, and a jitter a view.
template <class D>
class FormulaBatches {
 public:
  FormulaBatches(Shape image, Index batch, std::size_t views, Index samples = 64)
      : image_(image),
        samples_(samples),
        draws_(static_cast<std::size_t>(batch)),
        labels_(draws_.size()) {
    pixels_.resize(draws_.size() * views * static_cast<std::size_t>(image.with_images(1).size()));
    keys_.resize(draws_.size() * views);
    batch_.parts.resize(1);
    batch_.parts[0].views.resize(views);
  }

  const Batch<D>& at(Index step) {
    const Index batch = static_cast<Index>(draws_.size()), size = image_.with_images(1).size();
    const Index views = static_cast<Index>(batch_.parts[0].views.size());
    for (Index i = 0; i < batch; ++i) {
      const Index position = step * batch + i;
      draws_[static_cast<std::size_t>(i)] = {position * 7 % samples_,
                                             static_cast<std::uint32_t>(position / samples_)};
      labels_[static_cast<std::size_t>(i)] = draws_[static_cast<std::size_t>(i)].sample % 3;
    }
    for (Index v = 0; v < views; ++v)
      for (Index i = 0; i < batch; ++i) {
        const Draw draw = draws_[static_cast<std::size_t>(i)];
        const auto row = static_cast<std::size_t>(v * batch + i);
        keys_[row] = {draw, static_cast<std::uint32_t>(v), 0};
        for (Index k = 0; k < size; ++k) {
          const double s = static_cast<double>(draw.sample), p = static_cast<double>(k);
          const double texture = std::sin(0.37 * p * (1 + s / 8) + s);
          const double jitter = 0.2 * std::cos(1.3 * p + 2.1 * static_cast<double>(v) +
                                               0.7 * static_cast<double>(draw.turn));
          pixels_[row * static_cast<std::size_t>(size) + static_cast<std::size_t>(k)] =
              static_cast<Activation<D>>(0.5 + 0.3 * texture + jitter);
        }
      }
    Part<D>& part = batch_.parts[0];
    part.draws = view<D>(std::as_const(draws_));
    part.labels = view<D>(std::as_const(labels_));
    for (Index v = 0; v < views; ++v)
      part.views[static_cast<std::size_t>(v)] = {pixels_.data() + v * batch * size,
                                                 image_.with_images(batch),
                                                 {keys_.data() + v * batch, batch},
                                                 {}};
    return batch_;
  }

 private:
  Shape image_;
  Index samples_;
  std::vector<Draw> draws_;
  std::vector<Index> labels_;
  std::vector<Key> keys_;
  std::vector<Activation<D>> pixels_;
  Batch<D> batch_;
};

}  // namespace selfsame::testing
