/// @file
/// Encoder and heads in a row, with a joint after each.
#pragma once
#include <selfsame/core/roles.hpp>
#include <selfsame/kernel/cpu/elementwise.hpp>
#include <selfsame/nn/trace.hpp>

namespace selfsame {

/// Whether a trace through weights of this type is differentiable.
template <class Weights>
inline constexpr bool is_trained = false;
template <class D>
inline constexpr bool is_trained<Trained<D>> = true;

/// Parts of a network in a row. They are found by name, so `first<n>()` and `rest<n>()` run on the same
/// weights and draw the same masks as the whole.
template <class... L>
struct Chain {
  static constexpr std::size_t size = sizeof...(L);
  std::tuple<L...> layers;
  std::array<std::string_view, size> names;

  template <std::size_t n>
  constexpr auto first() const {
    return cut<0, n>();
  }
  template <std::size_t n>
  constexpr auto rest() const {
    return cut<n, size - n>();
  }
  Shape output(Shape in) const {
    each_index<size>([&](auto i) { in = std::get<i>(layers).output(in); });
    return in;
  }
  template <class D>
  Layout layout(Shape in) const {
    Layout l = Layout::on<D>();
    each_index<size>([&](auto i) {
      l.enter(names[i]);
      std::get<i>(layers).describe(in, l);
      l.leave();
      in = std::get<i>(layers).output(in);
    });
    return l;
  }

  /// Runs from images or joined rows; the trace's earlier content is overwritten. Of more images than a
  /// chunk only the rows at the joints and each chunk's statistics are kept, and backward runs each
  /// chunk again: exact, because forward is pure and randomness is counted. A pass from joined rows is
  /// never cut, so a head there sees all rows.
  template <class D, class From, class Weights>
  void forward(const Pass<D>& pass, const From& from, const Weights& weights,
               Trace<D, is_trained<Weights>, L...>& t) const {
    constexpr bool trained = is_trained<Weights>;
    t.pass = pass;
    t.pass.needs_backward = trained && pass.needs_backward;
    t.start.begin(from);
    const Shape shape = t.start.shape;
    Index whole = 1;  // images that a layer makes one image of
    Shape in = shape;
    each_index<size>([&](auto i) {
      PartOutput<D>& j = t.joints[i];
      j.shape = std::get<i>(layers).output(in);
      whole *= ratio(in.images, j.shape.images);
      j.value.resize(j.shape.rows(), j.shape.channels);
      if constexpr (trained) {
        j.gradient.resize(j.shape.rows(), j.shape.channels);
        std::fill_n(j.gradient.data.data(), j.shape.size(), Activation<D>(0));
      }
      in = j.shape;
    });
    t.chunk = std::max<Index>(1, shape.images);
    if (pass.chunk > 0 && t.start.from_images) {
      const Index most = (pass.chunk + whole - 1) / whole * whole;
      // A chunk is a batch-norm group: what runs together. Ranks decide alike, however many images each has.
      if (pass.mode == Mode::train && pass.total(shape.images) > most)
        t.pass.batch_norm_group =
            t.pass.batch_norm_group > 0 ? std::min(t.pass.batch_norm_group, most) : most;
      t.chunk = std::min(t.chunk, most);
    }
    if (t.chunk < shape.images) t.pass.needs_backward = false;
    t.chunks = 0;
    each_chunk(t, [&](Index first, Index count) {
      if (t.chunks == t.statistics.size()) t.statistics.emplace_back();
      run<D>(t, t.pass, weights, first, count, t.statistics[t.chunks++]);
    });
  }

  /// Adds to the gradient of the weights, and of joined rows. Gradients may have arrived at any joint.
  template <class D>
  void backward(Trace<D, true, L...>& t, const Trained<D>& w) const {
    const Workspace::Scope scope(*t.pass.workspace);
    Out<D> down;
    if (t.start.takes_gradient())
      down = Out<D>(t.pass.workspace->template take<Activation<D>>(t.start.shape.size()),
                    t.start.shape.rows(), t.start.shape.channels);
    if (t.chunk >= t.start.shape.images) {
      back(t, t.pass, w, 0, t.start.shape.images, down);
    } else {
      Pass<D> again = t.pass;
      again.needs_backward = true;
      each_chunk(t, [&](Index first, Index count) {
        run<D>(t, again, w, first, count, t.replayed);  // its statistics are known already
        back(t, again, w, first, count, down);
      });
    }
    if (down.data != nullptr) t.start.give_back(down);
  }

  /// Folds what the pass learned about its batch into the buffers, in the order of chunks.
  template <class D, bool trained>
  void update_buffers(const Trace<D, trained, L...>& t, Slice<Real<D>, D> buffers) const {
    for (std::size_t c = 0; c < t.chunks; ++c)
      each_index<size>([&](auto i) {
        update_layer_buffers(std::get<i>(layers), std::get<i>(t.statistics[c]),
                             buffers.under(names[i]));
      });
  }

 private:
  static constexpr Index ratio(Index a, Index b) { return b > 0 ? std::max<Index>(1, a / b) : 1; }

  template <std::size_t from, std::size_t n>
  constexpr auto cut() const {
    return [&]<std::size_t... i>(std::index_sequence<i...>) {
      return Chain<std::tuple_element_t<from + i, std::tuple<L...>>...>{
          {std::get<from + i>(layers)...}, {names[from + i]...}};
    }(std::make_index_sequence<n>{});
  }

  template <class T, class F>
  static void each_chunk(const T& t, F&& f) {
    for (Index first = 0; first < t.start.shape.images || first == 0; first += t.chunk)
      f(first, std::min(t.chunk, t.start.shape.images - first));
  }

  // One layer of one stretch of images.
  template <class D>
  struct Step {
    Pass<D> pass;
    Shape in;
    In<D> x;
    Index row = 0, rows = 0;  // of its joint
  };
  template <class T, class D = typename T::Device>
  std::array<Step<D>, size> stretch(const T& t, const Pass<D>& base, Index first,
                                    Index count) const {
    std::array<Step<D>, size> steps;
    Shape whole = t.start.shape;
    In<D> rows = t.start.rows;
    const auto cut = [&](auto v) {
      const Index each = v.size / std::max<Index>(1, whole.images);
      return each > 0 ? v.part(first * each, count * each) : v;
    };
    Pass<D> pass = base.of(cut(t.start.keys), cut(t.start.mask));
    for (std::size_t i = 0; i < size; ++i) {
      const PartOutput<D>& j = t.joints[i];
      const Index per = ratio(whole.images, j.shape.images);
      const Shape in = whole.with_images(count);
      steps[i] = {pass.at(names[i]), in, rows.row_range(first * in.positions(), in.rows()),
                  first / per * j.shape.positions(), count / per * j.shape.positions()};
      pass = pass.after(whole, j.shape);
      whole = j.shape;
      rows = j.value.in();
      first /= per;
      count /= per;
    }
    return steps;
  }

  template <class D, class T, class Statistics>
  void run(T& t, const Pass<D>& pass, const Fixed<D>& w, Index first, Index count,
           Statistics& statistics) const {
    const auto steps = stretch(t, pass, first, count);
    each_index<size>([&](auto i) {
      const Step<D>& s = steps[i];
      std::get<i>(layers).forward(s.pass, s.in, s.x, w.under(names[i]),
                                  t.joints[i].value.out().row_range(s.row, s.rows),
                                  std::get<i>(t.caches), std::get<i>(statistics));
    });
  }

  template <class D>
  void back(Trace<D, true, L...>& t, const Pass<D>& pass, const Trained<D>& w, Index first,
            Index count, Out<D> down) const {
    const Fixed<D> fixed = w;
    const auto steps = stretch(t, pass, first, count);
    each_index<size>([&](auto up) {
      constexpr std::size_t i = size - 1 - up;
      const Step<D>& s = steps[i];
      const Workspace::Scope scope(*pass.workspace);
      Out<D> dx = down;
      if (i > 0)
        dx = Out<D>(pass.workspace->template take<Activation<D>>(s.in.size()), s.in.rows(),
                    s.in.channels);
      std::get<i>(layers).backward(s.pass, s.in, s.x, fixed.under(names[i]), std::get<i>(t.caches),
                                   t.joints[i].gradient.out().row_range(s.row, s.rows), dx,
                                   w.gradient.under(names[i]));
      if constexpr (i > 0) {
        const Step<D>& below = steps[i - 1];
        add(*pass.device, dx, t.joints[i - 1].gradient.out().row_range(below.row, below.rows));
      }
    });
  }
};

/// What a policy runs as: itself, or the plain layer that it configures.
template <class P>
constexpr auto as_layer(const P& p) {
  if constexpr (requires { p.layer(); })
    return p.layer();
  else
    return p;
}
/// The chain of these policies, each part named after its role.
template <class... P>
constexpr auto chain(const P&... parts) {
  return Chain<decltype(as_layer(parts))...>{{as_layer(parts)...}, {P::plays::name...}};
}

namespace detail {
template <class D, bool trained, class C>
struct TraceThrough;
template <class D, bool trained, class... L>
struct TraceThrough<D, trained, Chain<L...>> {
  using type = Trace<D, trained, L...>;
};
}  // namespace detail
/// A differentiable trace through a chain, and one through fixed weights.
template <class D, class C>
using TraceOf = typename detail::TraceThrough<D, true, C>::type;
template <class D, class C>
using FixedTraceOf = typename detail::TraceThrough<D, false, C>::type;
/// The type of a chain from the types of its players.
template <class... P>
using ChainOf = decltype(chain(std::declval<const P&>()...));
template <class C, std::size_t n>
using FirstOf = decltype(std::declval<const C&>().template first<n>());
template <class C, std::size_t n>
using RestOf = decltype(std::declval<const C&>().template rest<n>());

}  // namespace selfsame
