#include <selfsame/testing/layer_run.hpp>

#include <selfsame/nn/linear.hpp>

#include "support/catch.hpp"

using namespace selfsame;
using namespace selfsame::testing;

namespace {

// Linear with one fault: what a check must see.
enum class Fault { none, gradient, input, forgets, overwrites, impure };
template <Fault fault>
struct Broken : Linear {
  template <class D>
  void forward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>& w, Out<D> y, None& a,
               None& b) const {
    Linear::forward(pass, in, x, w, y, a, b);
    if (fault == Fault::forgets) y(0, 0) = std::numeric_limits<Activation<D>>::quiet_NaN();
    static int calls = 0;
    if (fault == Fault::impure) y(0, 0) += static_cast<Activation<D>>(++calls);
  }
  template <class D>
  void backward(const Pass<D>& pass, Shape in, In<D> x, const Fixed<D>& w, const None& a, In<D> dy,
                Out<D> dx, Slice<Real<D>, D> dtheta) const {
    if (fault == Fault::overwrites) std::fill(dtheta[0].begin(), dtheta[0].end(), Real<D>(0));
    Linear::backward(pass, in, x, w, a, dy, dx, dtheta);
    if (fault == Fault::gradient) dtheta[1][0] *= Real<D>(1.01);
    if (fault == Fault::input && dx.data != nullptr) dx(0, 0) *= Activation<D>(1.01);
  }
};
template <Fault fault>
LayerErrors check() {
  return check_layer(Broken<fault>{{.outputs = 3}}, Shape{4, 1, 2, 5});
}

}  // namespace

TEST_CASE("layer check: a right layer passes", "[testing]") {
  const LayerErrors e = check<Fault::none>();
  CHECK(e.worst() < 1e-8);
  CHECK(e.kept_promises());
  CHECK(device_error<Cpu>(Linear{.outputs = 3}, {4, 1, 2, 5}) < 1e-6);
  CHECK(device_error<Cpu>(Linear{.outputs = 3}, {4, 1, 2, 5}) > 0);
}

TEST_CASE("layer check: each fault of a layer is seen", "[testing]") {
  CHECK(check<Fault::gradient>().weights > 1e-4);
  CHECK(check<Fault::input>().input > 1e-4);
  CHECK_FALSE(check<Fault::forgets>().overwrites);
  CHECK_FALSE(check<Fault::overwrites>().adds);
  CHECK_FALSE(check<Fault::impure>().pure);
}
