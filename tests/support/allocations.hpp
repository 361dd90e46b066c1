// Counts what a program allocates: calls, and bytes alive at once. Include it in one file of a program only: it
// defines malloc and its family, in front of glibc's. Under a sanitizer, which has its own, it counts nothing.
#pragma once
#include <atomic>
#include <cerrno>
#include <cstddef>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__)
#define SELFSAME_COUNTS_ALLOCATIONS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define SELFSAME_COUNTS_ALLOCATIONS 0
#endif
#endif
#ifndef SELFSAME_COUNTS_ALLOCATIONS
#define SELFSAME_COUNTS_ALLOCATIONS 1
#endif

namespace selfsame::testing {

struct Allocations {
  static inline std::atomic<bool> on{false};
  static inline std::atomic<long> calls{0}, bytes{0},
      peak{0};  // since `on`; bytes may fall below zero

  /// Calls of one function, and the most bytes that were alive above what was before.
  template <class F>
  static Allocations during(F&& f) {
    calls = bytes = peak = 0;
    on = true;
    f();
    on = false;
    return {calls, peak};
  }
  long made, most;
};

}  // namespace selfsame::testing

#if SELFSAME_COUNTS_ALLOCATIONS
#include <malloc.h>

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);
}
namespace selfsame::testing {
inline void* counted(void* p) {
  if (Allocations::on && p != nullptr) {
    ++Allocations::calls;
    const long now = Allocations::bytes += static_cast<long>(malloc_usable_size(p));
    long top = Allocations::peak;
    while (now > top && !Allocations::peak.compare_exchange_weak(top, now)) {
    }
  }
  return p;
}
inline void uncounted(void* p) {
  if (Allocations::on && p != nullptr)
    Allocations::bytes -= static_cast<long>(malloc_usable_size(p));
}
}  // namespace selfsame::testing

extern "C" {
// operator new calls malloc, or aligned_alloc
void* malloc(std::size_t size) noexcept { return selfsame::testing::counted(__libc_malloc(size)); }
void* calloc(std::size_t n, std::size_t size) noexcept {
  return selfsame::testing::counted(__libc_calloc(n, size));
}
void* realloc(void* p, std::size_t size) noexcept {
  selfsame::testing::uncounted(p);
  return selfsame::testing::counted(__libc_realloc(p, size));
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  return selfsame::testing::counted(__libc_memalign(alignment, size));
}
void* memalign(std::size_t alignment, std::size_t size) noexcept {
  return selfsame::testing::counted(__libc_memalign(alignment, size));
}
int posix_memalign(void** p, std::size_t alignment, std::size_t size) noexcept {
  *p = selfsame::testing::counted(__libc_memalign(alignment, size));
  return *p == nullptr ? ENOMEM : 0;
}
void free(void* p) noexcept {
  selfsame::testing::uncounted(p);
  __libc_free(p);
}
}
#endif
