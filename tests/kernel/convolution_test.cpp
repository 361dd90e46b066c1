#include <selfsame/kernel/cpu/convolution.hpp>

#include "devices.hpp"

using namespace selfsame;
using namespace selfsame::test;

namespace {

// The definition, in double: f(output row, input row, tap) for each pair that meets.
template <class F>
void each_pair(Shape in, Window w, const F& f) {
  const Shape out = convolved(in, 1, w);
  for (Index n = 0; n < in.images; ++n)
    for (Index oy = 0; oy < out.height; ++oy)
      for (Index ox = 0; ox < out.width; ++ox)
        for (Index t = 0; t < w.taps(); ++t) {
          const Index y = oy * w.stride + t / w.kernel_width - w.padding;
          const Index x = ox * w.stride + t % w.kernel_width - w.padding;
          if (y < 0 || y >= in.height || x < 0 || x >= in.width) continue;
          f((n * out.height + oy) * out.width + ox, (n * in.height + y) * in.width + x, t);
        }
}

// The weights of one tap: (outputs, inputs).
template <class T>
Matrix tap(const std::vector<T>& weight, Index outputs, Index taps, Index inputs, Index t) {
  Matrix m(outputs, inputs);
  for (Index o = 0; o < outputs; ++o)
    for (Index c = 0; c < inputs; ++c)
      m(o, c) = static_cast<double>(weight[static_cast<std::size_t>((o * taps + t) * inputs + c)]);
  return m;
}

template <class D>
struct Case {
  Shape in;
  Index outputs;
  Window w;
  Shape out = convolved(in, outputs, w);
  Index taps = w.taps();
  Padded<Activation<D>> x{in.rows(), in.channels, 1};
  Padded<Activation<D>> dy{out.rows(), outputs, 2};
  std::vector<Real<D>> weight = noise<Real<D>>(outputs * taps * in.channels, 3);
  double tolerance = 4 * ulp<Activation<D>> * static_cast<double>(4 + in.channels * taps);

  Matrix forward() const {
    Matrix y = Matrix::Zero(out.rows(), outputs);
    const Matrix source = x.matrix();
    std::vector<Matrix> taps_of;
    for (Index t = 0; t < taps; ++t) taps_of.push_back(tap(weight, outputs, taps, in.channels, t));
    each_pair(in, w, [&](Index to, Index from, Index t) {
      y.row(to) += source.row(from) * taps_of[static_cast<std::size_t>(t)].transpose();
    });
    return y;
  }
  Matrix to_input() const {
    Matrix dx = Matrix::Zero(in.rows(), in.channels);
    const Matrix source = dy.matrix();
    std::vector<Matrix> taps_of;
    for (Index t = 0; t < taps; ++t) taps_of.push_back(tap(weight, outputs, taps, in.channels, t));
    each_pair(in, w, [&](Index to, Index from, Index t) {
      dx.row(from) += source.row(to) * taps_of[static_cast<std::size_t>(t)];
    });
    return dx;
  }
  Matrix to_weight() const {
    Matrix dw = Matrix::Zero(outputs * taps, in.channels);
    const Matrix source = x.matrix(), gradient = dy.matrix();
    each_pair(in, w, [&](Index to, Index from, Index t) {
      for (Index o = 0; o < outputs; ++o)
        dw.row(o * taps + t) += gradient(to, o) * source.row(from);
    });
    return dw.reshaped<Eigen::RowMajor>();
  }
};

struct Sizes {
  Shape in;
  Index outputs;
  Window w;
};

const std::vector<Sizes> sizes{
    {{0, 4, 4, 3}, 2, {3, 3, 1, 1}},      {{2, 5, 4, 3}, 7, {1, 1, 1, 0}},
    {{2, 5, 4, 3}, 7, {1, 1, 2, 0}},      {{1, 1, 1, 1}, 1, {3, 3, 1, 1}},
    {{3, 7, 6, 5}, 9, {3, 3, 1, 1}},      {{3, 7, 6, 4}, 33, {3, 3, 2, 1}},
    {{2, 8, 8, 16}, 20, {3, 3, 3, 1}},    {{2, 9, 11, 3}, 4, {5, 5, 2, 2}},
    {{2, 12, 12, 1}, 8, {7, 7, 2, 3}},    {{1, 6, 6, 2}, 3, {2, 2, 2, 0}},
    {{1, 6, 6, 2}, 3, {2, 3, 4, 1}},      {{1, 2, 2, 3}, 3, {5, 5, 1, 0}},
    {{2, 6, 6, 70}, 66, {3, 3, 1, 1}},    {{40, 11, 11, 8}, 12, {3, 3, 1, 1}},
    {{2, 4, 4, 8}, 4, {3, 3, 1, 0}},      {{1, 5, 5, 8}, 4, {4, 1, 1, 3}},
    {{12, 11, 11, 40}, 12, {3, 3, 1, 1}},  // the weight's sum is cut into slices
    {{1, 41, 30, 2}, 5, {3, 3, 2, 1}},     // an image is cut into bands
    {{26, 4, 4, 5}, 7, {3, 3, 2, 1}},      // many small images are a chunk
};

}  // namespace

TEMPLATE_TEST_CASE("convolution and its gradients agree with their definitions", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  for (const Isa isa : isas())
    for (const Sizes& s : sizes) {
      CAPTURE(static_cast<int>(isa), to_string(s.in), s.outputs, s.w.kernel_height, s.w.stride,
              s.w.padding);
      const Forced forced(isa);
      Case<D> c{s.in, s.outputs, s.w};
      const D device;
      Workspace scratch;

      Padded<Activation<D>> y(c.out.rows(), s.outputs, 4);
      Index rows = 0, chunks = 0;
      convolve(device, scratch, s.in, c.x.template view<D>(), view<D>(c.weight), s.outputs, s.w,
               y.template view<D>(), [&](Index, Index first, Index count) {
                 CHECK(first == rows);
                 rows += count, ++chunks;
               });
      CHECK(largest_difference(y.matrix(), c.forward()) < c.tolerance);
      CHECK(rows == c.out.rows());
      CHECK(chunks == convolution_chunks(s.in, s.outputs, s.w));

      Padded<Activation<D>> dx(s.in.rows(), s.in.channels, 5);
      const Matrix before = dx.matrix();
      const double slack =
          c.tolerance + 4 * ulp<Activation<D>> * static_cast<double>(c.taps * s.outputs);
      convolve_back_to_input(device, scratch, s.in, c.dy.template view<D>(), view<D>(c.weight),
                             s.outputs, s.w, dx.template view<D>(), Write::add);
      CHECK(largest_difference(dx.matrix(), before + c.to_input()) < slack);
      convolve_back_to_input(device, scratch, s.in, c.dy.template view<D>(), view<D>(c.weight),
                             s.outputs, s.w, dx.template view<D>(), Write::overwrite);
      CHECK(largest_difference(dx.matrix(), c.to_input()) < slack);

      std::vector<Real<D>> dw = noise<Real<D>>(s.outputs * c.taps * s.in.channels, 6);
      const Matrix old = as_matrix(dw);
      convolve_back_to_weight(device, scratch, s.in, c.x.template view<D>(),
                              c.dy.template view<D>(), s.outputs, s.w, view<D>(dw));
      CHECK(largest_difference(as_matrix(dw), old + c.to_weight()) <
            4 * ulp<Real<D>> * static_cast<double>(4 + c.out.rows()));
      CHECK((y.untouched() && dx.untouched()));
    }
}

TEST_CASE("a convolution's gradients are its adjoints", "[kernel]") {
  using D = BasicCpu<double>;
  for (const Sizes& s : sizes) {
    CAPTURE(to_string(s.in), s.outputs, s.w.kernel_height, s.w.stride);
    Case<D> c{s.in, s.outputs, s.w};
    const D device;
    Workspace scratch;
    Padded<double> y(c.out.rows(), s.outputs, 4), dx(s.in.rows(), s.in.channels, 5);
    std::vector<double> dw(c.weight.size());
    convolve(device, scratch, s.in, c.x.view<D>(), view<D>(c.weight), s.outputs, s.w, y.view<D>());
    convolve_back_to_input(device, scratch, s.in, c.dy.view<D>(), view<D>(c.weight), s.outputs, s.w,
                           dx.view<D>(), Write::overwrite);
    convolve_back_to_weight(device, scratch, s.in, c.x.view<D>(), c.dy.view<D>(), s.outputs, s.w,
                            view<D>(dw));
    const double value = y.matrix().cwiseProduct(c.dy.matrix()).sum();
    CHECK(std::abs(dx.matrix().cwiseProduct(c.x.matrix()).sum() - value) < 1e-10);
    CHECK(std::abs(as_matrix(dw).cwiseProduct(as_matrix(c.weight)).sum() - value) < 1e-10);
  }
}

TEST_CASE("a convolution has the same bits on 1, 2 and 3 threads", "[kernel]") {
  using D = Cpu;
  const Shape in{48, 14, 14, 24};
  const Window w{3, 3, 1, 1};
  Case<D> c{in, 40, w};
  std::vector<std::vector<float>> results;
  for (const int threads : {1, 2, 3}) {
    const D device{.threads = threads};
    Workspace scratch;
    std::vector<float> y(static_cast<std::size_t>(in.rows() * 40)), dx(c.x.data.size()),
        dw(c.weight.size());
    convolve(device, scratch, in, c.x.view<D>(), view<D>(c.weight), 40, w,
             Out<D>(y.data(), in.rows(), 40));
    convolve_back_to_input(device, scratch, in, c.dy.view<D>(), view<D>(c.weight), 40, w,
                           Out<D>(dx.data(), in.rows(), 24), Write::overwrite);
    convolve_back_to_weight(device, scratch, in, c.x.view<D>(), c.dy.view<D>(), 40, w, view<D>(dw));
    y.insert(y.end(), dx.begin(), dx.begin() + in.rows() * 24);
    y.insert(y.end(), dw.begin(), dw.end());
    results.push_back(y);
  }
  CHECK(results[0] == results[1]);
  CHECK(results[0] == results[2]);
}

TEST_CASE("a convolution allocates nothing the second time", "[kernel]") {
  using D = Cpu;
  const Shape in{8, 14, 14, 16};
  Case<D> c{in, 16, {3, 3, 2, 1}};
  const D device;
  Workspace scratch;
  Index held = 0;
  for (int step = 0; step < 2; ++step) {
    Padded<float> dx(in.rows(), in.channels, 5);
    convolve_back_to_input(device, scratch, in, c.dy.view<D>(), view<D>(c.weight), 16, c.w,
                           dx.view<D>(), Write::overwrite);
    if (step == 1) CHECK(static_cast<Index>(scratch.capacity()) == held);
    held = static_cast<Index>(scratch.capacity());
  }
}
