/// @file
/// Where the steps of an epoch begin.
#pragma once
#include <selfsame/tensor/device.hpp>

#include <algorithm>

namespace selfsame {

/// The steps of an epoch: the remainder of the samples is dropped. At least 1.
///
/// @param global_batch  samples a step, of all ranks
inline Index steps_per_epoch(Index samples, Index global_batch) {
  return std::max(Index{1}, samples / global_batch);
}

/// Where step `step` begins among the positions that a sampler counts:
///
///     epoch * samples + step_in_epoch * global_batch
///
/// A batch larger than the data set goes on where the one before ended.
inline Index first_position(Index step, Index samples, Index global_batch) {
  if (global_batch > samples) return step * global_batch;
  const Index steps = steps_per_epoch(samples, global_batch);
  return step / steps * samples + step % steps * global_batch;
}

}  // namespace selfsame
