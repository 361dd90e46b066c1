/// @file
/// A convolution, or its gradient with respect to the input, as products that read the images where
/// they lie: neither patches nor packed images are ever stored.
#pragma once
#include <selfsame/kernel/cpu/detail/convolution/axis_parts.hpp>
#include <selfsame/kernel/cpu/detail/matrix/blocked.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {
namespace internal {

/// How positions are cut into tasks, by sizes only: `images` whole ones, or one in `bands`.
struct ImageCut {
  Index images = 1, bands = 1, chunks = 0;
};

constexpr ImageCut cut_images(Shape s) {
  constexpr Index tall = 240, many = 8;
  ImageCut c;
  if (s.rows() == 0) return c;
  if (s.positions() > 1024 || (s.images < many && s.positions() >= 2 * tall)) {
    const Index bands = std::min(s.height, s.positions() / tall);
    c.bands = pieces(s.height, pieces(s.height, bands));
  } else {
    // A corner is one position an image: as many images as tiles have rows leave no tile half empty.
    const Index enough = pieces(tall, s.positions());
    c.images = enough < 4 ? enough : pieces(enough, tile_rows) * tile_rows;
    const Index fair = pieces(s.images, many);
    c.images = std::min(c.images, s.images < 4 * tile_rows ? fair : std::max(fair, tile_rows));
  }
  c.chunks = pieces(s.images, c.images) * c.bands;
  return c;
}

/// output[to[r] + c] = or += sum over the stretches, for rows that lie anywhere and a packed panel of
/// columns, of which `cols` are there. Rows may be read up to the next multiple of a tile's.
template <class Real, class T>
void sweep_gathered(const Real* const* from, Index rows, const Stretch* stretches, Index count,
                    const Real* right, Index cols, T* output, const Index* to, Write write) {
  on_isa([&](auto bytes) SELFSAME_INLINE {
    using Tile = Tile<Real, decltype(bytes)::value>;
    for (Index i = 0; i < rows; i += Tile::rows)
      Tile::multiply_gathered(from + i, stretches, count, right, [&](auto& sum) SELFSAME_INLINE {
        put_tile<Tile, Real>(sum, std::min<Index>(rows - i, Tile::rows), cols, output, to + i,
                             write);
      });
  });
}

/// output(image, y, x) = or += sum over what the axes' parts say (image, y', x') and channels of
///
///     source(image, y', x', channel) right(tap, channel, col)
template <class Real, class T>
struct WindowSums {
  const T* source;
  Index stride, height, width, channels;  ///< of what is read
  Axis y, x;
  Index taps_wide;    ///< of the whole kernel
  const Real* right;  ///< panels, each with all rows (tap's slot, channel)
  Index depth, cols;
  T* output;
  Index output_stride, output_height, output_width, images;
  Write write;
  ImageCut cut;
  TileSize tile = tile_size<Real>();

  static constexpr Index tall = 240, deep = 384;  ///< a panel of the right stays in L1
  static constexpr bool converts = !std::is_same_v<T, Real>;

  struct Scratch {  // of one thread
    const Real** from;
    const T** at;
    Index* to;
    Stretch* stretches;
    Stretch* packed;  // the same in `lines`
    Real* lines;
  };
  Index most_stretches() const {
    return depth / std::max<Index>(channels, 1) + pieces(depth, deep);
  }
  Index most_rows() const {  // where numbers are converted, rows of the whole sum are
    return converts
               ? std::clamp<Index>(tall * deep / std::max<Index>(depth, 1) / tile_rows, 1, 20) *
                     tile_rows
               : tall;
  }
  Scratch take(Workspace& w) const {
    return {w.take<const Real*>(tall + tile_rows),
            w.take<const T*>(tall),
            w.take<Index>(tall),
            w.take<Stretch>(most_stretches()),
            w.take<Stretch>(converts ? most_stretches() : 0),
            w.take<Real>(converts ? most_rows() * depth : 0)};
  }

  /// All stretches of the sum that the positions of two parts have.
  Index stretches(const AxisPart& py, const AxisPart& px, Stretch* to) const {
    const bool dense = stride == channels;  // taps side by side are one stretch
    const Index across = dense ? 1 : px.taps, length = dense ? px.taps * channels : channels;
    const Index most = converts ? std::max<Index>(length, 1) : deep;
    Index n = 0;
    for (Index ty = 0; ty < py.taps; ++ty)
      for (Index tx = 0; tx < across; ++tx) {
        const Index left = ((py.source + ty) * width + px.source + tx) * stride;
        const Index row = ((py.slot + ty) * taps_wide + px.slot + tx) * channels;
        const Index cuts = pieces(length, most);
        for (Index c = 0, k = 0; c < cuts; ++c) {
          const Index next = length * (c + 1) / cuts;
          to[n++] = {left + k, row + k, next - k};
          k = next;
        }
      }
    return n;
  }

  /// The rows of a chunk, part by part.
  void run(Index chunk, const Scratch& scratch) const {
    const Index band = chunk % cut.bands, first = chunk / cut.bands * cut.images;
    const Index last = std::min(images, first + cut.images);
    const Index high = pieces(output_height, cut.bands);
    const Index top = band * high, bottom = std::min(output_height, top + high);
    for (const AxisPart& py : y) {
      const Index begin = std::min(py.count, pieces(std::max<Index>(0, top - py.first), py.step));
      const Index end = std::min(py.count, pieces(std::max<Index>(0, bottom - py.first), py.step));
      for (const AxisPart& px : x) {
        const Index n = stretches(py, px, scratch.stretches);
        Index rows = 0;
        for (Index image = first; image < last; ++image)
          for (Index i = begin; i < end; ++i)
            for (Index j = 0; j < px.count; ++j) {
              scratch.at[rows] =
                  source + ((image * height + i * py.pace) * width + j * px.pace) * stride;
              scratch.to[rows++] =
                  ((image * output_height + py.first + i * py.step) * output_width + px.first +
                   j * px.step) *
                  output_stride;
              if (rows == most_rows()) {
                multiply(rows, n, scratch);
                rows = 0;
              }
            }
        if (rows > 0) multiply(rows, n, scratch);
      }
    }
  }

  /// `rows` rows that see the same stretches, n of them.
  void multiply(Index rows, Index n, const Scratch& scratch) const {
    if (n == 0 || channels == 0) {
      for (Index r = 0; r < rows && write == Write::overwrite; ++r)
        std::fill_n(output + scratch.to[r], cols, T(0));
      return;
    }
    const Stretch* all = scratch.stretches;
    if constexpr (converts)
      all = converted(rows, n, scratch);
    else
      std::copy_n(scratch.at, rows, scratch.from);
    std::fill_n(scratch.from + rows, tile_rows, scratch.from[rows - 1]);  // of a tile's last rows
    Write how = write;
    for (const Stretch *s = all, *const end = s + n; s < end; how = Write::add) {
      Index together = 1, length = s->length;
      while (s + together < end && (converts || length + s[together].length <= deep))
        length += s[together++].length;
      for (Index j = 0; j < cols; j += tile.cols)
        sweep_gathered(scratch.from, rows, s, together, right + j * depth,
                       std::min(tile.cols, cols - j), output + j, scratch.to, how);
      s += together;
    }
  }

  /// The rows as lines of Real, in which the stretches follow one another.
  const Stretch* converted(Index rows, Index n, const Scratch& scratch) const {
    for (Index r = 0; r < rows; ++r) {
      Real* line = scratch.lines + r * depth;
      scratch.from[r] = line;
      for (Index s = 0; s < n; ++s) {
        const T* const from = scratch.at[r] + scratch.stretches[s].left;
        for (Index i = 0; i < scratch.stretches[s].length; ++i)
          *line++ = static_cast<Real>(from[i]);
      }
    }
    Index left = 0;
    for (Index s = 0; s < n; ++s) {
      scratch.packed[s] = {left, scratch.stretches[s].right, scratch.stretches[s].length};
      left += scratch.stretches[s].length;
    }
    return scratch.packed;
  }

  template <class Device>
  void operator()(const Device& device, Workspace& workspace, const Finished& finish) const {
    const Workspace::Scope scope(workspace);
    const Index threads = workers(device, cut.chunks);
    Scratch* const mine = workspace.take<Scratch>(threads);
    for (Index t = 0; t < threads; ++t) mine[t] = take(workspace);
    const Index positions = output_height * output_width;
    const Index high = pieces(output_height, cut.bands);
    parallel(device, cut.chunks, [&](Index chunk, Index thread) {
      run(chunk, mine[thread]);
      const Index image = chunk / cut.bands * cut.images, top = chunk % cut.bands * high;
      const Index rows = cut.bands > 1 ? std::min(high, output_height - top) * output_width
                                       : std::min(cut.images, images - image) * positions;
      finish(chunk, image * positions + top * output_width, rows);
    });
  }
};

}  // namespace internal
}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
