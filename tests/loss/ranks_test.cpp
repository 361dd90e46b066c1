// Losses on several ranks: value and gradients are those of one rank with all rows (decision D9).
#include <selfsame/loss/cross_entropy.hpp>
#include <selfsame/loss/nt_xent.hpp>
#include <selfsame/testing/virtual_ranks.hpp>

#include "loss/reference.hpp"

using namespace selfsame;
using namespace selfsame::test;
using testing::VirtualRanks;

namespace {

using F64 = BasicCpu<double>;

/// Calls loss(pass, live rows of this rank, first row, count) on each rank; the gradient of all rows.
template <class F>
Dense on_ranks(Index count, const Dense& rows, std::vector<double>& values, const F& loss) {
  const RowMajor<double> value = rows;
  Dense gradient = Dense::Constant(rows.rows(), rows.cols(), NAN);
  values.assign(static_cast<std::size_t>(count), NAN);
  const Index each = rows.rows() / count;
  VirtualRanks(count).run([&](Communicator& ranks) {
    const F64 device;
    Workspace scratch;
    Pass<F64> pass;
    pass.device = &device;
    pass.workspace = &scratch;
    pass.ranks = &ranks;
    const Index first = ranks.rank() * each;
    const Differentiable<F64> differentiable{In<F64>(view<F64>(value)).row_range(first, each),
                                             Out<F64>(view<F64>(gradient)).row_range(first, each)};
    values[static_cast<std::size_t>(ranks.rank())] = loss(pass, differentiable, first, each);
  });
  return gradient;
}

void check(const Dense& rows, const auto& loss_of) {
  std::vector<double> one, several;
  const Dense whole = on_ranks(1, rows, one, loss_of(1));
  for (const Index count : {2, 4}) {
    CAPTURE(count);
    const Dense parts = on_ranks(count, rows, several, loss_of(count));
    for (const double v : several) CHECK(v == Approx(one[0]).epsilon(1e-13));
    for (const double v : several) CHECK(v == several[0]);
    CHECK(worst(parts, whole) < 1e-12);
  }
}

/// Soft positives and weighted negatives near the diagonal, i with j not j with i.
struct Weighted {
  Pair operator()(Index i, Index j) const {
    if (std::abs(i - j) > 3) return {0, 1};
    if (i % 5 == 4) return {0, 0.5};
    return {static_cast<double>((2 * i + j) % 3) / 2, static_cast<double>((i + 2 * j) % 4)};
  }
  bool has_exceptions(PairBlock b) const {
    return b.column <= b.row + b.rows + 3 && b.row <= b.column + b.columns + 3;
  }
};

}  // namespace

TEST_CASE("NT-Xent on 2 and 4 ranks is that of one rank", "[loss]") {
  const Index images = GENERATE(8, 120), views = GENERATE(2, 3);
  CAPTURE(images, views);
  // Rows lie rank after rank, view after view: the same images in another order on one rank.
  const Dense four = unit(noise(images * views, 6, 1));
  const auto at = [&](Index ranks, Index image, Index view) {
    const Index each = images / ranks;
    return image / each * each * views + view * each + image % each;
  };
  std::vector<double> values;
  const auto run = [&](Index ranks) {
    Dense rows(four.rows(), 6), back(four.rows(), 6);
    for (Index i = 0; i < images; ++i)
      for (Index v = 0; v < views; ++v) rows.row(at(ranks, i, v)) = four.row(i + v * images);
    const Dense g = on_ranks(
        ranks, rows, values,
        [&](const Pass<F64>& pass, Differentiable<F64> differentiable, Index, Index) {
          return NtXent{.temperature = 0.2}(pass, differentiable, SameRows{},
                                            OtherViewsRelation{images / ranks, views}, In<F64>{});
        });
    for (Index i = 0; i < images; ++i)
      for (Index v = 0; v < views; ++v) back.row(i + v * images) = g.row(at(ranks, i, v));
    return back;
  };
  const Dense one = run(1);
  const double value = values[0];
  CHECK(worst(one,
              naive_contrast(four, four, Dense(0, 6), OtherViewsRelation{images, views}, 0.2).rows +
                  naive_contrast(four, four, Dense(0, 6), OtherViewsRelation{images, views}, 0.2)
                      .columns) < 1e-12);
  for (const Index ranks : {2, 4}) {
    CAPTURE(ranks);
    CHECK(worst(run(ranks), one) < 1e-12);
    for (const double v : values) CHECK(v == Approx(value).epsilon(1e-13));
  }
}

TEST_CASE("Pairs of a user's relation on 2 and 4 ranks are those of one rank", "[loss]") {
  for (const Index rows : {8, 420}) {
    CAPTURE(rows);
    const RowMajor<double> extra_negatives = noise(5, 4, 3);
    check(unit(noise(rows, 4, 1)), [&](Index) {
      return [&](const Pass<F64>& pass, Differentiable<F64> differentiable, Index, Index) {
        return contrast(*pass.device, *pass.workspace, *pass.ranks, differentiable, SameRows{},
                        Weighted{}, view<F64>(extra_negatives), 0.3);
      };
    });
  }
}

TEST_CASE("Constant columns of all ranks are gathered", "[loss]") {
  const RowMajor<double> keys = unit(noise(220, 4, 2));
  check(unit(noise(220, 4, 1)), [&](Index) {
    return [&](const Pass<F64>& pass, Differentiable<F64> differentiable, Index first, Index each) {
      const In<F64> mine = In<F64>(view<F64>(keys)).row_range(first, each);
      return contrast(*pass.device, *pass.workspace, *pass.ranks, differentiable, mine, Weighted{},
                      In<F64>{}, 0.3);
    };
  });
}

TEST_CASE("Differentiable columns get the gradient of the rows of all ranks", "[loss]") {
  const Dense rows = noise(120, 4, 1);
  const RowMajor<double> columns = noise(200, 4, 2);  // more columns than rows, on each rank
  Dense gradient, whole;
  for (const Index count : {1, 2, 4}) {
    gradient = Dense::Constant(200, 4, NAN);
    std::vector<double> values;
    const Index per = 200 / count;
    const Dense g = on_ranks(
        count, rows, values,
        [&](const Pass<F64>& pass, Differentiable<F64> differentiable, Index, Index) {
          const Index first = pass.ranks->rank() * per;
          const Differentiable<F64> mine{In<F64>(view<F64>(columns)).row_range(first, per),
                                         Out<F64>(view<F64>(gradient)).row_range(first, per)};
          return contrast(*pass.device, *pass.workspace, *pass.ranks, differentiable, mine,
                          Weighted{}, In<F64>{nullptr, 0, 4}, 0.7);
        });
    const Reference wanted = naive_contrast(rows, columns, Dense(0, 4), Weighted{}, 0.7);
    CAPTURE(count);
    for (const double v : values) CHECK(v == Approx(wanted.value).epsilon(1e-13));
    CHECK(worst(g, wanted.rows) < 1e-12);
    CHECK(worst(gradient, wanted.columns) < 1e-12);
  }
}

TEST_CASE("Ranks with unequal numbers of rows get the value of all rows", "[loss]") {
  const RowMajor<double> rows = unit(noise(9, 4, 1));
  Dense whole = Dense::Constant(9, 4, NAN), parts = whole;
  Workspace scratch;
  const double value = contrast(F64{}, scratch, single_process(),
                                Differentiable<F64>{view<F64>(rows), view<F64>(whole)}, SameRows{},
                                Weighted{}, In<F64>{}, 0.3);
  VirtualRanks(3).run([&](Communicator& ranks) {
    const Index first[] = {0, 2, 2, 9};  // two, none, seven
    const Index from = first[ranks.rank()], count = first[ranks.rank() + 1] - from;
    Workspace own;
    const Differentiable<F64> differentiable{In<F64>(view<F64>(rows)).row_range(from, count),
                                             Out<F64>(view<F64>(parts)).row_range(from, count)};
    if (contrast(F64{}, own, ranks, differentiable, SameRows{}, Weighted{}, In<F64>{}, 0.3) !=
        Approx(value).epsilon(1e-13))
      throw std::runtime_error("another value");
  });
  CHECK(worst(parts, whole) < 1e-12);
}

TEST_CASE("Cross-entropy on 2 and 4 ranks is that of one rank", "[loss]") {
  const RowMajor<double> targets = unit(noise(12, 5, 4)).cwiseAbs2();
  check(noise(12, 5, 1), [&](Index) {
    return [&](const Pass<F64>& pass, Differentiable<F64> differentiable, Index first, Index each) {
      return CrossEntropy{.temperature = 0.5}(pass, differentiable,
                                              In<F64>(view<F64>(targets)).row_range(first, each));
    };
  });
}
