#include <selfsame/kernel/cpu/finite.hpp>

#include <selfsame/kernel/cpu/activation.hpp>
#include <selfsame/kernel/cpu/affine.hpp>
#include <selfsame/kernel/cpu/convolution.hpp>
#include <selfsame/kernel/cpu/gather_rows.hpp>
#include <selfsame/kernel/cpu/normalise_weights.hpp>
#include <selfsame/kernel/cpu/pool.hpp>
#include <selfsame/kernel/cpu/product.hpp>
#include <selfsame/kernel/cpu/softmax.hpp>

#include <functional>
#include <memory>

#include "devices.hpp"

using namespace selfsame;
using namespace selfsame::test;

TEMPLATE_TEST_CASE("the first number that is not finite is found wherever it stands", "[kernel]",
                   float, double, BFloat16) {
  using T = TestType;
  const T odd[] = {T(NAN), T(INFINITY), T(-INFINITY)};
  for (const Isa isa : isas()) {
    const Forced forced(isa);
    Workspace scratch;
    std::vector<T> x(40'000, T(std::is_same_v<T, double> ? 1e300 : 1e38));  // nearly the largest
    x[7] = T(-1e38f), x[9] = T(1e-42);
    const VectorView<const T, Cpu> all{x.data(), 40'000};
    CHECK(first_not_finite(Cpu{}, scratch, all) == -1);
    CHECK(first_not_finite(Cpu{}, scratch, all.part(0, 0)) == -1);
    for (const Index at : {0, 1, 37, 16'383, 16'384, 39'999})
      for (const T value : odd) {
        CAPTURE(static_cast<int>(isa), at, static_cast<double>(value));
        auto y = x;
        y[39'999] = T(NAN);  // not the first
        y[static_cast<std::size_t>(at)] = value;
        const VectorView<const T, Cpu> some{y.data(), 40'000};
        CHECK(first_not_finite(Cpu{.threads = 1}, scratch, some) == at);
        CHECK(first_not_finite(Cpu{.threads = 3}, scratch, some) == at);
        CHECK(first_not_finite(Cpu{}, scratch, some.part(0, at)) == -1);
      }
  }
}

TEST_CASE("of rows the first odd number is told in reading order, and none is read behind a row",
          "[kernel]") {
  Padded<float> x(300, 70, 1);  // NaN behind each row
  Workspace scratch;
  const In<Cpu> rows = x.view<Cpu>();
  CHECK(first_not_finite(Cpu{}, scratch, rows) == -1);
  x.view<Cpu>()(299, 0) = INFINITY;
  CHECK(first_not_finite(Cpu{}, scratch, rows) == 299 * 70);
  x.view<Cpu>()(4, 69) = NAN;
  CHECK(first_not_finite(Cpu{.threads = 2}, scratch, rows) == 4 * 70 + 69);
  const In<Cpu> tall(x.data.data(), 73, 300);  // the same memory without a stride
  CHECK(first_not_finite(Cpu{}, scratch, tall) == 70);
}

namespace {

// A kernel as a function of some of its inputs, one behind the other, to all of its outputs.
struct Function {
  const char* name;
  Index inputs;
  std::function<std::vector<float>(float*)> f;
  bool spreads = false;  ///< a NaN may meet a zero of padding
};
constexpr Index rows = 5, cols = 37;  // vectors of each width, and a part of one
constexpr Shape image{2, 4, 3, 19};
constexpr Window window{3, 3, 2, 1};

In<Cpu> matrix(const float* p, Index r = rows, Index c = cols) { return {p, r, c}; }
template <class F>
std::vector<float> rows_of(F&& f, Index r = rows, Index c = cols) {
  std::vector<float> y(static_cast<std::size_t>(r * c));
  f(Out<Cpu>(y.data(), r, c));
  return y;
}
std::vector<float> numbers(std::initializer_list<double> x) {
  std::vector<float> y;
  for (const double v : x) y.push_back(static_cast<float>(v));
  return y;
}

const auto given = noise<float>(4096, 3);  // what is not varied
const In<Cpu> other = matrix(given.data());
const Vector<const float, Cpu> line{given.data(), rows* cols};
const Index positions = image.rows(), outputs = 21, seen = 2 * 2 * 2;

NormGradient<float, float> norm(const float* x, const float* dy, const float* y) {
  return {matrix(x),
          matrix(dy),
          y == nullptr ? In<Cpu>{} : matrix(y),
          given.data(),
          given.data() + cols,
          given.data() + 2 * cols,
          given.data() + 3 * cols,
          Activate::relu};
}

std::vector<Function> functions() {
  const Cpu d{};
  const auto scratch = std::make_shared<Workspace>();
  const auto winner = std::make_shared<std::vector<std::int32_t>>(seen * image.channels);
  max_pool(d, image, matrix(given.data(), positions, 19), window,
           Out<Cpu>(std::vector<float>(static_cast<std::size_t>(seen * 19)).data(), seen, 19),
           winner->data());
  const Index all = rows * cols;
  return {
      {"relu", all, [=](float* x) { return rows_of([&](auto y) { relu(d, matrix(x), y); }); }},
      {"relu_gradient of dy", all,
       [=](float* dy) { return rows_of([&](auto y) { relu_gradient(d, other, matrix(dy), y); }); }},
      {"normalise_columns", all + 3 * cols,
       [=](float* x) {
         return rows_of([&](auto y) {
           normalise_columns(d, matrix(x), x + all, x + all + cols, x + all + 2 * cols, {},
                             Activate::relu, y);
         });
       }},
      {"normalise_columns with an addend", 2 * all,
       [=](float* x) {
         return rows_of([&](auto y) {
           normalise_columns(d, matrix(x), given.data(), given.data() + cols, given.data(),
                             matrix(x + all), Activate::relu, y);
         });
       }},
      {"block_moments", all,
       [=](float* x) {
         std::vector<float> y(2 * cols);
         block_moments(d, matrix(x), y.data(), y.data() + cols);
         return y;
       }},
      {"norm_gradient_sums of dy", all,
       [=](float* dy) {
         std::vector<double> sums(2 * cols);
         norm_gradient_sums(d, *scratch, norm(given.data() + 500, dy, given.data() + 900),
                            sums.data());
         return std::vector<float>(sums.begin(), sums.end());
       }},
      {"norm_gradient of x and dy", 2 * all,
       [=](float* x) {
         return rows_of([&](auto dx) {
           norm_gradient(d, norm(x, x + all, nullptr), given.data(), given.data() + cols, dx, {});
         });
       }},
      {"add_to_rows", all + cols,
       [=](float* x) {
         std::vector<float> y(x, x + all);
         add_to_rows(d, x + all, Out<Cpu>(y.data(), rows, cols));
         return y;
       }},
      {"add_column_sums", all,
       [=](float* x) {
         return rows_of([&](auto y) { add_column_sums(d, *scratch, matrix(x), y.data); }, 1);
       }},
      {"lerp", 2 * all,
       [=](float* x) {
         lerp(d, Vector<const float, Cpu>{x, all}, 0.25f, {x + all, all});
         return std::vector<float>(x + all, x + 2 * all);
       }},
      {"add and scale", 2 * all,
       [=](float* x) {
         add(d, matrix(x), Out<Cpu>(x + all, rows, cols));
         scale(d, 0.5f, Vector<float, Cpu>{x + all, all});
         return std::vector<float>(x + all, x + 2 * all);
       }},
      {"sum, dot and squared_norm", all,
       [=](float* x) {
         const Vector<const float, Cpu> v{x, all};
         return numbers(
             {sum(d, *scratch, v), dot(d, *scratch, v, line), squared_norm(d, *scratch, v)});
       }},
      {"row_max", all,
       [=](float* x) {
         return rows_of([&](auto y) { row_max(d, matrix(x), {y.data, rows}); }, rows, 1);
       }},
      {"softmax", all,
       [=](float* x) { return rows_of([&](auto y) { softmax(d, matrix(x), 0.5f, y); }); }},
      {"row_log_sum_exp", all,
       [=](float* x) {
         return rows_of(
             [&](auto y) {
               row_log_sum_exp(d, matrix(x), 0.5f, {y.data, rows});
             },
             rows, 1);
       }},
      {"l2_normalise", all,
       [=](float* x) {
         std::vector<float> norms(rows);
         return rows_of([&](auto y) { l2_normalise(d, matrix(x), 0.1f, y, view<Cpu>(norms)); });
       }},
      {"l2_normalise_gradient", 2 * all,
       [=](float* x) {
         const std::vector<float> norms(rows, 1.5f);
         return rows_of([&](auto y) {
           l2_normalise_gradient(d, matrix(x), view<Cpu>(norms), 0.1f, matrix(x + all), y,
                                 Write::overwrite);
         });
       }},
      {"max_pool", image.size(),
       [=](float* x) {
         std::vector<std::int32_t> won(static_cast<std::size_t>(seen * 19));
         return rows_of(
             [&](auto y) { max_pool(d, image, matrix(x, positions, 19), window, y, won.data()); },
             seen, 19);
       }},
      {"max_pool_gradient", seen * 19,
       [=](float* dy) {
         return rows_of(
             [&](auto dx) {
               max_pool_gradient(d, image, matrix(dy, seen, 19), window, winner->data(), dx);
             },
             positions, 19);
       }},
      {"average_pool", image.size(),
       [=](float* x) {
         return rows_of(
             [&](auto y) { average_pool(d, image, matrix(x, positions, 19), window, y); }, seen,
             19);
       }},
      {"average_pool_gradient", seen * 19,
       [=](float* dy) {
         return rows_of(
             [&](auto dx) { average_pool_gradient(d, image, matrix(dy, seen, 19), window, dx); },
             positions, 19);
       }},
      {"grid_average", image.size(),
       [=](float* x) {
         return rows_of([&](auto y) { grid_average(d, image, matrix(x, positions, 19), 2, y); }, 2,
                        4 * 19);
       }},
      {"grid_average_gradient", 2 * 4 * 19,
       [=](float* dy) {
         return rows_of(
             [&](auto dx) { grid_average_gradient(d, image, matrix(dy, 2, 4 * 19), 2, dx); },
             positions, 19);
       }},
      {"product", all + outputs * cols,
       [=](float* x) {
         return rows_of(
             [&](auto y) {
               product(d, *scratch, matrix(x), Transpose::no, matrix(x + all, outputs),
                       Transpose::yes, y);
             },
             rows, outputs);
       }},
      {"convolve", image.size(),
       [=](float* x) {
         return rows_of(
             [&](auto y) {
               convolve(d, *scratch, image, matrix(x, positions, 19),
                        Vector<const float, Cpu>{given.data(), outputs * 9 * 19}, outputs, window,
                        y);
             },
             seen, outputs);
       }},
      {"convolve of weights", outputs * 9 * 19,
       [=](float* w) {
         return rows_of(
             [&](auto y) {
               convolve(d, *scratch, image, matrix(given.data(), positions, 19),
                        Vector<const float, Cpu>{w, outputs * 9 * 19}, outputs, window, y);
             },
             seen, outputs);
       }},
      {"convolve_back_to_input", seen * outputs,
       [=](float* dy) {
         return rows_of(
             [&](auto dx) {
               convolve_back_to_input(d, *scratch, image, matrix(dy, seen, outputs),
                                      Vector<const float, Cpu>{given.data(), outputs * 9 * 19},
                                      outputs, window, dx, Write::overwrite);
             },
             positions, 19);
       }},
      {"convolve_back_to_weight", image.size() + seen * outputs,
       [=](float* x) {
         std::vector<float> dw(static_cast<std::size_t>(outputs * 9 * 19));
         convolve_back_to_weight(d, *scratch, image, matrix(x, positions, 19),
                                 matrix(x + image.size(), seen, outputs), outputs, window,
                                 Vector<float, Cpu>{dw.data(), outputs * 9 * 19});
         return dw;
       },
       true},
      {"gather_rows", all,
       [=](float* x) {
         const std::vector<Index> which{4, 0, 4};
         return rows_of([&](auto y) { gather_rows(d, matrix(x), view<Cpu>(which), y); }, 3);
       }},
      {"normalise_weights", all,
       [=](float* x) {
         normalise_weights(d, *scratch, MatrixView<float, Cpu>(x, rows, cols), 0.1f);
         return std::vector<float>(x, x + all);
       }},
  };
}

}  // namespace

TEST_CASE("what depends on a NaN or an infinity is not finite, and what does not is untouched",
          "[kernel]") {
  for (const Isa isa : isas()) {
    const Forced forced(isa);
    for (const Function& k : functions()) {
      const auto x = noise<float>(k.inputs, 4);
      const auto with = [&](Index i, float value) {
        auto y = x;
        y[static_cast<std::size_t>(i)] = value;
        return k.f(y.data());
      };
      const auto base = with(0, x[0]);
      for (Index i = 0; i < k.inputs; i += 1 + k.inputs / 300) {
        const auto up = with(i, 1e6f), down = with(i, -1e6f), nan = with(i, NAN);
        const auto above = with(i, INFINITY), below = with(i, -INFINITY);
        Index hidden = 0, touched = 0;
        for (std::size_t j = 0; j < base.size(); ++j) {
          const bool depends = up[j] != base[j] || down[j] != base[j];
          hidden += depends && std::isfinite(nan[j]);
          hidden += depends && std::isfinite(above[j]) && std::isfinite(below[j]);
          touched += !depends && !k.spreads && nan[j] != base[j];
        }
        if (hidden + touched == 0) continue;
        CAPTURE(k.name, static_cast<int>(isa), i, hidden, touched);
        FAIL_CHECK("a number that is not finite is hidden, or spreads too far");
        break;
      }
    }
  }
}

TEST_CASE("the gradient of ReLU passes where its input is NaN", "[kernel]") {
  const float x[] = {NAN, 1, 0, -1}, dy[] = {NAN, 2, 3, NAN};
  float dx[4];
  relu_gradient(Cpu{}, In<Cpu>(x, 1, 4), In<Cpu>(dy, 1, 4), Out<Cpu>(dx, 1, 4));
  CHECK(std::isnan(dx[0]));
  CHECK(dx[1] == 2);
  CHECK(dx[2] == 0);
  CHECK(dx[3] == 0);
}

TEST_CASE("a row whose length overflows does not become a row of zeros", "[kernel]") {
  const std::vector<float> x(4, 3e38f);
  std::vector<float> unit(4), norm(1);
  l2_normalise(Cpu{}, In<Cpu>(x.data(), 1, 4), 1e-12f, Out<Cpu>(unit.data(), 1, 4),
               view<Cpu>(norm));
  for (const float u : unit) CHECK(std::isnan(u));
}

TEST_CASE("activations in bfloat16 pass NaN on through ReLU and norm", "[kernel]") {
  using D = BasicCpu<float, BFloat16>;
  const auto numbers = noise<float>(3 * cols, 1);
  for (const Isa isa : isas())
    for (const Index i : {0, 36}) {  // in a vector, and behind the last whole one
      const Forced forced(isa);
      auto x = noise<BFloat16>(cols, 2);
      std::vector<BFloat16> y(cols), z(cols), dx(cols);
      x[static_cast<std::size_t>(i)] = BFloat16(NAN);
      const In<D> from(x.data(), 1, cols);
      relu(D{}, from, Out<D>(y.data(), 1, cols));
      normalise_columns(D{}, from, numbers.data(), numbers.data() + cols, numbers.data(), In<D>{},
                        Activate::relu, Out<D>(z.data(), 1, cols));
      norm_gradient(D{},
                    NormGradient<float, BFloat16>{from,
                                                  from,
                                                  {},
                                                  numbers.data(),
                                                  numbers.data(),
                                                  numbers.data(),
                                                  numbers.data(),
                                                  Activate::relu},
                    numbers.data(), numbers.data() + cols, Out<D>(dx.data(), 1, cols), Out<D>{});
      Index odd = 0;
      for (const auto* v : {&y, &z, &dx})
        for (const BFloat16 b : *v) odd += b != b;
      CHECK(odd == 3);
      for (const auto* v : {&y, &z, &dx})
        CHECK(std::isnan(static_cast<float>((*v)[static_cast<std::size_t>(i)])));
    }
}
