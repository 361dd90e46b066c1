/// @file
/// Ctrl-C: the step ends, then the training stops.
#pragma once
#include <csignal>

namespace selfsame::program {

inline volatile std::sig_atomic_t caught_signal = 0;

/// Until it goes away, SIGINT and SIGTERM only set `caught_signal`; the second one ends the program.
class Interrupts {
 public:
  Interrupts() {
    struct sigaction action {};
    action.sa_handler = [](int signal) { caught_signal = signal; };
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, &before_[0]);
    sigaction(SIGTERM, &action, &before_[1]);
  }
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;
  ~Interrupts() {
    sigaction(SIGINT, &before_[0], nullptr);
    sigaction(SIGTERM, &before_[1], nullptr);
  }

 private:
  struct sigaction before_[2]{};
};

}  // namespace selfsame::program
