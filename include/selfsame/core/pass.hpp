/// @file
/// All that a forward or backward pass is a function of, besides data and weights.
#pragma once
#include <selfsame/core/communicator.hpp>
#include <selfsame/core/random.hpp>
#include <selfsame/core/schedule.hpp>
#include <selfsame/tensor/images.hpp>

#include <algorithm>
#include <string_view>
#include <vector>

namespace selfsame {

enum class Mode { train, evaluate };

/// Which copy of a network runs. Copies draw independent masks.
enum class Copy { online, target, teacher };

/// Sentences for a person who watches a training, each of them once: what is allowed, but hardly meant.
class Warnings {
 public:
  /// @param sentence  a literal: it is not copied
  void add(std::string_view sentence) {
    if (std::find(all_.begin(), all_.end(), sentence) == all_.end()) all_.push_back(sentence);
  }
  const std::vector<std::string_view>& all() const { return all_; }

 private:
  std::vector<std::string_view> all_;
};

/// Grows here, never in a signature (decision D2). It holds pointers: the learner, or the caller,
/// owns what they point to. Passes that run at the same time need workspaces of their own.
template <class D>
struct Pass {
  const D* device = nullptr;
  Workspace* workspace = nullptr;
  Communicator* ranks = &single_process();
  std::uint64_t seed = 0;
  Progress progress{};
  Mode mode = Mode::train;
  bool needs_backward = true;   ///< whether a backward pass will follow
  std::uint64_t path = 0;       ///< where in which network: the key of randomness
  Vector<const Key, D> keys{};  ///< one an image of this pass,
  Index every = 1;              ///< or one every so many, where a layer made one image of many
  Vector<const std::uint8_t, D> mask{};  ///< (images, positions), for an encoder that masks
  Index chunk = 0;                       ///< images at a time, of a pass from images; 0: all
  Index batch_norm_group = 0;            ///< images of a batch-norm group; 0: all that run together
  Warnings* warnings = nullptr;          ///< of a training, where somebody reads them

  /// The pass of a part of this network: its randomness is independent of its siblings'.
  Pass at(std::string_view part) const {
    Pass p = *this;
    p.path = mix(path, part);
    return p;
  }
  Pass at(Index part) const {
    Pass p = *this;
    p.path = mix(path, static_cast<std::uint64_t>(part));
    return p;
  }
  Pass as(Mode m, Copy copy) const {
    Pass p = at(static_cast<Index>(copy));
    p.mode = m;
    return p;
  }
  /// The pass of these images.
  Pass of(Vector<const Key, D> image_keys, Vector<const std::uint8_t, D> image_mask) const {
    Pass p = *this;
    p.keys = image_keys;
    p.mask = image_mask;
    return p;
  }
  /// What follows a layer that turned images of shape `in` into `out`: keys and groups go along.
  Pass after(Shape in, Shape out) const {
    Pass p = *this;
    const Index per = out.images > 0 ? in.images / out.images : 1;
    p.every *= per;
    p.batch_norm_group = (batch_norm_group + per - 1) / (per > 0 ? per : 1);
    if (!(in == out)) p.mask = {};
    return p;
  }
  /// The random numbers of one image at this place in the network.
  Random random(Index image) const {
    return Random(seed, Stream::layer, path,
                  keys.size ? keys[image * every] : Key{{image, 0}, 0, 0});
  }
  /// Not to be called by several threads of one pass.
  void warn(std::string_view sentence) const {
    if (warnings != nullptr) warnings->add(sentence);
  }
  /// A count over all ranks: what a loss divides by.
  Index total(Index mine) const {
    if (ranks->size() > 1) ranks->sum(&mine, 1, Number::integer);
    return mine;
  }
};

}  // namespace selfsame
