/// @file
/// How ranks talk (decision D9): untyped virtuals behind typed free functions. `Self` is one process.
#pragma once
#include <selfsame/tensor/bfloat16.hpp>
#include <selfsame/tensor/buffer.hpp>

#include <cstdint>
#include <cstring>

namespace selfsame {

enum class Number { real32, real64, integer, byte, bfloat16 };

namespace detail {
template <class T>
constexpr Number number_kind() {
  static_assert(std::is_floating_point_v<T> || std::is_same_v<T, BFloat16> ||
                    sizeof(T) == sizeof(Index) || sizeof(T) == 1,
                "selfsame: numbers that ranks exchange and stores keep are float, double, "
                "BFloat16, Index or bytes");
  if constexpr (std::is_same_v<T, float>)
    return Number::real32;
  else if constexpr (std::is_same_v<T, double>)
    return Number::real64;
  else if constexpr (std::is_same_v<T, BFloat16>)
    return Number::bfloat16;
  else
    return sizeof(T) == 1 ? Number::byte : Number::integer;
}
}  // namespace detail
template <class T>
inline constexpr Number number_of = detail::number_kind<T>();

/// Calls f with a null pointer to the C++ type of a number.
template <class F>
decltype(auto) as_type(Number n, F&& f) {
  switch (n) {
    case Number::real32: return f(static_cast<float*>(nullptr));
    case Number::real64: return f(static_cast<double*>(nullptr));
    case Number::integer: return f(static_cast<Index*>(nullptr));
    case Number::bfloat16: return f(static_cast<BFloat16*>(nullptr));
    case Number::byte: break;
  }
  return f(static_cast<std::uint8_t*>(nullptr));
}
inline Index bytes_of(Number n) {
  return as_type(n, [](auto* t) { return static_cast<Index>(sizeof(*t)); });
}

/// Collective calls: every rank makes the same ones in the same order. Sums run in rank order, so all
/// ranks get the same bits.
class Communicator {
 public:
  virtual ~Communicator() = default;
  virtual Index rank() const = 0;
  virtual Index size() const = 0;
  virtual void sum(void* data, Index count, Number) = 0;
  /// The largest of all ranks; NaN where one is.
  virtual void max(void* data, Index count, Number) = 0;
  virtual void broadcast(void* data, Index count, Number, Index root) = 0;
  /// Rank r gives counts[r] numbers; all get all of them, in rank order.
  virtual void gather(const void* mine, void* all, const Index* counts, Number) = 0;
  /// The adjoint of gather: everybody gives all, rank r gets the sum of its own counts[r].
  virtual void gather_adjoint(const void* all, void* mine, const Index* counts, Number) = 0;
};

/// The only rank there is.
class SingleProcess final : public Communicator {
 public:
  Index rank() const override { return 0; }
  Index size() const override { return 1; }
  void sum(void*, Index, Number) override {}
  void max(void*, Index, Number) override {}
  void broadcast(void*, Index, Number, Index) override {}
  void gather(const void* mine, void* all, const Index* counts, Number n) override {
    if (counts[0] > 0) std::memcpy(all, mine, static_cast<std::size_t>(counts[0] * bytes_of(n)));
  }
  void gather_adjoint(const void* all, void* mine, const Index* counts, Number n) override {
    gather(all, mine, counts, n);
  }
};
inline Communicator& single_process() {
  static SingleProcess one;  // has no state
  return one;
}

template <class D, class T>
void sum(const D&, Communicator& ranks, VectorView<T, D> v) {
  if (ranks.size() > 1) ranks.sum(v.data, v.size, number_of<T>);
}
template <class D, class T>
void max(const D&, Communicator& ranks, VectorView<T, D> v) {
  if (ranks.size() > 1) ranks.max(v.data, v.size, number_of<T>);
}
template <class D, class T>
void broadcast(const D&, Communicator& ranks, VectorView<T, D> v, Index root = 0) {
  if (ranks.size() > 1) ranks.broadcast(v.data, v.size, number_of<T>, root);
}

/// Rows of all ranks in rank order, and where mine begin. Ranks may differ in how many they have.
template <class D>
struct Gathered {
  In<D> all;
  Vector<const Index, D> counts;  ///< numbers (not rows) of each rank
  Index first_row = 0;
};

/// Brings the rows of all ranks together, in memory of `scratch`; of one rank it is a view.
/// @param mine  contiguous rows, of several ranks
template <class D>
Gathered<D> gather(const D&, Communicator& ranks, Workspace& scratch, In<D> mine) {
  Index* counts = scratch.take<Index>(ranks.size());
  if (ranks.size() == 1) {
    counts[0] = mine.rows * mine.cols;
    return {mine, {counts, 1}, 0};
  }
  assert(mine.contiguous());
  std::fill_n(counts, ranks.size(), Index{0});
  counts[ranks.rank()] = mine.rows * mine.cols;
  ranks.sum(counts, ranks.size(), Number::integer);
  Index total = 0, before = 0;
  for (Index r = 0; r < ranks.size(); ++r) {
    if (r < ranks.rank()) before += counts[r];
    total += counts[r];
  }
  auto* all = scratch.take<Activation<D>>(total);
  ranks.gather(mine.data, all, counts, number_of<Activation<D>>);
  const Index width = mine.cols > 0 ? mine.cols : 1;
  return {{all, total / width, mine.cols}, {counts, ranks.size()}, before / width};
}

}  // namespace selfsame
