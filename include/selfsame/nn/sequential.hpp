/// @file
#pragma once
#include <selfsame/nn/layer.hpp>

#include <array>

namespace selfsame {

/// Layers in a row as one layer. Segments are named by position, as in PyTorch; `pass.at(i)` keeps the
/// randomness of the layers apart.
template <class... L>
struct Sequential {
  static constexpr std::size_t size = sizeof...(L);
  std::tuple<L...> layers;

  template <class D>
  struct Cache {
    std::tuple<typename L::template Cache<D>...> layers;
    std::array<Rows<D>, size> between;  // the input of layer i, i > 0
  };
  template <class D>
  struct Statistics {
    std::tuple<typename L::template Statistics<D>...> layers;
    std::array<Index, size + 1> buffers{};  // where those of layer i begin
  };

  Shape output(Shape in) const {
    each_index<size>([&](auto i) { in = std::get<i>(layers).output(in); });
    return in;
  }
  void describe(Shape in, auto& sink) const {
    each_index<size>([&](auto i) {
      sink.enter(Index(i()));
      std::get<i>(layers).describe(in, sink);
      sink.leave();
      in = std::get<i>(layers).output(in);
    });
  }
  template <class D>
  void forward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>& w, Out<D> y, Cache<D>& cache,
               Statistics<D>& statistics) const {
    static_assert(size > 0, "selfsame: a Sequential needs a layer");
    const auto at = places(in);
    for (std::size_t i = 0; i <= size; ++i) statistics.buffers[i] = at[i].buffers;
    each_index<size>([&](auto i) {
      const Shape out = at[i + 1].shape;
      if constexpr (i + 1 < size) cache.between[i + 1].resize(out.rows(), out.channels);
      const Out<D> to = i + 1 < size ? cache.between[(i + 1) % size].out() : y;
      std::get<i>(layers).forward(pass.after(in, at[i].shape).at(Index(i())), at[i].shape,
                                  i == 0 ? x : cache.between[i].in(), part<D>(w, at[i], at[i + 1]),
                                  to, std::get<i>(cache.layers), std::get<i>(statistics.layers));
    });
  }
  template <class D>
  void backward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>& w, const Cache<D>& cache,
                In<D> dy, Out<D> dx, Slice<Real<D>, D> dtheta) const {
    const auto at = places(in);
    const Workspace::Scope scope(*pass.workspace);
    Index largest = 0;  // two gradients take turns
    for (std::size_t i = 1; i < size; ++i) largest = std::max(largest, at[i].shape.size());
    Activation<D>* const memory = pass.workspace->template take<Activation<D>>(2 * largest);
    In<D> above = dy;
    each_index<size>([&](auto up) {
      constexpr std::size_t i = size - 1 - up;
      const Out<D> below = i == 0 ? dx
                                  : Out<D>(memory + Index(i % 2) * largest, at[i].shape.rows(),
                                           at[i].shape.channels);
      std::get<i>(layers).backward(pass.after(in, at[i].shape).at(Index(i)), at[i].shape,
                                   i == 0 ? x : cache.between[i].in(), part<D>(w, at[i], at[i + 1]),
                                   std::get<i>(cache.layers), above, below,
                                   dtheta.part(at[i].weights, at[i + 1].weights - at[i].weights));
      above = below;
    });
  }
  template <class D>
  void update_buffers(const Statistics<D>& s, Slice<Real<D>, D> buffers) const {
    each_index<size>([&](auto i) {
      update_layer_buffers(std::get<i>(layers), std::get<i>(s.layers),
                           buffers.part(s.buffers[i], s.buffers[i + 1] - s.buffers[i]));
    });
  }

 private:
  struct Place {  // where a layer begins: its input, its first segments
    Shape shape;
    Index weights = 0, buffers = 0;
  };
  std::array<Place, size + 1> places(Shape in) const {
    std::array<Place, size + 1> p{Place{in, 0, 0}};
    Counter c;
    each_index<size>([&](auto i) {
      std::get<i>(layers).describe(p[i].shape, c);
      p[i + 1] = {std::get<i>(layers).output(p[i].shape), c.weights, c.buffers};
    });
    return p;
  }
  template <class D>
  static Fixed<D> part(const Fixed<D>& w, const Place& a, const Place& b) {
    return w.part(a.weights, b.weights - a.weights, a.buffers, b.buffers - a.buffers);
  }
};

template <class... L>
constexpr Sequential<L...> sequential(const L&... layers) {
  return {{layers...}};
}

}  // namespace selfsame
