#include <selfsame/method/siamese.hpp>

#include "method/whole_method.hpp"

using namespace selfsame;
using namespace selfsame::testing;
using D = BasicCpu<double>;

namespace mine {

/// A user's loss: views of an image close together, images far apart from the batch's mean.
struct Near {
  using plays = selfsame::role::Loss;
  selfsame::NonNegative apart = 0.5;

  template <class D>
  selfsame::Real<D> operator()(const selfsame::Pass<D>& pass,
                               std::span<const selfsame::Live<D>> views) const {
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

}  // namespace mine

namespace {

template <class Loss>
void check_family(const Loss& loss) {
  using Normed = Siamese<Loss>;
  using Plain = Siamese<mine::Drawing, Loss>;
  const Normed normed{.encoder = tiny_resnet, .head = {.hidden = 9, .outputs = 5}, .loss = loss};
  const Plain plain{.head = plain_head, .loss = loss};
  WholeMethod<D, Normed> whole(normed, 6);
  CHECK(whole.error() < 1e-6);
  CHECK(whole.error(4) < 1e-6);
  WholeMethod<D, Plain> dropping(plain, 6);
  CHECK(dropping.error() < 1e-6);
  const auto once = dropping.step(), chunks = dropping.step(4);
  CHECK(std::abs(chunks.value - once.value) < 1e-12 * std::max(1.0, std::abs(once.value)));
  CHECK(difference(chunks.gradient, once.gradient) < 1e-11);
  for (const Index ranks : {2, 4}) {
    const auto [value, gradient] = rank_errors<D>(plain, 8, ranks);
    CHECK(value < 1e-10);
    CHECK(gradient < 1e-10);
  }
}

}  // namespace

TEST_CASE("Siamese: VICReg as a whole agrees with central differences, chunks and ranks",
          "[method]") {
  check_family(VICReg{});
}

TEST_CASE("Siamese: Barlow Twins as a whole agrees with central differences, chunks and ranks",
          "[method]") {
  check_family(BarlowTwins{});
}

TEST_CASE("Siamese: a user's own loss trains by the same line", "[method]") {
  check_family(mine::Near{});
  using Own = Siamese<mine::Near>;
  Learner<Own, Sgd, D> learner(
      Recipe<Own, Sgd>{.method = {.encoder = tiny_resnet, .head = {.hidden = 9, .outputs = 5}},
                       .optimizer = {.rate = 0.02},
                       .batch = 6,
                       .steps = 6},
      small_setup);
  FormulaBatches<D> batches(small_image, 6, 2);
  const double first = learner.step(batches.at(0)).value;
  double last = first;
  for (int step = 1; step < 6; ++step) last = learner.step(batches.at(0)).value;
  CHECK(last < first);
}

TEST_CASE("Siamese: differentiate moves nothing that lives, follow moves the buffers", "[method]") {
  using M = Siamese<VICReg>;
  WholeMethod<D, M> m({.encoder = tiny_resnet, .head = {.hidden = 9, .outputs = 5}}, 6);
  const auto before = m.kept();
  m.value();
  CHECK(m.kept() == before);
  FormulaBatches<D> batches(small_image, 6, 2);
  m.learner().recipe().method.follow(m.learner().pass(), m.learner().state(), batches.at(0));
  CHECK(m.kept() != before);
}
