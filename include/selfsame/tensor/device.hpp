/// @file
/// A device is a type that names its number types; everything that computes takes one first.
#pragma once
#include <concepts>
#include <cstddef>

// What compiler flags change is part of a name (decision D5): translation units of differing flags
// link into one program and share no template of a device.
#if defined(__AVX512F__)
#define SELFSAME_ISA avx512
#elif defined(__AVX2__)
#define SELFSAME_ISA avx2
#else
#define SELFSAME_ISA portable
#endif
#if defined(SELFSAME_ONE_ISA)  // see on_isa
#define SELFSAME_CHOICE only
#else
#define SELFSAME_CHOICE or_better
#endif
#if defined(_OPENMP)
#define SELFSAME_THREADS threaded
#else
#define SELFSAME_THREADS serial
#endif
#define SELFSAME_JOIN_(a, b, c) a##_##b##_##c
#define SELFSAME_JOIN(a, b, c) SELFSAME_JOIN_(a, b, c)
#define SELFSAME_FLAGS SELFSAME_JOIN(SELFSAME_ISA, SELFSAME_CHOICE, SELFSAME_THREADS)

namespace selfsame {

/// Sizes and positions. Signed, so that differences are numbers, too.
using Index = std::ptrdiff_t;

inline namespace SELFSAME_FLAGS {

/// The processor. Threads need OpenMP in the including program; without it one thread does all,
/// with the same bits (decision D7).
///
/// @tparam RealT        weights, their gradients, statistics, values of losses, accumulators
/// @tparam ActivationT  what `In`, `Out` and `Images` hold
template <class RealT, class ActivationT = RealT>
struct BasicCpu {
  using Real = RealT;
  using Activation = ActivationT;
  int threads = 1;
};

}  // namespace SELFSAME_FLAGS

using Cpu = BasicCpu<float>;

/// What computes: a small value that names the numbers of weights and sums (`Real`) and of rows (`Activation`).
template <class D>
concept Device = std::copyable<D> && requires {
  typename D::Real;
  typename D::Activation;
};

template <class D>
using Real = typename D::Real;
template <class D>
using Activation = typename D::Activation;

}  // namespace selfsame
