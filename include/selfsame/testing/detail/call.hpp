/// @file
/// One call of a policy, and what came of it, in an order that neither ranks nor shuffles change.
#pragma once
#include <selfsame/testing/given.hpp>
#include <selfsame/testing/virtual_ranks.hpp>

#include <bit>
#include <memory>

namespace selfsame::testing::detail {

/// Results of all ranks, rows in the images' first order; gradients of shared inputs are summed.
struct Outcome {
  struct Array {
    std::string name;
    bool gradient = false;
    double weight = 1;  ///< of its input
    Index shares = 0;   ///< columns, where rows must be distributions
    Index classes = 0;  ///< of labels
    std::vector<double> numbers{};
  };
  double value = 0;
  bool agree = true;   ///< whether all ranks returned the same bits
  bool intact = true;  ///< whether only results were written
  std::vector<Array> arrays{};

  bool finite() const {
    bool all = std::isfinite(value);
    for (const Array& a : arrays) all = all && testing::finite(std::span(a.numbers));
    return all;
  }
  double largest() const {
    double top = 0;
    for (const Array& a : arrays) top = std::max(top, testing::largest(std::span(a.numbers)));
    return top;
  }
};

inline bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}
inline bool same_bits(const Outcome& a, const Outcome& b) {
  bool same = same_bits(a.value, b.value) && a.arrays.size() == b.arrays.size();
  for (std::size_t k = 0; same && k < a.arrays.size(); ++k)
    same = std::ranges::equal(a.arrays[k].numbers, b.arrays[k].numbers,
                              [](double x, double y) { return same_bits(x, y); });
  return same;
}
/// The largest difference of values, relative to the second or to 1.
inline double value_error(const Outcome& a, const Outcome& b) {
  const double d = std::abs(a.value - b.value) / std::max(1.0, std::abs(b.value));
  return std::isnan(d) ? std::numeric_limits<double>::infinity() : d;
}
/// The largest difference of the k-th arrays, relative to the second's largest number and at least to
/// a thousandth of the largest of all.
inline double array_error(const Outcome& a, const Outcome& b, std::size_t k) {
  const auto &x = a.arrays[k].numbers, &y = b.arrays[k].numbers;
  if (x.size() != y.size()) return std::numeric_limits<double>::infinity();
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    worst = std::max(worst, std::isnan(x[i] - y[i]) ? std::numeric_limits<double>::infinity()
                                                    : std::abs(x[i] - y[i]));
  const double size = std::max(
      {testing::largest(std::span(y)), 1e-3 * b.largest(), std::numeric_limits<double>::min()});
  return worst / size;
}

/// A policy with all that a call needs, to be called again and again. Not moved: the pass points into it.
template <class D, class P, class E>
class Call {
 public:
  Given<D> given;
  Workspace workspace;

  Call(const P& policy, const E& example, const Setting& setting, int threads = 1,
       Communicator& ranks = single_process())
      : given(setting), policy_(policy), example_(example) {
    device_.threads = threads;
    pass_.device = &device_;
    pass_.workspace = &workspace;
    pass_.ranks = &ranks;
    pass_.seed = 1;
    pass_.keys = given.keys();
  }

  /// Scratch is full of NaN before.
  double operator()() {
    poison(workspace, Index{1} << 18);
    if constexpr (std::is_void_v<decltype(example_(policy_, pass_, given))>) {
      example_(policy_, pass_, given);
      return value_ = 0;
    } else {
      return value_ = static_cast<double>(example_(policy_, pass_, given));
    }
  }
  double value() const { return value_; }

 private:
  P policy_;
  E example_;
  D device_{};
  Pass<D> pass_{};
  double value_ = std::numeric_limits<double>::quiet_NaN();
};

/// Puts the results of one rank where they belong among those of `images` images.
template <class D>
void collect(const Given<D>& given, Index images, Outcome& to) {
  std::size_t next = 0;
  const auto place = [&](const std::string& name, Index which, Index rows, Index cols) -> auto& {
    if (next == to.arrays.size())
      to.arrays.push_back({name, which > 0, which > 0 ? given.weight_of(which) : 1});
    auto& array = to.arrays[next++];
    array.numbers.resize(static_cast<std::size_t>(rows * cols), 0.0);
    return array;
  };
  given.each_array([&](const auto& a) {
    if (!a.differentiable && !a.output) return;
    auto& place_of = place(a.name, a.which, a.shared ? a.rows : a.views * images, a.cols);
    auto& numbers = place_of.numbers;
    place_of.shares = a.shares ? a.cols : 0;
    for (Index r = 0; r < a.rows; ++r)
      for (Index c = 0; c < a.cols; ++c) {
        const auto x = static_cast<double>(a.result[static_cast<std::size_t>(r * a.stride + c)]);
        const Index row = a.shared ? r : given.whole_row(r);
        double& there = numbers[static_cast<std::size_t>(row * a.cols + c)];
        there = a.shared ? there + x : x;
      }
  });
  for (const auto& v : given.all_integers()) {
    if (v.classes == 0) continue;
    auto& place_of = place(v.name, 0, v.views * images, 1);
    auto& numbers = place_of.numbers;
    place_of.classes = v.classes;
    for (std::size_t r = 0; r < v.numbers.size(); ++r)
      numbers[static_cast<std::size_t>(given.whole_row(static_cast<Index>(r)))] =
          static_cast<double>(v.numbers[r]);
  }
  to.intact = to.intact && given.intact();
}

template <class D, class P, class E>
Outcome outcome(const Call<D, P, E>& call, Index images) {
  Outcome result;
  result.value = call.value();
  collect(call.given, images, result);
  return result;
}

/// Calls a policy once, on so many virtual ranks.
template <class D, class P, class E>
Outcome run(const P& policy, const E& example, const Setting& setting, int threads = 1) {
  if (setting.ranks == 1) {
    Call<D, P, E> call(policy, example, setting, threads);
    call();
    return outcome(call, setting.images);
  }
  std::vector<std::unique_ptr<Call<D, P, E>>> calls(static_cast<std::size_t>(setting.ranks));
  VirtualRanks(setting.ranks).run([&](Communicator& ranks) {
    Setting mine = setting;
    mine.rank = ranks.rank();
    auto& call = calls[static_cast<std::size_t>(mine.rank)];
    call = std::make_unique<Call<D, P, E>>(policy, example, mine, threads, ranks);
    (*call)();
  });
  Outcome result;
  result.value = calls.front()->value();
  for (const auto& call : calls) {
    result.agree = result.agree && same_bits(call->value(), result.value);
    collect(call->given, setting.images, result);
  }
  return result;
}

}  // namespace selfsame::testing::detail
