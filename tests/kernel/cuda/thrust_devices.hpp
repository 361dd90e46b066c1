// The same tests on Thrust's systems and, under nvcc, on a GPU: arrays cross by device_array.
#pragma once
#include <selfsame/kernel/cuda/device.cuh>

#include "support/catch.hpp"

#include <thrust/copy.h>
#include <thrust/device_vector.h>

#include <random>
#include <vector>

namespace selfsame::test {

#if defined(__CUDACC__)
#define SELFSAME_THRUST_DEVICES Cuda
#elif defined(_OPENMP)
#define SELFSAME_THRUST_DEVICES ThrustCpp, ThrustOmp
#else
#define SELFSAME_THRUST_DEVICES ThrustCpp
#endif

/// Numbers in the device's memory; with host compilers that is the host's.
class DeviceArray {
 public:
  // By pointers: Thrust looks behind an iterator of a vector, also of an empty one.
  explicit DeviceArray(const std::vector<float>& host)
      : data_(host.data(), host.data() + host.size()) {}
  float* data() { return thrust::raw_pointer_cast(data_.data()); }
  Index size() const { return static_cast<Index>(data_.size()); }
  std::vector<float> host() const {
    std::vector<float> v(data_.size());
    thrust::copy(data_.begin(), data_.end(), v.data());
    return v;
  }

 private:
  thrust::device_vector<float> data_;
};

inline std::vector<float> uniform(Index size, unsigned seed) {
  std::mt19937 bits(seed);
  std::uniform_real_distribution<float> range(-1, 1);
  std::vector<float> v(static_cast<std::size_t>(size));
  for (float& x : v) x = range(bits);
  return v;
}

inline float worst(const std::vector<float>& a, const std::vector<float>& b) {
  float most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
  return most;
}

}  // namespace selfsame::test
