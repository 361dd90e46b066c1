/// @file
#pragma once
#include <selfsame/core/roles.hpp>
#include <selfsame/encoder/block.hpp>
#include <selfsame/nn/pool.hpp>

#include <string>

namespace selfsame {

/// What comes before the residual blocks: 7 x 7 of stride 2 and a max-pool of stride 2 (ImageNet);
/// 3 x 3 of stride 1 (small images, as SimCLR on CIFAR-10); 3 x 3 of stride 2.
enum class Stem { imagenet, small, small_strided };

/// A residual network up to the average over its last positions: (images, 1, 1, channels), or, with a
/// `grid` of 2, the averages of four quarters side by side.
///
/// Depths 10, 18, 34 (two 3 x 3 a block) and 26, 50 (bottlenecks) have four stages of base width 64;
/// 8, 14, 20, 32, 44 are He et al.'s networks for small images: three stages of base width 16.
/// Parameters without a classifier: depth 18 11,176,512 with the ImageNet stem, 11,168,832 with a small
/// one; depth 50 23,508,032 and, twice as wide, 93,907,072 (SimCLR's widths).
///
/// @see He et al. 2016, arXiv:1512.03385, table 1 and section 4.2
struct ResNet {
  using plays = role::Encoder;
  Count depth = 18;
  Positive width = 1;  ///< factor of all widths
  Stem stem = Stem::imagenet;
  Shortcut shortcut = Shortcut::where_needed;
  ScaleStart last_scale =
      ScaleStart::zero;  ///< of each branch: Goyal et al. 2017, arXiv:1706.02677
  BatchNorm::Variance running_variance = BatchNorm::Variance::biased;
  Count grid = 1;  ///< regions of the last average along an axis

  template <class D>
  struct Cache {
    ConvNorm::Cache<D> stem;
    MaxPool::Cache<D> pool;
    Rows<D> stem_rows;
    std::vector<ResidualBlock::Cache<D>> blocks;
    std::vector<Rows<D>> inputs;  // of each block, and of the average
  };
  template <class D>
  struct Statistics {
    ConvNorm::Statistics<D> stem;
    std::vector<ResidualBlock::Statistics<D>> blocks;
  };

  Shape output(Shape in) const { return GridAverage{grid}.output(blocks(in).output); }
  void describe(Shape in, auto& sink) const {
    stem_conv().describe(in, sink);
    for (const Placed& p : blocks(in)) {
      sink.enter("layer" + std::to_string(p.stage + 1));
      sink.enter(p.index);
      p.block.describe(p.in, sink);
      sink.leave();
      sink.leave();
    }
  }

  template <class D>
  void forward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>& w, Out<D> y, Cache<D>& cache,
               Statistics<D>& statistics) const {
    const Blocks all = blocks(in);
    cache.blocks.resize(all.size());
    cache.inputs.resize(all.size() + 1);
    statistics.blocks.resize(all.size());
    const auto room = [&](Rows<D>& rows, Shape s) {
      rows.resize(s.rows(), s.channels);
      return rows.out();
    };
    None none;
    const Shape stem_shape = stem_conv().output(in);
    const bool pools = stem == Stem::imagenet;
    stem_conv().forward(pass, in, x, w.part(0, 3, 0, 2),
                        room(pools ? cache.stem_rows : cache.inputs[0], stem_shape), cache.stem,
                        statistics.stem);
    if (pools)
      MaxPool{}.forward(pass, stem_shape, cache.stem_rows.in(), w,
                        room(cache.inputs[0], MaxPool{}.output(stem_shape)), cache.pool, none);
    for (std::size_t b = 0; b < all.size(); ++b) {
      const Placed& p = all[b];
      p.block.forward(
          pass, p.in, cache.inputs[b].in(), w.part(p.weight, p.weights, p.buffer, p.buffers),
          room(cache.inputs[b + 1], p.block.output(p.in)), cache.blocks[b], statistics.blocks[b]);
    }
    GridAverage{grid}.forward(pass, all.output, cache.inputs.back().in(), w, y, none, none);
  }

  template <class D>
  void backward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>& w, const Cache<D>& cache,
                In<D> dy, Out<D> dx, Slice<Real<D>, D> dtheta) const {
    const Blocks all = blocks(in);
    const Workspace::Scope scope(*pass.workspace);
    const Shape stem_shape = stem_conv().output(in);
    Index largest = std::max(stem_shape.size(), all.output.size());
    for (const Placed& p : all) largest = std::max(largest, p.in.size());
    Activation<D>* turns[2] = {pass.workspace->template take<Activation<D>>(largest),
                               pass.workspace->template take<Activation<D>>(largest)};
    const auto next = [&](Shape s) {  // two gradients take turns
      std::swap(turns[0], turns[1]);
      return Out<D>(turns[0], s.rows(), s.channels);
    };
    Out<D> gradient = next(all.output);
    GridAverage{grid}.backward(pass, all.output, cache.inputs.back().in(), w, None{}, dy, gradient,
                               dtheta);
    for (std::size_t b = all.size(); b-- > 0;) {
      const Placed& p = all[b];
      const Out<D> below = next(p.in);
      p.block.backward(pass, p.in, cache.inputs[b].in(),
                       w.part(p.weight, p.weights, p.buffer, p.buffers), cache.blocks[b], gradient,
                       below, dtheta.part(p.weight, p.weights));
      gradient = below;
    }
    if (stem == Stem::imagenet) {
      const Out<D> below = next(stem_shape);
      MaxPool{}.backward(pass, stem_shape, cache.stem_rows.in(), w, cache.pool, gradient, below,
                         dtheta);
      gradient = below;
    }
    stem_conv().backward(pass, in, x, w.part(0, 3, 0, 2), cache.stem, gradient, dx,
                         dtheta.part(0, 3));
  }

  /// The same function as steps of a graph: encoder/onnx.hpp.
  template <class D, class Graph, class Value>
  Value export_to(Graph& graph, Shape in, Value x, const Fixed<D>& w) const {
    const Blocks all = blocks(in);
    x = graph.conv_norm(stem_conv(), in.channels, x, w.part(0, 3, 0, 2), true);
    if (stem == Stem::imagenet) x = graph.max_pool(x, MaxPool{}.window);
    for (const Placed& p : all)
      x = p.block.export_to(graph, p.in, x, w.part(p.weight, p.weights, p.buffer, p.buffers));
    return graph.grid_average(x, all.output, grid);
  }

  template <class D>
  void update_buffers(const Statistics<D>& s, Slice<Real<D>, D> buffers) const {
    stem_conv().update_buffers(s.stem, buffers.part(0, 2));
    const Blocks all = blocks(Shape{1, 64, 64, 1});  // how many buffers, whatever the shape
    for (std::size_t b = 0; b < all.size(); ++b)
      all[b].block.update_buffers(s.blocks[b], buffers.part(all[b].buffer, all[b].buffers));
  }

 private:
  // A block, where it stands, and where its segments begin.
  struct Placed {
    ResidualBlock block;
    Shape in;
    Index stage = 0, index = 0;
    Index weight = 0, weights = 0, buffer = 0, buffers = 0;
  };
  struct Blocks {
    std::array<Placed, 24> placed{};
    std::size_t count = 0;
    Shape output;
    std::size_t size() const { return count; }
    const Placed& operator[](std::size_t i) const { return placed[i]; }
    const Placed* begin() const { return placed.data(); }
    const Placed* end() const { return placed.data() + count; }
  };
  struct Stages {
    std::array<Index, 4> blocks;  // 0: there is no such stage
    Index base;
    bool bottleneck;
  };

  Stages stages() const {
    switch (depth) {
      case 8: return {{1, 1, 1, 0}, 16, false};
      case 14: return {{2, 2, 2, 0}, 16, false};
      case 20: return {{3, 3, 3, 0}, 16, false};
      case 32: return {{5, 5, 5, 0}, 16, false};
      case 44: return {{7, 7, 7, 0}, 16, false};
      case 10: return {{1, 1, 1, 1}, 64, false};
      case 18: return {{2, 2, 2, 2}, 64, false};
      case 34: return {{3, 4, 6, 3}, 64, false};
      case 26: return {{2, 2, 2, 2}, 64, true};
      case 50: return {{3, 4, 6, 3}, 64, true};
      default:
        throw std::invalid_argument(
            "selfsame: a ResNet has depth 8, 10, 14, 18, 20, 26, 32, 34, 44 or 50, not " +
            std::to_string(depth.value));
    }
  }
  Index widened(Index base) const {
    return std::max<Index>(1, static_cast<Index>(std::lround(static_cast<double>(base) * width)));
  }
  BatchNorm norm() const {
    return {.activate = Activate::relu, .running_variance = running_variance};
  }
  ConvNorm stem_conv() const {
    const Window window = stem == Stem::imagenet ? Window{7, 7, 2, 3}
                          : stem == Stem::small  ? Window{3, 3, 1, 1}
                                                 : Window{3, 3, 2, 1};
    return {.outputs = widened(stages().base),
            .window = window,
            .norm = norm(),
            .conv_name = "conv1",
            .norm_name = "bn1"};
  }
  Blocks blocks(Shape in) const {
    const Stages s = stages();
    Blocks all;
    all.output = stem_conv().output(in);
    if (stem == Stem::imagenet) all.output = MaxPool{}.output(all.output);
    Index weight = 3, buffer = 2;  // after the stem
    for (Index stage = 0; stage < 4; ++stage)
      for (Index i = 0; i < s.blocks[static_cast<std::size_t>(stage)]; ++i) {
        ResidualBlock b{.width = widened(s.base << stage),
                        .stride = stage > 0 && i == 0 ? 2 : 1,
                        .bottleneck = s.bottleneck,
                        .project = shortcut == Shortcut::every_stage && i == 0,
                        .last_scale = last_scale,
                        .norm = norm()};
        const Index convs = b.depth() + (b.projects(all.output) ? 1 : 0);
        all.placed[all.count++] = {b, all.output, stage, i, weight, 3 * convs, buffer, 2 * convs};
        weight += 3 * convs;
        buffer += 2 * convs;
        all.output = b.output(all.output);
      }
    return all;
  }
};

}  // namespace selfsame
