/// @file
/// The loops around the register tile. An operand is whatever packs its lines.
#pragma once
#include <selfsame/kernel/cpu/pack.hpp>
#include <selfsame/kernel/cpu/parallel.hpp>
#include <selfsame/kernel/cpu/tile.hpp>
#include <selfsame/kernel/options.hpp>
#include <selfsame/tensor/buffer.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {
namespace internal {

/// How a product is cut: by its sizes only.
struct Cut {
  Index chunk = 1;  ///< rows of the output a task has; they stay in L2
  Index chunks = 0;
  Index slice = 1;  ///< length of the sum a task has; a slice has its own accumulator
  Index slices = 1;
  Index block = 1;   ///< length of the sum between two visits to the output: panels stay in L1
  Index blocks = 1;  ///< in a slice
};

constexpr Cut cut(Index rows, Index cols, Index depth) {
  constexpr Index tall = 240, deep = 320, many = 8;
  Cut c;
  if (rows == 0) return c;
  const Index fewest = pieces(rows, tall);
  if (fewest < many && depth >= 4096) {
    const Index room =
        (Index{1} << 22) / std::max<Index>(rows * cols, 1);  // the accumulators' size
    c.slices = std::clamp<Index>(std::min(room, depth / 2048), 1, many);
  }
  c.block = pieces(depth, std::max<Index>(pieces(depth, deep), 1));
  c.block = std::max<Index>(c.block, 1);
  c.slice = std::max(pieces(pieces(depth, c.slices), c.block) * c.block, c.block);
  c.slices = std::max<Index>(pieces(depth, c.slice), 1);
  c.blocks = c.slice / c.block;
  // A task is worth starting from about 4 MFLOP on.
  const Index worth = std::min(pieces(many, c.slices), (rows * cols * depth) >> 21);
  const Index wanted = std::max(fewest, std::min(worth, rows / 24));
  c.chunk = pieces(pieces(rows, wanted), tile_rows) * tile_rows;
  c.chunks = pieces(rows, c.chunk);
  return c;
}

/// output[offset[r] + c] = or += the tile's sums, of which `count` rows and `cols` columns are there.
template <class Tile, class Real, class T>
SELFSAME_INLINE inline void put_tile(typename Tile::V (&sum)[Tile::rows][2], Index count,
                                     Index cols, T* output, const Index* offset, Write write) {
  if (cols == Tile::cols) {
#pragma GCC unroll 12
    for (int r = 0; r < Tile::rows; ++r)
      if (r < count)
#pragma GCC unroll 2
        for (int half = 0; half < 2; ++half) {
          T* const to = output + offset[r] + half * Tile::lanes;
          if (write == Write::add) {
            typename Tile::V before;
            load(to, before);
            sum[r][half] += before;
          }
          store(to, sum[r][half]);
        }
    return;
  }
  Real edge[Tile::rows][Tile::cols];
#pragma GCC unroll 12
  for (int r = 0; r < Tile::rows; ++r)
    store(edge[r], sum[r][0]), store(edge[r] + Tile::lanes, sum[r][1]);
  for (Index r = 0; r < count; ++r)
    for (Index c = 0; c < cols; ++c) {
      T& to = output[offset[r] + c];
      to = static_cast<T>(edge[r][c] + (write == Write::add ? static_cast<Real>(to) : 0));
    }
}

/// output[offset[r] + c] = or += sum over the depth, for a block of packed rows and one packed panel
/// of columns, of which `cols` are there.
template <class Real, class T>
void sweep(const Real* left, Index rows, const Real* right, Index cols, Index depth, T* output,
           const Index* offset, Write write) {
  on_isa([&](auto bytes) SELFSAME_INLINE {
    using Tile = Tile<Real, decltype(bytes)::value>;
    for (Index i = 0; i < rows; i += Tile::rows)
      Tile::multiply(left + i * depth, right, depth, [&](auto& sum) SELFSAME_INLINE {
        put_tile<Tile, Real>(sum, std::min<Index>(rows - i, Tile::rows), cols, output, offset + i,
                             write);
      });
  });
}

/// What a product does with a finished chunk of rows unless told otherwise.
struct Nothing {
  void operator()(Index, Index, Index) const {}
};

/// Refers to a caller's finish(chunk, first_row, rows). The loops do not depend on its type, so a
/// program has them once.
class Finished {
 public:
  template <class F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, Finished>)
  explicit Finished(F& finish)
      : finish_(&finish), call_([](const void* f, Index chunk, Index first, Index rows) {
          (*const_cast<F*>(static_cast<const F*>(f)))(chunk, first, rows);
        }) {}
  void operator()(Index chunk, Index first, Index rows) const {
    call_(finish_, chunk, first, rows);
  }

 private:
  const void* finish_;
  void (*call_)(const void*, Index, Index, Index);
};

/// Where a row begins that lies `stride` behind the one before.
struct RowsApart {
  Index stride;
  Index operator()(Index row) const { return row * stride; }
};

enum class Side { left, right };

/// Lines [first, first + count) of an operand over [k, k + depth) of the sum, as one panel.
template <Side side, class Real, class Operand>
void pack(const Operand& operand, Index first, Index count, Index k, Index depth, Real* panel) {
  on_isa([&](auto bytes) SELFSAME_INLINE {
    using Tile = Tile<Real, decltype(bytes)::value>;
    operand.template pack<side == Side::left ? Tile::rows : Tile::cols>(first, count, k, depth,
                                                                        panel);
  });
}

/// Lines that lie along the sum: line l is data[l * stride + k].
template <class T>
struct Along {
  const T* data;
  Index stride;

  template <int lines, class Real>
  SELFSAME_INLINE void pack(Index first, Index count, Index k, Index depth, Real* panel) const {
    const T* line[lines];
    for (Index l = 0; l < lines; ++l)
      line[l] = data + (first + std::min(l, count - 1)) * stride + k;
    pack_turned<lines>(line, depth, panel);
    if (count < lines)
      for (Index i = 0; i < depth; ++i)
        for (Index l = count; l < lines; ++l) panel[i * lines + l] = 0;
  }
};

/// Lines that lie across the sum: line l is data[k * stride + l].
template <class T>
struct Across {
  const T* data;
  Index stride;

  template <int lines, class Real>
  SELFSAME_INLINE void pack(Index first, Index count, Index k, Index depth, Real* panel) const {
    const T* from = data + k * stride + first;
    for (Index i = 0; i < depth; ++i, from += stride, panel += lines)
      pack_straight<lines>(from, count, panel);
  }
};

/// Lines of a matrix: its rows, or its columns.
template <class T>
struct Lines {
  const T* data;
  Index stride;
  bool along;  ///< the sum, as rows do

  template <int lines, class Real>
  SELFSAME_INLINE void pack(Index first, Index count, Index k, Index depth, Real* panel) const {
    if (along)
      Along<T>{data, stride}.template pack<lines>(first, count, k, depth, panel);
    else
      Across<T>{data, stride}.template pack<lines>(first, count, k, depth, panel);
  }
};

/// output[place(row) + col] = or += sum_k left(row, k) * right(k, col); operands pack their lines.
template <class Real, class Left, class Right, class T, class Place>
struct Blocked {
  const Left& left;
  const Right& right;
  Index rows, cols, depth;
  T* output;
  Place place;
  Write write;
  Cut cut;
  TileSize tile = tile_size<Real>();

  struct Scratch {  // of one thread
    Real* left;
    Real* right;
    Index* offset;
  };

  Index first(Index chunk) const { return chunk * cut.chunk; }
  Index count(Index chunk) const { return std::min(cut.chunk, rows - first(chunk)); }
  Index panels() const { return pieces(cols, tile.cols); }

  /// The right operand as a whole: panels of the first block, then of the second.
  template <class Device>
  const Real* packed(const Device& device, Workspace& workspace) const {
    Real* const to = workspace.take<Real>(depth * panels() * tile.cols);
    parallel(device, pieces(depth, cut.block) * panels(), [&](Index task, Index) {
      const Index k = task / panels() * cut.block, j = task % panels() * tile.cols;
      const Index deep = std::min(cut.block, depth - k);
      pack<Side::right>(right, j, std::min(tile.cols, cols - j), k, deep,
                        to + k * panels() * tile.cols + j * deep);
    });
    return to;
  }

  /// One slice of the sum for one chunk of rows; `whole` is the packed right operand, or null.
  template <class To, class At>
  void run(Index slice, Index chunk, const Real* whole, const Scratch& scratch, To* to,
           const At& at, Write how) const {
    const Index row = first(chunk), high = count(chunk);
    for (Index r = 0; r < high; ++r) scratch.offset[r] = at(row + r);
    const Index begin = slice * cut.slice, end = std::min(depth, begin + cut.slice);
    Index k = begin;
    do {  // once also for an empty sum, which is 0
      const Index deep = std::min(cut.block, end - k);
      for (Index i = 0; i < high; i += tile.rows)
        pack<Side::left>(left, row + i, std::min(tile.rows, high - i), k, deep,
                         scratch.left + i * deep);
      for (Index j = 0; j < cols; j += tile.cols) {
        const Index wide = std::min(tile.cols, cols - j);
        if (whole == nullptr) pack<Side::right>(right, j, wide, k, deep, scratch.right);
        const Real* const panel =
            whole == nullptr ? scratch.right : whole + k * panels() * tile.cols + j * deep;
        sweep(scratch.left, high, panel, wide, deep, to + j, scratch.offset,
              k > begin ? Write::add : how);
      }
      k += deep;
    } while (k < end);
  }

  /// The slices' sums of one chunk, in slice order.
  void gather(Index chunk, const Real* sums) const {
    for (Index row = first(chunk); row < first(chunk) + count(chunk); ++row) {
      T* const to = output + place(row);
      for (Index col = 0; col < cols; ++col) {
        Real sum = sums[row * cols + col];
        for (Index s = 1; s < cut.slices; ++s) sum += sums[(s * rows + row) * cols + col];
        to[col] = static_cast<T>(write == Write::add ? static_cast<Real>(to[col]) + sum : sum);
      }
    }
  }

  template <class Device>
  void operator()(const Device& device, Workspace& workspace, const Finished& finish) {
    if (rows == 0 || cols == 0) return;
    const Workspace::Scope scope(workspace);
    if (!std::is_same_v<T, Real> && cut.slices == 1) cut.block = cut.slice;  // rounds once
    const Index tasks = cut.slices * cut.chunks, threads = workers(device, tasks);
    const Index left_size = cut.chunk * cut.block, right_size = tile.cols * cut.block;
    Real* const panels = workspace.take<Real>(threads * (left_size + right_size));
    Index* const offsets = workspace.take<Index>(threads * cut.chunk);
    const auto mine = [&](Index thread) {
      Real* const p = panels + thread * (left_size + right_size);
      return Scratch{p, p + left_size, offsets + thread * cut.chunk};
    };
    if (cut.slices == 1) {
      const Real* const whole = cut.chunks > 1 ? packed(device, workspace) : nullptr;
      parallel(device, cut.chunks, [&](Index chunk, Index thread) {
        run(0, chunk, whole, mine(thread), output, place, write);
        finish(chunk, first(chunk), count(chunk));
      });
      return;
    }
    Real* const sums = workspace.take<Real>(cut.slices * rows * cols);
    parallel(device, tasks, [&](Index task, Index thread) {
      const Index slice = task / cut.chunks;
      run(slice, task % cut.chunks, nullptr, mine(thread), sums + slice * rows * cols,
          RowsApart{cols}, Write::overwrite);
    });
    parallel(device, cut.chunks, [&](Index chunk, Index) {
      gather(chunk, sums);
      finish(chunk, first(chunk), count(chunk));
    });
  }
};

/// See Blocked; finish(chunk, first_row, rows) runs once a chunk, in the thread that computed it.
template <class R, class A, class Left, class Right, class T, class Place, class Finish>
void blocked(const BasicCpu<R, A>& device, Workspace& scratch, const Left& left, const Right& right,
             Index rows, Index cols, Index depth, T* output, const Place& place, Write write,
             Finish&& finish) {
  Blocked<R, Left, Right, T, Place>{
      left, right, rows, cols, depth, output, place, write, cut(rows, cols, depth)}(
      device, scratch, Finished(finish));
}

}  // namespace internal
}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
