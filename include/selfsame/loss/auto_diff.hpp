/// @file
/// A first draft of a loss needs no gradient by hand.
#pragma once
#include <selfsame/core/communicator.hpp>
#include <selfsame/loss/detail/agreed.hpp>
#include <selfsame/loss/detail/tape.hpp>
#include <selfsame/loss/pair_loss.hpp>
#include <selfsame/loss/view_loss.hpp>

namespace selfsame {

/// A matrix of numbers of any type, as a loss that is given by its value sees rows.
template <class T>
class Table {
 public:
  Table(Index rows, Index cols)
      : rows_(rows), cols_(cols), numbers_(static_cast<std::size_t>(rows * cols)) {}
  Index rows() const { return rows_; }
  Index cols() const { return cols_; }
  T& operator()(Index r, Index c) { return numbers_[static_cast<std::size_t>(r * cols_ + c)]; }
  const T& operator()(Index r, Index c) const {
    return numbers_[static_cast<std::size_t>(r * cols_ + c)];
  }

 private:
  Index rows_, cols_;
  std::vector<T> numbers_;
};

/// A loss that is given by its value only, with its gradient by a reverse tape:
///
///     struct Draft {
///       Positive weight = 1;
///       template <class T>
///       T value(std::span<const Table<T>> views) const;           // of all views: Siamese<AutoDiff<Draft>>
///       template <class T>
///       T value(const Table<T>& rows, const Table<double>& targets) const;  // or of rows against targets
///     };
///
/// T is `Traced`, or double. The value is of the rows of all ranks, in their order, and each rank gets the
/// gradient of its own; what the draft divides by, it counts itself. Slow: every operation is a node of memory,
/// about 50 bytes and some nanoseconds; it is a draft to check a kernel by (testing::check_same_loss).
template <class Draft>
struct AutoDiff : Draft {
  using plays = role::Loss;
  using Wrapped = Draft;

  template <class D>
    requires requires(const Draft d, std::span<const Table<Traced>> views) { d.value(views); }
  Real<D> operator()(const Pass<D>& pass, std::span<const Differentiable<D>> views) const {
    const Workspace::Scope scope(*pass.workspace);
    detail::Tape tape;
    std::vector<Table<Traced>> tables;
    std::vector<Index> first;
    for (const Differentiable<D>& v : views) {
      const Gathered<D> all = whole(pass, v.value);
      tables.push_back(variables(tape, all.all));
      first.push_back(all.first_row);
    }
    const Traced result = this->value(std::span<const Table<Traced>>(tables));
    tape.sweep(result);
    for (std::size_t v = 0; v < views.size(); ++v) put(tape, tables[v], first[v], views[v]);
    const double value = settled(tape, result, std::span<const Table<Traced>>(tables));
    return detail::agreed<Real<D>>(value, views);
  }
  template <class D>
    requires requires(const Draft d, const Table<Traced>& rows, const Table<double>& targets) {
      d.value(rows, targets);
    }
  Real<D> operator()(const Pass<D>& pass, Differentiable<D> rows, In<D> targets) const {
    const Workspace::Scope scope(*pass.workspace);
    detail::Tape tape;
    const Gathered<D> all = whole(pass, rows.value);
    const Table<Traced> table = variables(tape, all.all);
    const In<D> constants = whole(pass, targets).all;
    Table<double> numbers(constants.rows, constants.cols);
    for (Index r = 0; r < constants.rows; ++r)
      for (Index c = 0; c < constants.cols; ++c)
        numbers(r, c) = static_cast<double>(constants(r, c));
    const Traced result = this->value(table, numbers);
    tape.sweep(result);
    put(tape, table, all.first_row, rows);
    const double value = settled(tape, result, std::span<const Table<Traced>>(&table, 1));
    return detail::agreed<Real<D>>(value, rows);
  }

 private:
  // Infinite where value or slopes are not finite, so that the gradient becomes NaN; a draft may leave either out.
  static double settled(const detail::Tape& tape, const Traced& result,
                        std::span<const Table<Traced>> tables) {
    bool finite = std::isfinite(result.value());
    for (const Table<Traced>& table : tables)
      for (Index r = 0; r < table.rows(); ++r)
        for (Index c = 0; c < table.cols(); ++c)
          finite = finite && std::isfinite(tape.slope_of(table(r, c)));
    return finite ? result.value() : std::numeric_limits<double>::infinity();
  }
  // Of all ranks, in memory of the pass's workspace.
  template <class D>
  static Gathered<D> whole(const Pass<D>& pass, In<D> mine) {
    const Out<D> dense(pass.workspace->template take<Activation<D>>(mine.rows * mine.cols),
                       mine.rows, mine.cols);
    for (Index r = 0; r < mine.rows; ++r) std::copy_n(mine.row(r), mine.cols, dense.row(r));
    return gather<D>(*pass.device, *pass.ranks, *pass.workspace, In<D>(dense));
  }
  template <class D>
  static Table<Traced> variables(detail::Tape& tape, MatrixView<const Activation<D>, D> rows) {
    Table<Traced> table(rows.rows, rows.cols);
    for (Index r = 0; r < rows.rows; ++r)
      for (Index c = 0; c < rows.cols; ++c)
        table(r, c) = tape.variable(static_cast<double>(rows(r, c)));
    return table;
  }
  template <class D>
  static void put(const detail::Tape& tape, const Table<Traced>& table, Index first,
                  const Differentiable<D>& to) {
    for (Index r = 0; r < to.value.rows; ++r)
      for (Index c = 0; c < to.value.cols; ++c)
        to.put(r, c, static_cast<Real<D>>(tape.slope_of(table(first + r, c))));
  }
};

}  // namespace selfsame
