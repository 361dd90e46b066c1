// A sum whose order follows the address of its numbers has other last bits in another run: Eigen's reductions peel
// until they reach an aligned packet, which shows where packets are wider than what malloc aligns to.
#pragma once
#include <selfsame/core/pass.hpp>
#include <selfsame/tensor/buffer.hpp>

#include <cmath>
#include <functional>
#include <span>
#include <vector>

#include "support/catch.hpp"

namespace selfsame::test {

using F64 = BasicCpu<double>;
constexpr Index rows = 60, cols = 23;

/// Three matrices in places that begin `offset` numbers behind an aligned one, the third for a result.
struct Places {
  explicit Places(Index offset) {
    for (int k = 0; k < 3; ++k) {
      memory[k].assign(rows * cols + 32, 0.0);  // aligned to 64 bytes
      at[k] = memory[k].data() + offset;
    }
    for (Index i = 0; i < rows * cols; ++i) {
      at[0][i] = std::sin(static_cast<double>(i * i)) + 0.3;
      at[1][i] = std::cos(static_cast<double>(3 * i * i)) - 0.1;
    }
    pass.device = &device;
    pass.workspace = &scratch;
  }
  In<F64> in(int k) const { return {at[k], rows, cols}; }
  Out<F64> out() const { return {at[2], rows, cols}; }
  Differentiable<F64> differentiable() const { return {in(0), out()}; }

  Buffer<double> memory[3];
  double* at[3];
  F64 device;
  Workspace scratch;
  Pass<F64> pass;
};

/// What a call returns and writes, as numbers to compare.
using Call = std::function<std::vector<double>(Places&)>;
inline std::vector<double> numbers(double value, In<F64> m) {
  std::vector<double> all{value};
  for (Index r = 0; r < m.rows; ++r) all.insert(all.end(), m.row(r), m.row(r) + m.cols);
  return all;
}
template <class L>
Call of_rows(const L& loss) {
  return [loss](Places& p) { return numbers(loss(p.pass, p.differentiable(), p.in(1)), p.out()); };
}
template <class L>
Call of_views(const L& loss) {
  return [loss](Places& p) {
    std::vector<double> other(static_cast<std::size_t>(rows * cols));
    const Differentiable<F64> views[] = {p.differentiable(), {p.in(1), {other.data(), rows, cols}}};
    return numbers(loss(p.pass, std::span<const Differentiable<F64>>(views)), p.out());
  };
}
inline void check_addresses(const Call& call) {
  Places aligned(0);
  const std::vector<double> wanted = call(aligned);
  std::vector<std::vector<char>> between;  // what a call allocates moves, too
  for (std::size_t time = 1; time <= 32; ++time) {
    const auto offset = static_cast<Index>(time % 16);
    CAPTURE(time, offset);
    for (const std::size_t size : {8 * std::size_t{cols}, 37 * time % 200 + 1})
      between.emplace_back(size);  // the first takes what the last call freed
    Places moved(offset);
    CHECK(call(moved) == wanted);
  }
}

}  // namespace selfsame::test
