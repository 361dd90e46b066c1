#include <selfsame/positives/embedded.hpp>

#include "support/catch.hpp"

using namespace selfsame;

TEST_CASE("What is embedded and not said is empty: no labels, no draws, nothing remembered",
          "[positives]") {
  const Embedded<Cpu> nothing;
  CHECK((nothing.batch == 0 && nothing.queries.empty()));
  CHECK((nothing.labels.size == 0 && nothing.draws.size == 0 && nothing.remembered.rows == 0));
}
