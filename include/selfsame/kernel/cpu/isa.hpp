/// @file
/// The instruction set is chosen when the program runs, so one compiled with plain -O2 has the speed
/// of AVX2 or AVX-512 where the machine has it (decision D5).
#pragma once
#include <selfsame/tensor/device.hpp>

#include <type_traits>
#include <utility>

/// On lambdas and functions that run inside `on_isa`: what is not inlined there is compiled for the
/// user's flags, and is slow.
#define SELFSAME_INLINE __attribute__((always_inline))

namespace selfsame {
inline namespace SELFSAME_FLAGS {

enum class Isa { portable, avx2, avx512 };

#if defined(__x86_64__) && !defined(SELFSAME_ONE_ISA)
#define SELFSAME_CHOOSES_ISA 1
#else
#define SELFSAME_CHOOSES_ISA 0
#endif

/// The best that this processor has and that is compiled; `portable` is what the compiler's flags allow.
inline Isa best_isa() {
#if SELFSAME_CHOOSES_ISA
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw"))
    return Isa::avx512;
  if (avx2) return Isa::avx2;
#endif
  return Isa::portable;
}

/// What kernels use: the best, unless a test assigns a lower one. Not to be assigned while a kernel
/// runs.
inline Isa& isa_in_use() {
  static Isa isa = best_isa();
  return isa;
}

/// Bytes of a vector, as a type.
template <int bytes>
using Lanes = std::integral_constant<int, bytes>;

namespace internal {
/// Without a choice, vectors are as wide as the compiler's flags allow.
#if SELFSAME_CHOOSES_ISA || !defined(__AVX2__)
inline constexpr int portable_bytes = 16;
#elif defined(__AVX512F__)
inline constexpr int portable_bytes = 64;
#else
inline constexpr int portable_bytes = 32;
#endif

#if SELFSAME_CHOOSES_ISA
template <class F>
__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))) void on_avx512(F& f) {
  f(Lanes<64>{});
}
template <class F>
__attribute__((target("avx2,fma"))) void on_avx2(F& f) {
  f(Lanes<32>{});
}
#endif
template <class F>
#if defined(__aarch64__) && !defined(__clang__)
// g++ would schedule all loads of a tile's scalars before their use and spill five of its sums.
__attribute__((optimize("no-schedule-insns")))
#endif
void on_portable(F& f) {
  f(Lanes<portable_bytes>{});
}
}  // namespace internal

/// Calls f(Lanes<bytes>{}) compiled for the instruction set in use:
///
///     on_isa([&](auto lanes) SELFSAME_INLINE { Simd<float, lanes()> v; ... });
///
/// The lambda is inlined into a function that has the instruction set as its attribute. A call costs
/// a few nanoseconds, so it belongs around a loop, not inside.
///
/// A program that is compiled for one machine (`-march=native`), or that shall compile quickly, defines
/// SELFSAME_ONE_ISA: kernels are compiled once, for the compiler's flags, instead of three times.
template <class F>
void on_isa(F&& f) {
#if SELFSAME_CHOOSES_ISA
  if (isa_in_use() == Isa::avx512) return internal::on_avx512(f);
  if (isa_in_use() == Isa::avx2) return internal::on_avx2(f);
#endif
  internal::on_portable(f);
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
