/// @file
#pragma once
#include <selfsame/nn/batch_norm.hpp>
#include <selfsame/nn/linear.hpp>
#include <selfsame/nn/relu.hpp>

namespace selfsame {

/// Which layers of a perceptron are normalised: none; those before a ReLU; also the last one.
enum class HeadNorm { none, hidden, all };

/// Linear layers with a ReLU between each two. A normalised layer has no bias. Segments are named as in
/// a PyTorch Sequential of Linear, BatchNorm1d and ReLU.
struct Perceptron {
  Count depth = 2;  ///< linear layers
  Count hidden = 128;
  Count outputs = 128;
  HeadNorm normalised = HeadNorm::hidden;
  Shift last_shift = Shift::learned;  ///< of the last layer's norm
  BatchNorm::Variance running_variance = BatchNorm::Variance::biased;

  template <class D>
  struct Cache {
    std::vector<Rows<D>> linear;  // what a norm or a ReLU sees
    std::vector<Rows<D>> inputs;  // of each layer but the first
    std::vector<BatchNorm::Cache<D>> norms;
  };
  template <class D>
  struct Statistics {
    std::vector<BatchNorm::Statistics<D>> norms;  // one a layer, empty where there is no norm
  };

  Shape output(Shape in) const { return {in.images, in.height, in.width, outputs}; }
  void describe(Shape in, auto& sink) const {
    Index name = 0;
    for (Index i = 0; i < depth; ++i) {
      sink.enter(name++);
      linear(i).describe(in, sink);
      sink.leave();
      in = linear(i).output(in);
      if (norms(i)) {
        sink.enter(name++);
        norm(i).describe(in, sink);
        sink.leave();
      }
      ++name;  // the ReLU
    }
  }

  template <class D>
  void forward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>& w, Out<D> y, Cache<D>& cache,
               Statistics<D>& statistics) const {
    const auto n = static_cast<std::size_t>(depth);
    cache.linear.resize(n), cache.inputs.resize(n), cache.norms.resize(n),
        statistics.norms.resize(n);
    for (Index i = 0; i < depth; ++i) {
      const auto k = static_cast<std::size_t>(i);
      const bool last = i + 1 == depth;
      const Place at = place(i);
      const Shape out = linear(i).output(in);
      if (!last) cache.inputs[k + 1].resize(out.rows(), out.channels);
      const Out<D> to = last ? y : cache.inputs[k + 1].out();
      const In<D> from = i == 0 ? x : cache.inputs[k].in();
      None none;
      if (norms(i) || !last) {
        cache.linear[k].resize(out.rows(), out.channels);
        linear(i).forward(pass, in, from, w.part(at.weight, at.linear, 0, 0), cache.linear[k].out(),
                          none, none);
        if (norms(i))
          norm(i).forward(pass, out, cache.linear[k].in(),
                          w.part(at.weight + at.linear, at.norm, at.buffer, 2), to, cache.norms[k],
                          statistics.norms[k]);
        else
          relu(*pass.device, cache.linear[k].in(), to);
      } else {
        linear(i).forward(pass, in, from, w.part(at.weight, at.linear, 0, 0), to, none, none);
      }
      in = out;
    }
  }

  template <class D>
  void backward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>& w, const Cache<D>& cache,
                In<D> dy, Out<D> dx, Slice<Real<D>, D> dtheta) const {
    const Workspace::Scope scope(*pass.workspace);
    const auto rows = [&](Index cols) {
      return Out<D>(pass.workspace->template take<Activation<D>>(in.rows() * cols), in.rows(),
                    cols);
    };
    In<D> above = dy;
    for (Index i = depth - 1; i >= 0; --i) {
      const auto k = static_cast<std::size_t>(i);
      const Place at = place(i);
      const Index inputs = i == 0 ? in.channels : static_cast<Index>(hidden);
      const Shape out{in.images, in.height, in.width, linear(i).outputs};
      if (norms(i)) {
        const Out<D> d = rows(out.channels);
        norm(i).backward(pass, out, cache.linear[k].in(),
                         w.part(at.weight + at.linear, at.norm, at.buffer, 2), cache.norms[k],
                         above, d, dtheta.part(at.weight + at.linear, at.norm));
        above = d;
      } else if (i + 1 < depth) {
        const Out<D> d = rows(out.channels);
        relu_gradient(*pass.device, cache.linear[k].in(), above, d);
        above = d;
      }
      const Out<D> below = i == 0 ? dx : rows(inputs);
      const Shape from{in.images, in.height, in.width, inputs};
      linear(i).backward(pass, from, i == 0 ? x : cache.inputs[k].in(),
                         w.part(at.weight, at.linear, 0, 0), None{}, above, below,
                         dtheta.part(at.weight, at.linear));
      above = below;
    }
  }

  template <class D>
  void update_buffers(const Statistics<D>& s, Slice<Real<D>, D> buffers) const {
    for (Index i = 0; i < depth; ++i)
      if (norms(i))
        norm(i).update_buffers(s.norms[static_cast<std::size_t>(i)],
                               buffers.part(place(i).buffer, 2));
  }

 private:
  struct Place {  // where the segments of a layer begin, and how many it has
    Index weight = 0, linear = 0, norm = 0, buffer = 0;
  };
  bool norms(Index i) const {
    return normalised == HeadNorm::all || (normalised == HeadNorm::hidden && i + 1 < depth);
  }
  Linear linear(Index i) const {
    return {.outputs = i + 1 < depth ? hidden : outputs, .bias = norms(i) ? Bias::no : Bias::yes};
  }
  BatchNorm norm(Index i) const {
    const bool last = i + 1 == depth;
    return {.activate = last ? Activate::none : Activate::relu,
            .running_variance = running_variance,
            .shift = last ? last_shift : Shift::learned};
  }
  Place place(Index i) const {
    Place p;
    for (Index k = 0;; ++k) {
      p.linear = norms(k) ? 1 : 2;
      p.norm = norms(k) ? (norm(k).shift == Shift::learned ? 2 : 1) : 0;
      if (k == i) return p;
      p.weight += p.linear + p.norm;
      p.buffer += norms(k) ? 2 : 0;
    }
  }
};

}  // namespace selfsame
