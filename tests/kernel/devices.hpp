// What the tests of kernels share: the three devices, random arrays, the instruction sets.
#pragma once
#include <selfsame/kernel/cpu/isa.hpp>
#include <selfsame/tensor/buffer.hpp>

#include "support/catch.hpp"
#include "support/devices.hpp"

#include <Eigen/Core>
#include <random>
#include <vector>

namespace selfsame::test {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// What this machine can run.
inline std::vector<Isa> isas() {
  std::vector<Isa> all{Isa::portable};
  if (best_isa() != Isa::portable) all.push_back(Isa::avx2);
  if (best_isa() == Isa::avx512) all.push_back(Isa::avx512);
  return all;
}

/// Forces an instruction set as long as it lives.
class Forced {
 public:
  explicit Forced(Isa isa) : before_(isa_in_use()) { isa_in_use() = isa; }
  ~Forced() { isa_in_use() = before_; }
  Forced(const Forced&) = delete;
  Forced& operator=(const Forced&) = delete;

 private:
  Isa before_;
};

template <class T>
std::vector<T> noise(Index size, unsigned seed) {
  std::mt19937 bits(seed);
  std::uniform_real_distribution<double> uniform(-1, 1);
  std::vector<T> v(static_cast<std::size_t>(size));
  for (T& x : v) x = static_cast<T>(uniform(bits));
  return v;
}

/// A matrix with three columns of NaN behind each row: nobody may read or write them.
template <class T>
struct Padded {
  Index rows, cols, stride;
  std::vector<T> data;

  Padded(Index r, Index c, unsigned seed)
      : rows(r), cols(c), stride(c + 3), data(static_cast<std::size_t>(r * (c + 3)), T(NAN)) {
    const auto values = noise<T>(r * c, seed);
    for (Index i = 0; i < r * c; ++i)
      data[static_cast<std::size_t>(i / c * stride + i % c)] = values[static_cast<std::size_t>(i)];
  }
  template <class D>
  MatrixView<T, D> view() {
    return {data.data(), rows, cols, stride};
  }
  Matrix matrix() const {
    Matrix m(rows, cols);
    for (Index r = 0; r < rows; ++r)
      for (Index c = 0; c < cols; ++c)
        m(r, c) = static_cast<double>(data[static_cast<std::size_t>(r * stride + c)]);
    return m;
  }
  bool untouched() const {  // behind the rows
    for (Index r = 0; r < rows; ++r)
      for (Index c = cols; c < stride; ++c)
        if (data[static_cast<std::size_t>(r * stride + c)] ==
            data[static_cast<std::size_t>(r * stride + c)])
          return false;
    return true;
  }
};

/// The largest difference; NaN where there is one, on every processor.
inline double largest_difference(const Matrix& a, const Matrix& b) {
  return a.size() == 0 ? 0 : (a - b).cwiseAbs().maxCoeff<Eigen::PropagateNaN>();
}

template <class T>
Matrix as_matrix(const std::vector<T>& v) {
  Matrix m(static_cast<Index>(v.size()), 1);
  for (std::size_t i = 0; i < v.size(); ++i)
    m(static_cast<Index>(i), 0) = static_cast<double>(v[i]);
  return m;
}

/// What 1 is rounded by.
template <class T>
inline constexpr double ulp = static_cast<double>(std::numeric_limits<T>::epsilon());

}  // namespace selfsame::test
