/// @file
/// The memory of a part of a batch, and how its views are laid out.
#pragma once
#include <selfsame/core/method.hpp>
#include <selfsame/data/dataset.hpp>

namespace selfsame {

/// Views one after the other, of each view the samples in order, nothing between: views of one
/// shape that follow one another are one batch (`together`). Keys lie in the same way. D must be
/// able to read the host's memory.
template <class D>
class PartMemory {
 public:
  PartMemory() = default;

  /// Makes room; what was there is lost. Allocates only where it never was as large.
  ///
  /// @param first_view  the number of the first view in keys, so that parts of one batch have keys
  ///                    of their own
  void resize(const SampleStream& stream, Index samples, std::uint32_t first_view = 0) {
    specs_ = stream.views;
    first_view_ = first_view;
    Index numbers = 0, images = 0;
    for (const ViewSpec& spec : specs_) {
      numbers += samples * spec.shape.size();
      images += samples * spec.shape.images;
    }
    draws_.resize(samples);
    labels_.resize(stream.labelled ? samples : 0);
    pixels_.resize(numbers);
    keys_.resize(images);
    part_.draws = view<D>(std::as_const(draws_));
    part_.labels = view<D>(std::as_const(labels_));
    part_.views.clear();
    numbers = images = 0;
    for (const ViewSpec& spec : specs_) {
      const Index count = samples * spec.shape.images;
      part_.views.push_back({pixels_.data() + numbers, spec.shape.with_images(count),
                             view<D>(std::as_const(keys_)).part(images, count)});
      numbers += samples * spec.shape.size();
      images += count;
    }
  }
  /// Writes draw, label, keys and views of sample i. Samples may be written at the same time, each
  /// with a workspace of its own.
  template <class Augmenter>
  void make(Index i, Draw draw, const Dataset& dataset, const Augmenter& augmenter,
            std::uint64_t seed, Workspace& scratch) {
    const Workspace::Scope scope(scratch);
    constexpr bool direct = std::is_same_v<Activation<D>, float>;
    draws_[i] = draw;
    if (labels_.size() > 0) labels_[i] = dataset.label(draw.sample);
    auto* outs = scratch.take<Pixels>(static_cast<Index>(specs_.size()));
    for (std::size_t v = 0; v < specs_.size(); ++v) {
      const Shape shape = specs_[v].shape;
      float* to = nullptr;
      if constexpr (direct)
        to = place(v, i);
      else
        to = scratch.take<float>(shape.size());
      outs[v] = {to, shape.images * shape.height, shape.width, shape.channels};
      Key* key = keys_.data() + (part_.views[v].keys.data - keys_.data()) + i * shape.images;
      for (Index p = 0; p < shape.images; ++p)
        key[p] = {draw, first_view_ + static_cast<std::uint32_t>(v), static_cast<std::uint32_t>(p)};
    }
    augmenter.make(seed, draw, dataset[draw.sample], {outs, specs_.size()}, scratch);
    if constexpr (!direct)
      for (std::size_t v = 0; v < specs_.size(); ++v)
        std::transform(outs[v].data, outs[v].data + outs[v].size(), place(v, i),
                       [](float x) { return static_cast<Activation<D>>(x); });
  }
  /// Views of this memory, valid until the next `resize`.
  const Part<D>& part() const { return part_; }
  Index samples() const { return draws_.size(); }

 private:
  Activation<D>* place(std::size_t v, Index i) {
    return pixels_.data() + (part_.views[v].data - pixels_.data()) + i * specs_[v].shape.size();
  }

  std::vector<ViewSpec> specs_;
  std::uint32_t first_view_ = 0;
  Buffer<Draw> draws_;
  Buffer<Index> labels_;
  Buffer<Activation<D>> pixels_;
  Buffer<Key> keys_;
  Part<D> part_;
};

}  // namespace selfsame
