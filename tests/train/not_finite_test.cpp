#include <selfsame/train/not_finite.hpp>

#include "support/catch.hpp"

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;

namespace {

struct Some {
  Store<Cpu> store;
  Trained<Cpu> network;
  Cpu device;
  Workspace scratch;
  Pass<Cpu> pass{.device = &device, .workspace = &scratch};

  Some() {
    Layout layout = Layout::on<Cpu>();
    for (const char* name : {"a", "b", "c"}) layout.weight(name, Kind::weight, {5}, ones);
    network = reserve_trained(store, layout, 1);
    pass.progress.step = 16;
  }
};

}  // namespace

TEST_CASE("A loss that is not finite is said with its step and its kind", "[train]") {
  Some s;
  CHECK_NOTHROW(detail::require_finite_loss(s.pass, 1e38f));
  CHECK_THROWS_WITH(detail::require_finite_loss(s.pass, NAN),
                    StartsWith("selfsame: step 17: the loss is nan. "));
  CHECK_THROWS_WITH(detail::require_finite_loss(s.pass, -INFINITY), ContainsSubstring("is -inf"));
}

TEST_CASE("A gradient that is not finite is said by the name of its first segment", "[train]") {
  Some s;
  const std::span<const Trained<Cpu>> networks(&s.network, 1);
  CHECK_NOTHROW(detail::require_finite_gradients(s.pass, networks));
  s.network.gradient[1][4] = INFINITY;
  CHECK_THROWS_WITH(detail::require_finite_gradients(s.pass, networks),
                    StartsWith("selfsame: step 17: the gradient of 'b' is not finite. "));
  s.network.gradient[2][0] = NAN;
  CHECK_THROWS_AS(detail::require_finite_gradients(s.pass, networks), NotFinite);
  CHECK_THROWS_WITH(detail::require_finite_gradients(s.pass, networks),
                    ContainsSubstring("'b' is not finite (first of 2 segments)"));
}

TEST_CASE("Entries are refused by name, but for a memory's logarithm of nothing", "[train]") {
  Some s;
  const auto memory = s.store.vector<float>("memory", 3, -INFINITY);
  s.store.vector<Index>("steps", 3, 7);
  const auto check = [&] { detail::require_finite_entries(s.device, s.store, s.pass.progress); };
  CHECK_NOTHROW(check());
  memory[2] = NAN;
  CHECK_THROWS_WITH(check(), StartsWith("selfsame: after step 16: 'memory' has a number") &&
                                 ContainsSubstring("(nan)"));
  memory[2] = 0;
  s.network.gradient[0][0] = NAN;  // scratch
  CHECK_NOTHROW(check());
  s.network.parameters[2][1] = -INFINITY;
  CHECK_THROWS_WITH(check(), ContainsSubstring("'online', segment 'c', has"));
}

TEST_CASE("A target does not follow parameters that are not finite", "[train]") {
  Some s;
  const float online[] = {1, 2, INFINITY};
  CHECK_NOTHROW(detail::require_finite_parameters<Cpu>(s.pass, {online, 2}));
  CHECK_THROWS_WITH(detail::require_finite_parameters<Cpu>(s.pass, {online, 3}),
                    ContainsSubstring("number 2 of 3 online parameters is inf"));
}
