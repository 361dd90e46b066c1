/// @file
/// The three products behind a strip of logits, on operands that are packed once.
#pragma once
#include <selfsame/kernel/cpu/product.hpp>

namespace selfsame {
inline namespace SELFSAME_FLAGS {
namespace internal {

/// How rows x cols logits are cut: by sizes only.
struct StripCut {
  Index tall = 0;    ///< rows of a strip, whose logits stay in the cache
  Index deep = 1;    ///< of the width between two visits to the logits
  Index wide = 0;    ///< columns of a block: they stay in L2 as they are packed
  Index tasks = 0;   ///< each of them has `each` columns
  Index each = 0;    ///< a multiple of `wide`
  Index stride = 0;  ///< of the logits: an odd number of cache lines, so rows do not share sets
};

template <class R>
constexpr StripCut cut_strips(Index rows, Index cols, Index width) {
  constexpr Index bytes = Index{2} << 20, size = sizeof(R), most = 16;
  StripCut c;
  const Index room = std::clamp<Index>(bytes / std::max<Index>(cols * size, 1), 144, 384);
  c.tall = pieces(pieces(rows, std::max<Index>(pieces(rows, room), 1)), tile_rows) * tile_rows;
  c.deep = std::max<Index>(pieces(width, std::max<Index>(pieces(width, 320), 1)), 1);
  c.wide = 192;  // divisible by the rows and columns of every tile
  c.each = std::max<Index>(pieces(pieces(cols, c.wide), most), 1) * c.wide;
  c.tasks = pieces(cols, c.each);
  c.stride = (pieces(cols * size, 64) | 1) * 64 / size;
  return c;
}

/// s = rows . columns^T for a strip of rows, and from slopes g in its place g . columns and
/// g^T . rows; all by tasks of columns.
template <class R, class A, class X, class C>
class StripPanels {
 public:
  using D = BasicCpu<R, A>;
  struct Wanted {
    bool rows, columns;  ///< gradients
  };

  StripPanels(const D& device, Workspace& scratch, MatrixView<const X, D> rows,
              MatrixView<const C, D> columns, Wanted wanted)
      : cut(cut_strips<R>(rows.rows, columns.rows, rows.cols)), rows_(rows), columns_(columns) {
    const Index threads = workers(device, cut.tasks), width = rows.cols;
    const Index longest = std::max(cut.tall, cut.wide);
    logits_ = scratch.take<R>(cut.tall * cut.stride);
    logit_rows_ = scratch.take<Index>(cut.tall);
    gradient_rows_ = scratch.take<Index>(longest);
    for (Index r = 0; r < cut.tall; ++r) logit_rows_[r] = r * cut.stride;
    for (Index r = 0; r < longest; ++r) gradient_rows_[r] = r * width;
    left_ = scratch.take<R>(cut.tall * width);
    turned_ = scratch.take<R>(padded(columns.rows) * width);
    if (wanted.rows) {
      straight_ = scratch.take<R>(columns.rows * padded(width));
      row_sums_ = scratch.take<R>(std::max<Index>(cut.tasks, 1) * cut.tall * width);
    }
    if (wanted.columns) {
      right_ = scratch.take<R>(cut.tall * padded(width));
      column_sums_ = scratch.take<R>(columns.rows * width);
      std::fill_n(column_sums_, columns.rows * width, R(0));
    }
    if (wanted.rows || wanted.columns) slopes_ = scratch.take<R>(threads * cut.tall * cut.wide);
    parallel(device, cut.tasks, [&](Index task, Index) { pack_columns(task); });
  }

  Index strips() const { return cut.tall > 0 ? pieces(rows_.rows, cut.tall) : 0; }
  Index first(Index strip) const { return strip * cut.tall; }
  Index count(Index strip) const { return std::min(cut.tall, rows_.rows - first(strip)); }
  MatrixView<R, D> logits(Index strip) const {
    return {logits_, count(strip), columns_.rows, cut.stride};
  }
  /// The sum over all strips so far of g^T . rows.
  MatrixView<const R, D> column_gradient() const {
    return {column_sums_, columns_.rows, columns_.cols};
  }

  /// To be called before the others for each strip.
  void pack_rows(Index strip) {
    const Along<X> along{rows_.row(first(strip)), rows_.stride};
    const Across<X> across{rows_.row(first(strip)), rows_.stride};
    const Index high = count(strip), width = rows_.cols;
    each_block(0, width, cut.deep, [&](Index k, Index deep) {
      for (Index i = 0; i < high; i += tile_.rows)
        pack<Side::left>(along, i, std::min(tile_.rows, high - i), k, deep,
                         left_ + k * cut.tall + i * deep);
    });
    if (right_ != nullptr)
      each_panel(width, [&](Index d, Index n) {
        pack<Side::right>(across, d, n, 0, high, right_ + d * high);
      });
  }
  /// The logits of a task's columns. Where bias is not null they begin with it.
  void multiply(Index strip, Index task, const R* bias) const {
    const MatrixView<R, D> s = logits(strip);
    const Index begin = task * cut.each, size = std::min(cut.each, columns_.rows - begin);
    if (bias != nullptr)
      for (Index r = 0; r < s.rows; ++r) std::copy_n(bias + begin, size, s.row(r) + begin);
    each_block(0, std::max<Index>(rows_.cols, 1), cut.deep, [&](Index k, Index) {
      const Index deep = std::min(cut.deep, rows_.cols - k);
      each_panel(size, [&](Index j, Index n) {
        sweep(left_ + k * cut.tall, s.rows,
              turned_ + k * padded(columns_.rows) + (begin + j) * deep, n, deep, s.data + begin + j,
              logit_rows_, k > 0 || bias != nullptr ? Write::add : Write::overwrite);
      });
    });
  }
  /// The task's share of both gradients of the slopes that stand where the logits were.
  void compute_gradients(Index strip, Index task, Index thread) const {
    const MatrixView<R, D> g = logits(strip);
    const Index begin = task * cut.each, end = std::min(begin + cut.each, columns_.rows);
    R* const slopes = slopes_ + thread * cut.tall * cut.wide;
    R* const sums = row_sums_ + task * cut.tall * rows_.cols;
    each_block(begin, end, cut.wide, [&](Index j, Index wide) {
      if (straight_ != nullptr) {
        pack_lines(Along<R>{g.data, g.stride}, g.rows, j, wide, slopes);
        each_panel(rows_.cols, [&](Index d, Index n) {
          sweep(slopes, g.rows, straight_ + j * padded(rows_.cols) + d * wide, n, wide, sums + d,
                gradient_rows_, j > begin ? Write::add : Write::overwrite);
        });
      }
      if (right_ != nullptr) {
        pack_lines(Across<R>{g.data + j, g.stride}, wide, 0, g.rows, slopes);
        each_panel(rows_.cols, [&](Index d, Index n) {
          sweep(slopes, wide, right_ + d * g.rows, n, g.rows, column_sums_ + j * rows_.cols + d,
                gradient_rows_, Write::add);
        });
      }
    });
  }
  /// Row r of the strip's g . columns, r < count(strip): the tasks' shares in their order.
  const R* row_gradient(Index r) const {
    R* const sum = row_sums_ + r * rows_.cols;
    on_isa([&](auto bytes) SELFSAME_INLINE {
      using V = Simd<R, decltype(bytes)::value>;
      each_vector<V>(rows_.cols, [&](Index c, Index n) SELFSAME_INLINE {
        V all = {}, part;
        for (Index task = 0; task < cut.tasks; ++task) {
          load_some(sum + task * cut.tall * rows_.cols + c, n, part);
          all += part;
        }
        store_some(sum + c, n, all);
      });
    });
    return sum;
  }

  const StripCut cut;

 private:
  Index padded(Index lines) const { return pieces(lines, tile_.cols) * tile_.cols; }
  template <class F>
  static void each_block(Index begin, Index end, Index size, F&& f) {
    for (Index i = begin; i < end; i += size) f(i, std::min(size, end - i));
  }
  template <class F>
  void each_panel(Index size, F&& f) const {
    each_block(0, size, tile_.cols, f);
  }
  template <class Operand>
  void pack_lines(const Operand& operand, Index lines, Index k, Index depth, R* to) const {
    for (Index i = 0; i < lines; i += tile_.rows)
      pack<Side::left>(operand, i, std::min(tile_.rows, lines - i), k, depth, to + i * depth);
  }
  void pack_columns(Index task) {
    const Index begin = task * cut.each, end = std::min(begin + cut.each, columns_.rows);
    const Along<C> along{columns_.data, columns_.stride};
    const Across<C> across{columns_.data, columns_.stride};
    each_block(0, columns_.cols, cut.deep, [&](Index k, Index deep) {
      each_panel(end - begin, [&](Index j, Index n) {
        pack<Side::right>(along, begin + j, n, k, deep,
                          turned_ + k * padded(columns_.rows) + (begin + j) * deep);
      });
    });
    if (straight_ == nullptr) return;
    each_block(begin, end, cut.wide, [&](Index j, Index wide) {
      each_panel(columns_.cols, [&](Index d, Index n) {
        pack<Side::right>(across, d, n, j, wide, straight_ + j * padded(columns_.cols) + d * wide);
      });
    });
  }

  MatrixView<const X, D> rows_;
  MatrixView<const C, D> columns_;
  TileSize tile_ = tile_size<R>();
  R* logits_ = nullptr;
  Index* logit_rows_ = nullptr;     // where the rows of logits begin
  Index* gradient_rows_ = nullptr;  // and those of gradients
  R* left_ = nullptr;               // packed: the strip's rows, and turned
  R* right_ = nullptr;
  R* turned_ = nullptr;  // the columns, and turned
  R* straight_ = nullptr;
  R* slopes_ = nullptr;       // of each thread
  R* row_sums_ = nullptr;     // (tasks, tall, width)
  R* column_sums_ = nullptr;  // (columns, width)
};

}  // namespace internal
}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
