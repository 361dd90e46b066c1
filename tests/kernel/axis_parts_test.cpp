#include <selfsame/kernel/cpu/detail/convolution/axis_parts.hpp>

#include <catch2/catch.hpp>

#include <set>

using namespace selfsame;

namespace {

using Pair = std::tuple<Index, Index, Index>;  // position written, position seen, tap

std::set<Pair> pairs(const internal::Axis& axis) {
  std::set<Pair> all;
  Index count = 0;
  for (const internal::AxisPart& p : axis)
    for (Index i = 0; i < p.count; ++i)
      for (Index t = 0; t < p.taps; ++t, ++count)
        all.insert({p.first + i * p.step, p.source + i * p.pace + t, axis.tap[p.slot + t]});
  CHECK(count == static_cast<Index>(all.size()));
  return all;
}

std::set<Index> positions(const internal::Axis& axis) {
  std::set<Index> all;
  for (const internal::AxisPart& p : axis)
    for (Index i = 0; i < p.count; ++i) CHECK(all.insert(p.first + i * p.step).second);
  return all;
}

}  // namespace

TEST_CASE(
    "the parts of an axis hold each position once, and every tap inside the image and no other",
    "[kernel]") {
  for (Index inputs = 1; inputs <= 9; ++inputs)
    for (Index kernel = 1; kernel <= 5; ++kernel)
      for (Index stride = 1; stride <= 4; ++stride)
        for (Index padding = 0; padding <= 3; ++padding) {
          const Window w{kernel, kernel, stride, padding};
          const Index outputs = convolved({1, inputs, inputs, 1}, 1, w).height;
          CAPTURE(inputs, kernel, stride, padding, outputs);
          std::set<Pair> forward, back;
          for (Index o = 0; o < outputs; ++o)
            for (Index k = 0; k < kernel; ++k)
              if (const Index i = o * stride + k - padding; i >= 0 && i < inputs) {
                forward.insert({o, i, k});
                back.insert({i, o, k});
              }
          Workspace scratch;
          const auto out = internal::axis_of_outputs(scratch, inputs, outputs, kernel, w);
          const auto in = internal::axis_of_inputs(scratch, inputs, outputs, kernel, w);
          CHECK(pairs(out) == forward);
          CHECK(pairs(in) == back);
          CHECK(static_cast<Index>(positions(out).size()) == outputs);
          CHECK(static_cast<Index>(positions(in).size()) == inputs);
        }
}

TEST_CASE(
    "an image larger than its window has one part inside and one for each position at the border",
    "[kernel]") {
  Workspace scratch;
  CHECK(internal::axis_of_outputs(scratch, 28, 28, 3, {3, 3, 1, 1}).count == 3);
  CHECK(internal::axis_of_outputs(scratch, 28, 14, 3, {3, 3, 2, 1}).count == 2);
  CHECK(internal::axis_of_inputs(scratch, 28, 14, 3, {3, 3, 2, 1}).count == 3);  // two phases
}
