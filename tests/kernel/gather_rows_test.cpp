#include <selfsame/kernel/cpu/gather_rows.hpp>

#include "loss/reference.hpp"

using namespace selfsame;
using namespace selfsame::test;

TEMPLATE_TEST_CASE("Gathered rows are copies in the order asked for", "[kernel]",
                   SELFSAME_TEST_DEVICES) {
  using D = TestType;
  Strided<D> from(noise(50, 7, 1));
  for (const Index count : {0, 1, 2, 5000}) {
    std::vector<Index> which;
    for (Index i = 0; i < count; ++i) which.push_back((13 * i + 5) % 50);
    Strided<D> to(Dense::Zero(count, 7));
    const Out<D> out{to.value.data(), count, 7, 10};
    gather_rows(D{.threads = 3}, from.in(), view<D>(std::as_const(which)), out);
    bool equal = true;
    for (Index i = 0; i < count; ++i)
      for (Index c = 0; c < 7; ++c)
        equal = equal && out(i, c) == from.in()(which[static_cast<std::size_t>(i)], c);
    CHECK(equal);
    for (Index i = 0; i < count; ++i) equal = equal && std::isnan(out.row(i)[7]);
    CHECK(equal);
  }
}
