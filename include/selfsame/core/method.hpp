/// @file
/// What a step eats and tells, and the concept that every family models.
#pragma once
#include <selfsame/core/store.hpp>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace selfsame {

/// One view of one sample: its shape; images > 1 are patches of it.
struct ViewSpec {
  Shape shape;
};
/// The samples of one kind that a step eats.
struct SampleStream {
  bool labelled = false;
  Index share = 1;  ///< multiple of the batch size
  std::vector<ViewSpec> views;
};
using Plan = std::vector<SampleStream>;

/// What a method must know to reserve its state.
struct Setup {
  Shape image;        ///< one image as the data set has it: images = 1
  Index samples = 0;  ///< of the data set
  Index classes = 0;
  Index batch = 0;  ///< samples a step, of this rank
  std::uint64_t seed = 0;
};

/// The samples of one stream and all views of them. Views of one shape lie side by side, view-major.
template <class D>
struct Part {
  Vector<const Draw, D> draws;
  Vector<const Index, D> labels;  ///< -1: unlabelled
  In<D> targets{};                ///< (B, classes) where a mixer made soft ones; else empty
  std::vector<Images<D>> views;
};
template <class D>
struct Batch {
  std::vector<Part<D>> parts;
};

/// Views first ... last - 1 as one batch, without a copy: they are of one shape and lie side by side.
template <class D>
Images<D> together(const Part<D>& part, std::size_t first, std::size_t last) {
  Images<D> all = part.views[first];
  for (std::size_t v = first + 1; v < last; ++v) {
    const Images<D>& next = part.views[v];
    assert(next.data == all.data + all.shape.size() && "views lie side by side");
    assert(next.shape.with_images(1) == all.shape.with_images(1));
    all.shape.images += next.shape.images;
    all.keys.size += next.keys.size;
    all.mask.size += next.mask.size;
  }
  return all;
}

/// What observers see of a step: numbers by name, and rows that are valid until the next step.
template <class D>
struct Report {
  Real<D> value = 0;
  std::vector<std::pair<std::string_view, double>> numbers;
  std::vector<std::pair<std::string_view, In<D>>> shown;
  /// What is allowed, but hardly meant, such as a batch norm of one row: each sentence in one report only.
  std::vector<std::string_view> warnings;

  /// Same capacity, no content: a report is reused, so a step allocates nothing.
  void clear() {
    value = 0;
    numbers.clear();
    shown.clear();
    warnings.clear();
  }
};

/// How a segment is treated. A method may narrow what the recipe says; the stricter wins.
struct ParameterGroup {
  double rate_factor = 1;  ///< of the learning rate
  bool decays = true;      ///< weight decay applies
  bool adapts = true;      ///< LARS scales its step
  bool frozen = false;     ///< not touched at all
  friend constexpr ParameterGroup stricter(const ParameterGroup& a, const ParameterGroup& b) {
    return {std::min(a.rate_factor, b.rate_factor), a.decays && b.decays, a.adapts && b.adapts,
            a.frozen || b.frozen};
  }
};

/// What an evaluation calls: rows of embeddings of images, in evaluation mode.
template <class P, class D>
concept Evaluable = requires(P network, const Pass<D>& pass, const Images<D>& images, Out<D> rows) {
  { network.embed(pass, images, rows) } -> std::same_as<void>;
  { network.output(images.shape) } -> std::same_as<Shape>;
};

/// A method is a value. `compute_gradients` changes no state, so a whole method can be checked by
/// central differences; `after_step` moves what moves after the optimizer: buffers, target, memory.
template <class M, class D>
concept Method =
    requires(const M method, const Setup setup, Store<D>& store, const Pass<D>& pass,
             typename M::template State<D>& state, const Batch<D>& batch, Report<D>& report) {
      { method.plan(setup) } -> std::same_as<Plan>;
      { method.start(setup, store) } -> std::same_as<typename M::template State<D>>;
      {
        method.compute_gradients(pass, state, batch, report)
      } -> std::same_as<void>;  // adds into the gradient
      { method.after_step(pass, state, batch) } -> std::same_as<void>;
      { method.trained_encoder(state) } -> Evaluable<D>;
      { networks<D>(state.online) } -> std::same_as<std::span<Trained<D>>>;
    };
/// Optional: narrows the recipe's rule for a segment (frozen prototypes).
template <class M>
concept GroupsParameters =
    requires(const M method, const Segment& segment, const Progress& progress) {
      { method.parameter_group(segment, progress) } -> std::same_as<ParameterGroup>;
    };

}  // namespace selfsame
