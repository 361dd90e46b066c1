#include <selfsame/method/siamese.hpp>

#include "method/laws.hpp"

using namespace selfsame;
using namespace selfsame::testing;
using D = BasicCpu<double>;

namespace {

/// A user's loss: views of an image close together, images far apart from the batch's mean.
struct Near {
  using plays = selfsame::role::Loss;
  selfsame::NonNegative apart = 0.5;

  template <class D>
  selfsame::Real<D> operator()(const selfsame::Pass<D>& pass,
                               std::span<const selfsame::Differentiable<D>> views) const {
    using R = selfsame::Real<D>;
    const auto &a = views[0], &b = views[1];
    const R n = static_cast<R>(pass.total(a.value.rows));
    R value = 0;
    for (selfsame::Index r = 0; r < a.value.rows; ++r)
      for (selfsame::Index c = 0; c < a.value.cols; ++c) {
        const R e = a.value(r, c) - b.value(r, c), p = static_cast<R>(double{apart});
        value += (e * e - p * a.value(r, c) * a.value(r, c)) / n;
        a.put(r, c, 2 * (e - p * a.value(r, c)) / n);
        b.put(r, c, -2 * e / n);
      }
    pass.ranks->sum(&value, 1, selfsame::number_of<R>);
    return value;
  }
};

}  // namespace

TEST_CASE("Siamese: a user's own loss trains by the same line", "[method]") {
  using Own = Siamese<mine::Flat, Near>;
  laws(Own{}).gradient().others();
  Learner<Own, Sgd, D> learner(Recipe<Own, Sgd>{.method = {.head = {.hidden = 9, .outputs = 5}},
                                                .optimizer = {.learning_rate = 0.02},
                                                .batch = 6,
                                                .steps = 6},
                               small_setup);
  FormulaBatches<D> batches(small_image, 6, 2);
  const double first = learner.step(batches.at(0)).value;
  double last = first;
  for (int step = 1; step < 6; ++step) last = learner.step(batches.at(0)).value;
  CHECK(last < first);
}
