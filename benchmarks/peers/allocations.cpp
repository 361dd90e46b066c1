// Counts what this program allocates: malloc and all its relatives go through here (Eigen's larger
// products call malloc, vectors operator new, which calls malloc).
#include <malloc.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>

#include "row.hpp"

namespace {

std::atomic<bool> counting{false};
std::atomic<std::int64_t> differentiable{0}, highest{0};

void* count(void* p) {
  if (p != nullptr && counting.load(std::memory_order_relaxed)) {
    const std::int64_t now = differentiable += static_cast<std::int64_t>(malloc_usable_size(p));
    std::int64_t top = highest;
    while (now > top && !highest.compare_exchange_weak(top, now)) {
    }
  }
  return p;
}
void forget(void* p) {
  if (p != nullptr && counting.load(std::memory_order_relaxed))
    differentiable -= static_cast<std::int64_t>(malloc_usable_size(p));
}

}  // namespace

extern "C" {
// glibc's own, under the names that stay when malloc is replaced.
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);

void* malloc(std::size_t size) { return count(__libc_malloc(size)); }
void* calloc(std::size_t number, std::size_t size) { return count(__libc_calloc(number, size)); }
void* realloc(void* p, std::size_t size) {
  forget(p);
  return count(__libc_realloc(p, size));
}
void* memalign(std::size_t alignment, std::size_t size) {
  return count(__libc_memalign(alignment, size));
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return count(__libc_memalign(alignment, size));
}
int posix_memalign(void** p, std::size_t alignment, std::size_t size) {
  *p = count(__libc_memalign(alignment, size));
  return *p == nullptr ? ENOMEM : 0;
}
void free(void* p) {
  forget(p);
  __libc_free(p);
}
}

namespace selfsame::bench {

AllocationPeak::AllocationPeak() {
  differentiable = highest = 0;
  counting = true;
}
AllocationPeak::~AllocationPeak() { counting = false; }
std::int64_t AllocationPeak::bytes() const { return highest; }

}  // namespace selfsame::bench
