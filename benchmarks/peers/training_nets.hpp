// The networks that training.cpp, embedding.cpp and layer_profile.cpp measure; tools/bench/training_net.py has them in PyTorch's words.
#pragma once
#include <selfsame/method/simclr.hpp>
#include <selfsame/train/state_dict.hpp>

namespace selfsame::bench {

inline constexpr SimCLR resnet18{
    .encoder = {.depth = 18, .stem = Stem::small},
    .head = {.hidden = 512,
             .outputs = 128,
             .last_shift = Shift::learned},  // PyTorch's batch norm has one
    .loss = {.temperature = 0.5}};

// The demo's encoder and head, at the size of its views.
inline constexpr SimCLR demo{
    .encoder = {.depth = 8, .width = 2, .stem = Stem::small_strided, .grid = 2},
    .head = {.hidden = 128, .outputs = 64, .normalised = HeadNorm::hidden},
    .loss = {.temperature = 0.1}};

// Calls f(number of ours, its place in PyTorch's order) for all of a network's.
template <class Slice_, class F>
void in_torch_order(const Slice_& slice, F&& f) {
  Index first = 0;
  for (Index k = 0; k < slice.count(); ++k) {
    const Segment& s = slice.segments[static_cast<std::size_t>(k)];
    for (Index i = 0; i < s.size(); ++i) f(slice[k][i], first + detail::torch_index(s, i));
    first += s.size();
  }
}

}  // namespace selfsame::bench
