/// @file
/// A trained network with its weights, to be evaluated.
#pragma once
#include <selfsame/nn/chain.hpp>

namespace selfsame {

/// Calls a network in evaluation mode. The weights are views: their owner must outlive this.
template <class D, class Net>
class TrainedNetwork {
 public:
  TrainedNetwork(Net network, const Fixed<D>& weights) : network_(network), weights_(weights) {}

  Shape output(Shape in) const { return network_.output(in); }
  /// One row per image (or position, where the network keeps them), overwritten; `Pass::chunk` images
  /// at a time.
  /// @throws std::invalid_argument  where rows has another shape than the network's output, or images of
  ///                                this shape need other weights
  void embed(const Pass<D>& pass, const Images<D>& images, Out<D> rows) {
    require_weights_of(images.shape);
    const Shape out = output(images.shape);
    if (rows.rows != out.rows() || rows.cols != out.channels)
      throw std::invalid_argument("selfsame: embeddings are (" + std::to_string(out.rows()) + ", " +
                                  std::to_string(out.channels) + "), the rows given are " +
                                  to_string(rows));
    network_.forward(pass.as(Mode::evaluate, Copy::online), images, weights_, trace_);
    const In<D> from = trace_.value();
    for (Index r = 0; r < from.rows; ++r) std::copy_n(from.row(r), from.cols, rows.row(r));
  }
  const Net& network() const { return network_; }
  const Fixed<D>& weights() const { return weights_; }

 private:
  void require_weights_of(Shape images) {
    if (images.with_images(1) == known_) return;
    const Layout wanted = network_.template layout<D>(images);
    for (const Segment& s : wanted.parameters())
      for (const Segment& own : weights_.parameters.segments)
        if (s.name == own.name && s.extents != own.extents)
          throw std::invalid_argument("selfsame: images of " + to_string(images.with_images(1)) +
                                      " need " + std::to_string(s.size()) + " numbers in " +
                                      s.name + ", the weights have " + std::to_string(own.size()));
    known_ = images.with_images(1);
  }

  Shape known_{};  // images that the weights are for
  Net network_;
  Fixed<D> weights_;
  FixedTraceOf<D, Net> trace_;
};

}  // namespace selfsame
