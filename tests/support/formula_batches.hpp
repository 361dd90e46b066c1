// Batches made by a formula: what a learner eats in tests, without files and without an augmenter.
#pragma once
#include <selfsame/core/method.hpp>

#include <cmath>
#include <vector>

namespace selfsame::testing {

/// Views of `batch` images a step: textures that tell samples apart, and a jitter a view.
template <class D>
class FormulaBatches {
 public:
  FormulaBatches(Shape image, Index batch, std::size_t views, Index samples = 64)
      : FormulaBatches(std::vector<ViewSpec>(views, ViewSpec{image.with_images(1)}), batch,
                       samples) {}
  FormulaBatches(std::vector<ViewSpec> views, Index batch, Index samples = 64)
      : specs_(std::move(views)),
        samples_(samples),
        draws_(static_cast<std::size_t>(batch)),
        labels_(draws_.size()) {
    Index numbers = 0;
    for (const ViewSpec& v : specs_) numbers += batch * v.shape.size();
    pixels_.resize(static_cast<std::size_t>(numbers));
    keys_.resize(draws_.size() * specs_.size());
    batch_.parts.resize(1);
    batch_.parts[0].views.resize(specs_.size());
  }

  const Batch<D>& at(Index step) {
    const Index batch = static_cast<Index>(draws_.size());
    for (Index i = 0; i < batch; ++i) {
      const Index position = step * batch + i;
      draws_[static_cast<std::size_t>(i)] = {position * 7 % samples_,
                                             static_cast<std::uint32_t>(position / samples_)};
      labels_[static_cast<std::size_t>(i)] = draws_[static_cast<std::size_t>(i)].sample % 3;
    }
    Part<D>& part = batch_.parts[0];
    part.draws = view<D>(std::as_const(draws_));
    part.labels = view<D>(std::as_const(labels_));
    Activation<D>* to = pixels_.data();
    for (std::size_t v = 0; v < specs_.size(); ++v) {
      const Index size = specs_[v].shape.size();
      Key* const keys = keys_.data() + v * draws_.size();
      part.views[v] = {to, specs_[v].shape.with_images(batch), {keys, batch}, {}};
      for (Index i = 0; i < batch; ++i) {
        const Draw draw = draws_[static_cast<std::size_t>(i)];
        keys[i] = {draw, static_cast<std::uint32_t>(v), 0};
        for (Index k = 0; k < size; ++k) {
          const double s = static_cast<double>(draw.sample), p = static_cast<double>(k);
          const double texture = std::sin(0.37 * p * (1 + s / 8) + s);
          const double jitter = 0.2 * std::cos(1.3 * p + 2.1 * static_cast<double>(v) +
                                               0.7 * static_cast<double>(draw.turn));
          *to++ = static_cast<Activation<D>>(0.5 + 0.3 * texture + jitter);
        }
      }
    }
    return batch_;
  }

 private:
  std::vector<ViewSpec> specs_;
  Index samples_;
  std::vector<Draw> draws_;
  std::vector<Index> labels_;
  std::vector<Key> keys_;
  std::vector<Activation<D>> pixels_;
  Batch<D> batch_;
};

}  // namespace selfsame::testing
