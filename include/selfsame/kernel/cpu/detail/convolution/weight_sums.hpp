/// @file
/// The gradient of a convolution with respect to its weight: for each tap, a sum over the positions
/// that it sees.
#pragma once
#include <selfsame/kernel/cpu/detail/matrix/blocked.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {
namespace internal {

/// How the work is cut: tasks are (slice of the lines, rows of outputs, group of channels).
struct WeightCut {
  Index slices = 1, chunks = 1, groups = 1;
  Index slice = 1, chunk = 1, group = 1;  ///< lines, outputs, channels of a task
};

constexpr WeightCut cut_weights(Shape out, Index outputs, Index channels, Index taps) {
  constexpr Index tall = 240, many = 16;
  WeightCut c;
  const Index size = outputs * taps * channels, lines = out.images * out.height;
  if (size == 0 || lines == 0) return {.slices = 0};
  const Index worth = std::max<Index>(1, (out.rows() * size) >> 21);
  c.chunk = pieces(pieces(outputs, pieces(outputs, tall)), tile_rows) * tile_rows;
  c.chunks = pieces(outputs, c.chunk);
  const Index wanted = pieces(std::min(many, worth), c.chunks);
  c.group = pieces(pieces(channels, std::min(wanted, std::max<Index>(1, channels / 32))), 32) * 32;
  c.groups = pieces(channels, c.group);
  const Index room = std::max<Index>(1, (Index{1} << 22) / size);  // the accumulators' size
  c.slices = std::clamp<Index>(std::min(pieces(wanted, c.groups), out.rows() / 512), 1, room);
  c.slice = pieces(lines, c.slices);
  c.slices = pieces(lines, c.slice);
  return c;
}

/// dweight[o][tap][c] += sum over images and positions of dy[position][o] x[what the tap sees][c], where
/// c are at least as many as a tile has columns.
template <class Real, class T>
struct WeightSums {
  Shape in, out;
  Window window;
  const T* x;
  Index x_stride;
  const T* dy;
  Index dy_stride;
  Real* dweight;
  WeightCut cut = cut_weights(out, out.channels, in.channels, window.taps());
  TileSize tile = tile_size<Real>();

  static constexpr Index block = 320;  ///< positions whose panels stay in L1 and L2
  Index lines_at_once() const { return std::max<Index>(1, block / out.width); }
  Index size() const { return out.channels * window.taps() * in.channels; }

  struct Scratch {  // of one thread
    Real* left;
    Real* right;
    std::int32_t* rows;  ///< of the left panel, for each term
    Index* pixels;       ///< of x
    Index* to;
  };
  Scratch take(Workspace& w) const {
    const Index positions = lines_at_once() * out.width;
    return {w.take<Real>(positions * cut.chunk), w.take<Real>(positions * tile.cols),
            w.take<std::int32_t>(positions), w.take<Index>(positions), w.take<Index>(cut.chunk)};
  }

  /// Which terms of `lines` lines from `line` on the tap at (ky, kx) sees.
  Index terms(Index line, Index lines, Index ky, Index kx, const Scratch& scratch) const {
    const Index corner = kx - window.padding, s = window.stride;
    const Index begin = corner < 0 ? pieces(-corner, s) : 0;
    const Index end = std::min(out.width, in.width > corner ? pieces(in.width - corner, s) : 0);
    Index n = 0, image = line / out.height, oy = line - image * out.height;
    for (Index l = 0; l < lines; ++l) {
      const Index y = oy * s + ky - window.padding;
      if (y >= 0 && y < in.height)
        for (Index ox = begin; ox < end; ++ox, ++n) {
          scratch.rows[n] = static_cast<std::int32_t>((l * out.width + ox) * tile.rows);
          scratch.pixels[n] = ((image * in.height + y) * in.width + ox * s + corner) * x_stride;
        }
      if (++oy == out.height) oy = 0, ++image;
    }
    return n;
  }

  void run(Index task, const Scratch& scratch, Real* sums) const {
    const Index slice = task / (cut.chunks * cut.groups), place = task % (cut.chunks * cut.groups);
    const Index o = place / cut.groups * cut.chunk, c = place % cut.groups * cut.group;
    const Index high = std::min(cut.chunk, out.channels - o);
    const Index last_channel = std::min(in.channels, c + cut.group);
    const Index last = std::min((slice + 1) * cut.slice, out.images * out.height);
    const Index row = window.taps() * in.channels;
    Real* const to = cut.slices > 1 ? sums + slice * size() : dweight;
    for (Index r = 0; r < high; ++r) scratch.to[r] = (o + r) * row;
    if (cut.slices > 1)
      for (Index r = 0; r < high; ++r)
        for (Index t = 0; t < window.taps(); ++t)
          std::fill(to + scratch.to[r] + t * in.channels + c,
                    to + scratch.to[r] + t * in.channels + last_channel, Real(0));
    for (Index line = slice * cut.slice; line < last; line += lines_at_once()) {
      const Index lines = std::min(lines_at_once(), last - line), positions = lines * out.width;
      const Across<T> gradients{dy, dy_stride};
      for (Index i = 0; i < high; i += tile.rows)
        pack<Side::left>(gradients, o + i, std::min(tile.rows, high - i), line * out.width,
                         positions, scratch.left + i * positions);
      for (Index t = 0; t < window.taps(); ++t) {
        const Index n =
            terms(line, lines, t / window.kernel_width, t % window.kernel_width, scratch);
        for (Index j = c; j < last_channel; j += tile.cols)
          sweep_terms(n, positions, std::min(tile.cols, last_channel - j), high, x + j,
                      to + t * in.channels + j, scratch);
      }
    }
  }

  void sweep_terms(Index n, Index positions, Index cols, Index high, const T* from, Real* to,
                   const Scratch& scratch) const {
    on_isa([&](auto bytes) SELFSAME_INLINE {
      using Tile = Tile<Real, decltype(bytes)::value>;
      for (Index k = 0; k < n; ++k)
        pack_straight<Tile::cols>(from + scratch.pixels[k], cols, scratch.right + k * Tile::cols);
      for (Index i = 0; i < high; i += Tile::rows)
        Tile::multiply_indexed(scratch.left + i * positions, scratch.rows, scratch.right, n,
                               [&](auto& sum) SELFSAME_INLINE {
                                 put_tile<Tile, Real>(sum, std::min<Index>(high - i, Tile::rows),
                                                      cols, to, scratch.to + i, Write::add);
                               });
    });
  }

  template <class Device>
  void operator()(const Device& device, Workspace& workspace) const {
    if (cut.slices == 0) return;
    const Workspace::Scope scope(workspace);
    const Index tasks = cut.slices * cut.chunks * cut.groups, threads = workers(device, tasks);
    Scratch* const mine = workspace.take<Scratch>(threads);
    for (Index t = 0; t < threads; ++t) mine[t] = take(workspace);
    Real* const sums = workspace.take<Real>(cut.slices > 1 ? cut.slices * size() : 0);
    parallel(device, tasks, [&](Index task, Index thread) { run(task, mine[thread], sums); });
    if (cut.slices < 2) return;
    parallel_pieces(device, size(), 1 << 14, [&](Index first, Index count) {
      for (Index i = first; i < first + count; ++i) {
        Real sum = sums[i];
        for (Index s = 1; s < cut.slices; ++s) sum += sums[s * size() + i];
        dweight[i] += sum;
      }
    });
  }
};

}  // namespace internal
}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
