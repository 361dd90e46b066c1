/// @file
/// A data set from its first sample to its last, as evaluation reads it.
#pragma once
#include <selfsame/data/part_memory.hpp>

#include <stdexcept>

namespace selfsame {

/// f(part) for each batch of the data set, in order; the last may be smaller. Parts have draws of
/// turn 0, labels (-1: unlabelled) and the augmenter's views, valid during the call.
///
/// @param augmenter  a ViewMaker: `Plain` draws nothing, others draw as from the seed 0
/// @param batch      >= 1, samples at a time
template <class D = Cpu, class Augmenter, class F>
void each_batch(const Dataset& dataset, const Augmenter& augmenter, Index batch, F&& f) {
  if (batch < 1)
    throw std::invalid_argument("selfsame: a batch of " + std::to_string(batch) +
                                " samples; at least 1");
  augmenter.check(dataset.image());
  const SampleStream stream{
      .labelled = true, .share = 1, .views = augmenter.views(dataset.image())};
  PartMemory<D> memory;
  Workspace scratch;
  for (Index first = 0; first < dataset.size(); first += batch) {
    const Index count = std::min(batch, dataset.size() - first);
    if (memory.samples() != count) memory.resize(stream, count);
    for (Index i = 0; i < count; ++i)
      memory.make(i, Draw{first + i, 0}, dataset, augmenter, 0, scratch);
    f(memory.part());
  }
}

}  // namespace selfsame
