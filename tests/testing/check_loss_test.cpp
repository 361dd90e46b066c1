#include <selfsame/testing/check_loss.hpp>

#include <selfsame/kernel/cpu/contrast.hpp>

#include "support/catch.hpp"

using namespace selfsame;
using namespace selfsame::testing;

namespace {

enum Fault : int {
  none,
  no_gradient,
  flipped,
  too_large,
  never_written,
  reads_padding,
  writes_padding,
  writes_input,
  not_repeated,
  weighs_value,
  ignores_weight,
  ignores_add,
  adds_always,
  value_by_add,
  other_thread,
  counts_threads,
  divides_by_own_rows,
  gradient_by_own_rows,
  keeps_value_to_itself,
  calls_less_often,
  first_row_twice,
  gradient_by_place,
  rounds_to_half,
  divides_by_rows_less_one,
  single_as_nothing,
  mixed_as_nothing,
  takes_more_each_time,
  hides_a_nan,
  spares_the_gradient,
};

// mean_i scale |z_i - t_i|^2 / 2 with one fault.
template <class Number>
struct Squares {
  using plays = role::Loss;
  int fault = Fault::none;  // a number: names of enumerators end at eight
  Number scale = 1.5;

  template <class D>
  Real<D> operator()(const Pass<D>& pass, Differentiable<D> rows, In<D> targets) const {
    using R = Real<D>;
    static const std::thread::id first_thread = std::this_thread::get_id();
    static int calls = 0;
    const auto is = [&](int f) { return f == fault; };
    const Index n = rows.value.rows, width = rows.value.cols;
    const double all = static_cast<double>(std::max<Index>(pass.total(n), 1));
    const auto s =
        static_cast<R>(is(rounds_to_half) && sizeof(Activation<D>) == 4 ? 1.51 : double{scale});
    double sum = 0;
    for (Index r = 0; r < n; ++r)
      for (Index c = 0; c < width; ++c) {
        const R d = static_cast<R>(rows.value(r, c)) - static_cast<R>(targets(r, c));
        sum += static_cast<double>(s * d * d) / 2 * (is(first_row_twice) && r == 0 ? 2 : 1);
        R g = s * d / static_cast<R>(all);
        if (is(hides_a_nan) && sum != sum) sum = 0;
        if (is(spares_the_gradient) && g != g) g = 0;
        if (is(no_gradient)) g = 0;
        if (is(flipped)) g = -g;
        if (is(too_large)) g *= R(1.01);
        if (is(gradient_by_own_rows)) g *= static_cast<R>(all / static_cast<double>(n));
        if (is(gradient_by_place)) g *= static_cast<R>(r + 1);
        if (is(first_row_twice) && r == 0) g *= 2;
        Differentiable<D> to = rows;
        if (is(ignores_weight)) to.weight = 1;
        if (is(ignores_add)) to.add = false;
        if (is(adds_always)) to.add = !std::isnan(rows.gradient(r, c));
        if (!(is(never_written) && r == 1 && c == 2)) to.put(r, c, g);
      }
    if (is(reads_padding) && n > 0) sum += static_cast<double>(targets.data[width]);
    if (is(writes_padding) && n > 0) rows.gradient.data[width] = 0;
    if (is(writes_input) && n > 0) const_cast<Activation<D>&>(targets(0, 0)) = 0;
    if (is(takes_more_each_time)) pass.workspace->template take<double>(1 << 14);
    if (is(not_repeated)) sum += ++calls;
    if (is(weighs_value)) sum *= static_cast<double>(rows.weight);
    if (is(value_by_add)) sum += rows.add ? 1 : 0;
    if (is(other_thread) && std::this_thread::get_id() != first_thread) sum += 1;
    if (is(counts_threads)) sum *= 1 + 1e-6 * pass.device->threads;
    if (is(single_as_nothing) && sizeof(R) == 4) sum = 0;
    if (is(mixed_as_nothing) && sizeof(R) > sizeof(Activation<D>)) sum = 0;
    const bool silent =
        is(keeps_value_to_itself) || (is(calls_less_often) && pass.ranks->rank() == 1);
    if (pass.ranks->size() > 1 && !silent) pass.ranks->sum(&sum, 1, Number_of_sum);
    if (is(divides_by_own_rows)) return static_cast<R>(sum / std::max(static_cast<double>(n), 1.0));
    if (is(divides_by_rows_less_one)) return static_cast<R>(sum / (all - 1));
    return static_cast<R>(sum / all);
  }
  static constexpr auto Number_of_sum = selfsame::Number::real64;
};
using Loss = Squares<double>;

Report check(Fault fault) { return check_loss(Loss{.fault = fault}); }

struct Halved {  // forgets what it was made of
  double value;
  constexpr Halved(double x) : value(x / 2) {}
  constexpr operator double() const { return value; }
};
struct Drifting {  // no two copies are alike
  double value;
  constexpr Drifting(double x) : value(x) {}
  constexpr Drifting(const Drifting& other) : value(other.value + 1) {}
  constexpr Drifting& operator=(const Drifting& other) = default;
  constexpr operator double() const { return value; }
};

}  // namespace

TEST_CASE("check_loss: right losses keep all laws", "[testing]") {
  CHECK(check(Fault::none));
  CHECK(to_string(check(Fault::none)).find("Squares<double> keeps all laws") != std::string::npos);
}

TEST_CASE("check_loss: each fault breaks the law that forbids it", "[testing]") {
  const auto [fault, law] = GENERATE(table<Fault, std::string>({
      {no_gradient, "all gradients are 0"},
      {no_gradient, "the gradient of rows differs from central differences"},
      {flipped, "the gradient of rows differs from central differences by 2 "},
      {too_large, "the gradient of rows differs from central differences by 0.0099"},
      {never_written, "not finite, or not written"},
      {reads_padding, "not finite"},
      {writes_padding, "memory behind the columns of a result"},
      {writes_input, "or an input, is written"},
      {not_repeated, "a second call with the same inputs gives other numbers"},
      {weighs_value, "the weight of an input changes the value"},
      {ignores_weight, "the gradient of rows is not scaled by the weight"},
      {ignores_add, "the gradient of rows is not added"},
      {adds_always, "what stood in a result before comes through"},
      {value_by_add, "the value depends on whether gradients are written or added"},
      {other_thread, "two threads with workspaces of their own disturb each other"},
      {counts_threads, "7 threads give other bits than one"},
      {counts_threads, "2 threads give other bits than one in float"},
      {divides_by_own_rows, "2 ranks differ from one in the value"},
      {divides_by_own_rows, "3 ranks return values that differ from each other"},
      {gradient_by_own_rows, "4 ranks differ from one in the gradient of rows"},
      {keeps_value_to_itself, "2 ranks return values that differ"},
      {calls_less_often, "4 ranks: selfsame: a rank made fewer collective calls"},
      {first_row_twice, "images in another order differ in the value"},
      {gradient_by_place, "images in another order differ in the gradient of rows"},
      {rounds_to_half, "float differs from double by 0.00"},
      {rounds_to_half, "in the gradient of rows"},
      {single_as_nothing, "float differs from double by 1 in the value"},
      {mixed_as_nothing,
       "a device with activations in float differs from double by 1 in the value"},
      {divides_by_rows_less_one, "1 image: a result is not finite"},
      {takes_more_each_time, "a second call takes more scratch"},
      {hides_a_nan, "a NaN in rows does not show in the value"},
      {spares_the_gradient, "with nan in rows the value is finite and the gradient is not, or the"},
  }));
  const Report report = check(fault);
  CAPTURE(law, to_string(report));
  CHECK(report.says(law));
}

TEST_CASE("check_loss: numbers that cannot be copied or set break a law", "[testing]") {
  CHECK(check_loss<Squares<Halved>>().says("set to scale=0.75, its own number, it changes"));
  CHECK(check_loss<Squares<Drifting>>().says("a copy is not equal"));
}

namespace {

// The streamed loss of pairs with one fault.
enum class PairFault {
  none,
  detached_columns,
  half_of_same,
  forgets_further,
  other_way,
  own_indices
};
struct Pairs {
  using plays = role::Loss;
  PairFault fault = PairFault::none;

  template <class Rel>
  struct OtherWay {
    Rel relation;
    Pair operator()(Index i, Index j) const { return relation(j, i); }
    bool has_exceptions(PairBlock b) const {
      return relation.has_exceptions({b.column, b.columns, b.row, b.rows});
    }
  };
  template <class D, class Columns>
  Real<D> operator()(const Pass<D>& pass, Differentiable<D> rows, const Columns& columns,
                     const Relation auto& relation, In<D> extra_negatives) const {
    using enum PairFault;
    const auto call = [&](const auto& of, const auto& by, In<D> negatives) {
      Communicator& ranks = fault == own_indices ? single_process() : *pass.ranks;
      return contrast(*pass.device, *pass.workspace, ranks, rows, of, by, negatives, Real<D>(0.3));
    };
    if (fault == other_way)
      return call(columns, OtherWay<std::remove_cvref_t<decltype(relation)>>{relation},
                  extra_negatives);
    if (fault == half_of_same && std::same_as<Columns, SameRows>)
      return call(rows.value, relation, extra_negatives);
    if (fault == forgets_further) return call(columns, relation, In<D>{});
    if constexpr (std::same_as<Columns, Differentiable<D>>)
      if (fault == detached_columns) {
        for (Index r = 0; r < columns.value.rows; ++r)
          for (Index c = 0; c < columns.value.cols; ++c) columns.put(r, c, 0);
        return call(columns.value, relation, extra_negatives);
      }
    return call(columns, relation, extra_negatives);
  }
};

// Rows pick a prototype: a loss with an input that all ranks share.
struct Picked {
  using plays = role::Loss;
  bool shares = false;  ///< whether ranks divide the gradient of what they share

  template <class D>
  Real<D> operator()(const Pass<D>& pass, Differentiable<D> rows, Vector<const Index, D> labels,
                     DifferentiableWeights<D> prototypes) const {
    const double all = static_cast<double>(std::max<Index>(pass.total(rows.value.rows), 1));
    const Index width = rows.value.cols;
    double sum = 0;
    for (Index k = 0; k < prototypes.value.rows; ++k)
      for (Index c = 0; c < width; ++c) {
        Real<D> slope = 0;
        for (Index r = 0; r < labels.size; ++r) {
          if (labels[r] != k) continue;
          const auto d = static_cast<Real<D>>(rows.value(r, c)) - prototypes.value(k, c);
          sum += static_cast<double>(d * d) / 2;
          rows.put(r, c, d / static_cast<Real<D>>(all));
          slope -= d / static_cast<Real<D>>(all);
        }
        prototypes.put(k, c, shares ? slope / static_cast<Real<D>>(pass.ranks->size()) : slope);
      }
    pass.ranks->sum(&sum, 1, Number::real64);
    return static_cast<Real<D>>(sum / all);
  }
};

// A call of one rank only, in which the order of images matters.
struct Once {
  static constexpr Expectations expectations{.several_ranks = false, .any_order = false};
  template <class D>
  Real<D> operator()(const Loss& loss, const Pass<D>& pass, Given<D>& given) const {
    return loss(pass, given.differentiable("z", 2), given.constant("t", 2));
  }
};

}  // namespace

template <>
struct selfsame::testing::Example<Picked> {
  template <class D>
  Real<D> operator()(const Picked& loss, const Pass<D>& pass, Given<D>& given) const {
    return loss(pass, given.differentiable("rows", 3), given.labels("labels", 4),
                given.weights("prototypes", 4, 3));
  }
};

TEST_CASE("check_loss: a loss of pairs is called with all kinds of columns", "[testing]") {
  using enum PairFault;
  CHECK(check_loss<Pairs>());
  const auto check = [](PairFault fault) { return check_loss(Pairs{.fault = fault}); };
  CHECK(check(detached_columns)
            .says("columns with a gradient: the gradient of columns differs from central"));
  CHECK(check(half_of_same).says("the rows as columns: the gradient of rows differs from central"));
  CHECK(check(own_indices).says("constant columns: 2 ranks differ from one in the value"));
  CHECK(check(forgets_further)
            .says("constant columns: the value does not depend on extra_negatives"));
  CHECK(check(other_way));  // another loss, but a loss
}

TEST_CASE("check_loss: a loss with inputs of its own is called by its Example", "[testing]") {
  CHECK(check_loss<Picked>());
  const Report report = check_loss(Picked{.shares = true}, Example<Picked>{});
  CHECK(report.says("2 ranks differ from one in the gradient of prototypes"));
  CHECK_FALSE(report.says("gradient of rows"));
}

TEST_CASE("check_loss: a call may be any function, and says which laws it can keep", "[testing]") {
  CHECK(check_loss(Loss{}, Once{}));
  CHECK(check_loss(Loss{.fault = Fault::divides_by_own_rows}, Once{}));
  CHECK(check_loss(Loss{.fault = Fault::first_row_twice}, Once{}));
  CHECK_FALSE(check_loss(Loss{.fault = Fault::too_large}, Once{}));
}
