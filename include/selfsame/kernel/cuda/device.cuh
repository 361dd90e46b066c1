/// @file
/// Devices on Thrust. They are templates over a Thrust system, so that the source which runs on a
/// GPU also runs, and is tested, on processors. There is no namespace of their own: `cuda` is the
/// toolkit's, and a using-directive would make it ambiguous.
#pragma once
#include <selfsame/tensor/view.hpp>

#include <thrust/execution_policy.h>
#include <thrust/system/cpp/execution_policy.h>
#if defined(_OPENMP)
#include <thrust/system/omp/execution_policy.h>
#endif
#if defined(__CUDACC__)
#include <thrust/system/cuda/execution_policy.h>
#endif

/// On what nvcc compiles for both sides.
#if defined(__CUDACC__)
#define SELFSAME_HD __host__ __device__
#else
#define SELFSAME_HD
#endif

namespace selfsame {
inline namespace SELFSAME_FLAGS {

/// Where Thrust runs an algorithm.
struct OnCpp {
  static auto policy() { return thrust::cpp::par; }
};
#if defined(_OPENMP)
struct OnOmp {
  static auto policy() { return thrust::omp::par; }
};
#endif
#if defined(__CUDACC__)
struct OnCuda {
  static auto policy() { return thrust::cuda::par; }  // the default stream of the current GPU
};
#endif

/// A device whose memory Thrust's system reaches: views hold pointers of that memory.
///
/// @tparam System  OnCpp, OnOmp (with OpenMP), OnCuda (under nvcc)
template <class System, class RealT = float>
struct BasicThrust {
  using Real = RealT;
  using Activation = RealT;
  auto policy() const { return System::policy(); }
};

}  // namespace SELFSAME_FLAGS

using ThrustCpp = BasicThrust<OnCpp>;
#if defined(_OPENMP)
using ThrustOmp = BasicThrust<OnOmp>;
#endif
#if defined(__CUDACC__)
using Cuda = BasicThrust<OnCuda>;
#endif

}  // namespace selfsame
