/// @file
#pragma once
#include <selfsame/kernel/cpu/affine.hpp>
#include <selfsame/kernel/cpu/product.hpp>
#include <selfsame/nn/layer.hpp>

namespace selfsame {

enum class Bias { no, yes };

/// y = x W^T + b, at every position alike: x (rows, channels), W (outputs, channels), b (outputs).
struct Linear {
  Count outputs;
  Bias bias = Bias::yes;
  Kind kind = Kind::weight;

  template <class D>
  using Cache = None;
  template <class D>
  using Statistics = None;

  constexpr Shape output(Shape in) const { return {in.images, in.height, in.width, outputs}; }
  void describe(Shape in, auto& sink) const {
    sink.weight("weight", kind, {outputs, in.channels}, lecun(in.channels));
    if (bias == Bias::yes) sink.weight("bias", Kind::bias, {outputs}, zeros);
  }

  template <class D>
  void forward(const Pass<D>& pass, Shape, In<D> x, const Fixed<D>& w, Out<D> y, None&,
               None&) const {
    product(*pass.device, *pass.workspace, x, Transpose::no, weight<D>(w, x.cols), Transpose::yes,
            y, Write::overwrite, [&](Index, Index first, Index rows) {
              if (bias == Bias::yes)
                add_to_rows(*pass.device, w.parameters[1].data, y.row_range(first, rows));
            });
  }
  template <class D>
  void backward(const Pass<D>& pass, Shape, In<D> x, const Fixed<D>& w, const None&, In<D> dy,
                Out<D> dx, Slice<Real<D>, D> dtheta) const {
    const MatrixView<Real<D>, D> dweight(dtheta[0].data, outputs, x.cols);
    product(*pass.device, *pass.workspace, dy, Transpose::yes, x, Transpose::no, dweight,
            Write::add);
    if (bias == Bias::yes) add_column_sums(*pass.device, *pass.workspace, dy, dtheta[1].data);
    if (dx.data != nullptr)
      product(*pass.device, *pass.workspace, dy, Transpose::no, weight<D>(w, x.cols), Transpose::no,
              dx);
  }

 private:
  template <class D>
  MatrixView<const Real<D>, D> weight(const Fixed<D>& w, Index inputs) const {
    return {w.parameters[0].data, outputs, inputs};
  }
};

}  // namespace selfsame
