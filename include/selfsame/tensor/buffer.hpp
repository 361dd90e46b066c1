/// @file
/// Memory with an owner: `Buffer` grows and is reused, `Workspace` lends scratch in stack order.
#pragma once
#include <selfsame/tensor/view.hpp>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace selfsame {

/// Every array of the library starts on a cache line.
inline constexpr std::size_t alignment = 64;

namespace detail {
struct Free {
  void operator()(void* p) const noexcept { std::free(p); }
};
using Bytes = std::unique_ptr<std::byte[], Free>;

inline Bytes aligned_bytes(std::size_t bytes) {
  if (bytes == 0) return {};
  void* p = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (p == nullptr) throw std::bad_alloc{};
  return Bytes(static_cast<std::byte*>(p));
}
}  // namespace detail

/// An array that is overwritten each step: `resize` keeps what it has when that is enough, so after
/// the first step of a shape nothing allocates. New memory is not initialised.
template <class T>
class Buffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Buffer() = default;
  explicit Buffer(Index size) { resize(size); }
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    swap(other);
    return *this;
  }

  void resize(Index size) {
    if (size > capacity_) {
      bytes_ = {};  // release first: the peak is the new size, not the sum
      bytes_ = detail::aligned_bytes(static_cast<std::size_t>(size) * sizeof(T));
      capacity_ = size;
    }
    size_ = size;
  }
  void assign(Index size, T value) {
    resize(size);
    std::fill_n(data(), size, value);
  }
  T* data() { return reinterpret_cast<T*>(bytes_.get()); }
  const T* data() const { return reinterpret_cast<const T*>(bytes_.get()); }
  Index size() const { return size_; }
  Index capacity() const { return capacity_; }
  T& operator[](Index i) {
    assert(i >= 0 && i < size_);
    return data()[i];
  }
  const T& operator[](Index i) const {
    assert(i >= 0 && i < size_);
    return data()[i];
  }
  T* begin() { return data(); }
  T* end() { return data() + size_; }
  const T* begin() const { return data(); }
  const T* end() const { return data() + size_; }
  void swap(Buffer& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

 private:
  detail::Bytes bytes_;
  Index size_ = 0;
  Index capacity_ = 0;
};

template <class D, class T>
Vector<T, D> view(Buffer<T>& b) {
  return {b.data(), b.size()};
}
template <class D, class T>
Vector<const T, D> view(const Buffer<T>& b) {
  return {b.data(), b.size()};
}

/// A matrix of activations with its memory.
template <class D>
struct Rows {
  Buffer<Activation<D>> data;
  Index rows = 0;
  Index cols = 0;

  Rows() = default;
  Rows(Index r, Index c) { resize(r, c); }
  void resize(Index r, Index c) {
    data.resize(r * c);
    rows = r;
    cols = c;
  }
  Out<D> out() { return {data.data(), rows, cols}; }
  In<D> in() const { return {data.data(), rows, cols}; }
};

/// Scratch of one pass, lent in stack order. It grows in blocks that never move; after the first
/// step of a shape it allocates nothing. Not shared between threads: whoever runs a parallel loop
/// takes one piece a thread before it starts.
class Workspace {
 public:
  /// Gives back, at the end of a scope, all that was taken in it.
  class Scope {
   public:
    explicit Scope(Workspace& workspace)
        : workspace_(workspace), block_(workspace.block_), used_(workspace.used_) {}
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope() {
      workspace_.block_ = block_;
      workspace_.used_ = used_;
    }

   private:
    Workspace& workspace_;
    std::size_t block_, used_;
  };

  /// `count` numbers on a cache line, not initialised, valid until the enclosing Scope ends.
  template <class T>
  T* take(Index count) {
    static_assert(std::is_trivially_copyable_v<T>);
    assert(count >= 0);
    const std::size_t bytes =
        (static_cast<std::size_t>(count) * sizeof(T) + alignment - 1) / alignment * alignment;
    const std::size_t free = used_ > 0 ? block_ + 1 : block_;  // from this block on nothing is lent
    while (block_ < blocks_.size() && used_ + bytes > blocks_[block_].size) {
      ++block_;
      used_ = 0;
    }
    if (block_ == blocks_.size()) grow(bytes, free);
    std::byte* p = blocks_[block_].bytes.get() + used_;
    used_ += bytes;
    return reinterpret_cast<T*>(p);
  }
  /// One workspace for each of so many threads, for work that takes scratch inside a parallel loop.
  /// Called before the loop; the pieces stay where they are.
  void split(Index threads) {
    while (static_cast<Index>(pieces_.size()) < threads)
      pieces_.push_back(std::make_unique<Workspace>());
  }
  Workspace& piece(Index thread) { return *pieces_[static_cast<std::size_t>(thread)]; }
  /// Bytes held, lent or not.
  std::size_t capacity() const {
    std::size_t n = 0;
    for (const Block& b : blocks_) n += b.size;
    for (const auto& p : pieces_) n += p->capacity();
    return n;
  }

 private:
  struct Block {
    detail::Bytes bytes;
    std::size_t size;
  };
  // One block that holds so many bytes, instead of the free ones, which are too small each.
  void grow(std::size_t bytes, std::size_t free) {
    std::size_t kept = 0, given_up = 0;
    for (std::size_t b = 0; b < blocks_.size(); ++b)
      (b < free ? kept : given_up) += blocks_[b].size;
    if (free < blocks_.size()) blocks_.resize(free);
    // As much again as there is, up to 2 MiB: one large block comes back from the heap as it left, many
    // small ones are returned to the system and paged in anew.
    const std::size_t again = std::min((std::size_t{1} << 16) + kept, std::size_t{1} << 21);
    const std::size_t size = std::max({bytes, given_up, again});
    blocks_.push_back({detail::aligned_bytes(size), size});
    block_ = blocks_.size() - 1;
    used_ = 0;
  }
  std::vector<Block> blocks_;
  std::size_t block_ = 0, used_ = 0;  // the next piece starts here
  std::vector<std::unique_ptr<Workspace>> pieces_;
};

}  // namespace selfsame
