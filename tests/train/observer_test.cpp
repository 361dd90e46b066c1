#include <selfsame/train/observer.hpp>

#include <selfsame/io/event_file.hpp>
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using namespace selfsame;

TEST_CASE("Observer: who returns nothing goes on, who returns a Flow is heard", "[train]") {
  int calls = 0;
  auto silent = [&](const Progress&, const Report<Cpu>&) { ++calls; };
  auto stops = [&](const Progress&, const Report<Cpu>&) { return Flow::stop; };
  CHECK(tell<Cpu>(silent, {}, {}) == Flow::go_on);
  CHECK(calls == 1);
  CHECK(tell<Cpu>(stops, {}, {}) == Flow::stop);
}

TEST_CASE("Observer: one of a line writes the loss of each step for TensorBoard", "[train]") {
  const TemporaryFolder folder;
  EventFile events(folder / "run");
  auto observer = [&](const Progress& at, const Report<Cpu>& report) {
    events.add(at.step + 1, "loss", report.value);
  };
  Report<Cpu> report;
  report.value = 0.5f;
  tell<Cpu>(observer, {.step = 6}, report);
  const std::string scalar = detail::scalar_event(0, 7, "loss", 0.5f).text().substr(9);
  CHECK(read_file(events.path()).find(scalar) != std::string::npos);
}
