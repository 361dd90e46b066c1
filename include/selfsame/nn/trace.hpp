/// @file
/// One pass through a chain: where it started, the rows at its joints, and what backward needs.
#pragma once
#include <selfsame/nn/layer.hpp>

#include <array>
#include <stdexcept>

namespace selfsame {

/// A place between two parts of a chain: where a gradient may arrive, a pass may start, and rows of
/// several passes may meet.
template <class D>
struct PartOutput {
  Shape shape;
  Rows<D> value, gradient;
};

/// Rows of earlier traces that are to lie side by side. Made by `joined`, used at once.
template <class D>
struct Joined {
  struct Source {
    Shape shape;
    In<D> value;
    Differentiable<D> differentiable{};  // without data where the rows are constants
    Vector<const Key, D> keys{};
    Index every = 1;
  };
  static constexpr std::size_t most = 16;
  std::array<Source, most> sources{};
  std::size_t count = 0;
};

/// Where a pass starts: images, or joined rows, whose gradient goes back to where they came from.
template <class D>
struct Start {
  Shape shape;
  In<D> rows;
  Vector<const Key, D> keys{};
  Vector<const std::uint8_t, D> mask{};
  bool from_images = true;

  void begin(const Images<D>& x) {
    shape = x.shape;
    rows = x.rows();
    keys = x.keys;
    mask = x.mask;
    from_images = true;
  }
  void begin(const Joined<D>& j) {
    from_images = false;
    mask = {};
    joined_ = j;
    shape = j.sources[0].shape;
    shape.images = 0;
    Index images = 0;
    for (std::size_t s = 0; s < j.count; ++s) {
      const Shape& next = j.sources[s].shape;
      if (!(next.with_images(0) == shape))
        throw std::invalid_argument("selfsame: joined rows are of " + to_string(shape) + " and " +
                                    to_string(next) + "; positions and channels must agree");
      images += next.images;
    }
    shape.images = images;
    own_.resize(shape.rows(), shape.channels);
    own_keys_.resize(images);
    Index row = 0, image = 0;
    bool keyed = true;
    for (std::size_t s = 0; s < j.count; ++s) {
      const auto& source = j.sources[s];
      for (Index r = 0; r < source.value.rows; ++r, ++row)
        std::copy_n(source.value.row(r), source.value.cols, own_.out().row(row));
      keyed = keyed && source.keys.size > 0;
      for (Index i = 0; i < source.shape.images; ++i, ++image)
        own_keys_[image] = keyed ? source.keys[i * source.every] : Key{};
    }
    rows = own_.in();
    keys = keyed ? view<D>(std::as_const(own_keys_)) : Vector<const Key, D>{};
  }
  bool takes_gradient() const {
    for (std::size_t s = 0; s < joined_.count; ++s)
      if (!from_images && joined_.sources[s].differentiable.gradient.data != nullptr) return true;
    return false;
  }
  /// Hands the gradient of joined rows back.
  void give_back(In<D> gradient) const {
    Index row = 0;
    for (std::size_t s = 0; s < joined_.count; ++s) {
      const auto& source = joined_.sources[s];
      for (Index r = 0; r < source.value.rows; ++r, ++row)
        for (Index c = 0; source.differentiable.gradient.data != nullptr && c < source.value.cols;
             ++c)
          source.differentiable.put(r, c, static_cast<Real<D>>(gradient(row, c)));
    }
  }

 private:
  Rows<D> own_;
  Buffer<Key> own_keys_;
  Joined<D> joined_;
};

/// One pass through the layers L. Through trained weights it is differentiable: gradients arrive at its joints
/// and add up. Through fixed weights it only has values. A trace is kept from step to step, so its
/// memory is reused.
template <class D, bool trained, class... L>
struct Trace {
  using Device = D;
  static constexpr std::size_t size = sizeof...(L);
  static constexpr bool is_differentiable = trained;

  Pass<D> pass{};
  Start<D> start;
  Index chunk = 0;  ///< images at a time
  std::array<PartOutput<D>, size> joints;
  std::tuple<typename L::template Cache<D>...> caches;  ///< of the whole pass, or of the last chunk
  std::vector<std::tuple<typename L::template Statistics<D>...>> statistics;  ///< one a chunk
  std::size_t chunks = 0;
  std::tuple<typename L::template Statistics<D>...>
      replayed;  ///< of a chunk that backward ran again

  /// The rows at joint I; the last by default.
  template <std::size_t I = size - 1>
  In<D> value() const {
    return joints[I].value.in();
  }
  /// The same, with the place where their gradient is added.
  template <std::size_t I = size - 1>
  Differentiable<D> differentiable()
    requires trained
  {
    return {value<I>(), joints[I].gradient.out(), 1, true};
  }
};

namespace detail {
template <class T>
void join_trace(Joined<typename T::Device>& j, T& trace) {
  if (j.count == j.most)
    throw std::invalid_argument("selfsame: more than " + std::to_string(j.most) +
                                " traces are joined");
  auto& source = j.sources[j.count++];
  const auto& last = trace.joints.back();
  source.shape = last.shape;
  source.value = last.value.in();
  source.keys = trace.start.keys;
  source.every = last.shape.images > 0 ? trace.start.shape.images / last.shape.images : 1;
  if constexpr (T::is_differentiable) source.differentiable = trace.differentiable();
}
}  // namespace detail

/// The rows of several traces as one start: `joined(a, b)`.
template <class First, class... Rest>
  requires requires { typename First::Device; }
Joined<typename First::Device> joined(First& first, Rest&... rest) {
  Joined<typename First::Device> j;
  detail::join_trace(j, first);
  (detail::join_trace(j, rest), ...);
  return j;
}
/// The same of a range of traces.
template <class Range>
  requires requires(Range& r) { r.begin(); }
auto joined(Range& traces) {
  Joined<typename std::remove_cvref_t<decltype(*traces.begin())>::Device> j;
  for (auto& t : traces) detail::join_trace(j, t);
  return j;
}

}  // namespace selfsame
