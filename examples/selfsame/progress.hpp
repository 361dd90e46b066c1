/// @file
/// How far a training is, for a person who waits.
#pragma once
#include <selfsame/core/schedule.hpp>

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <utility>

namespace selfsame::program {

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

/// "2:05"
inline std::string minutes(double seconds) {
  const auto s = static_cast<long>(seconds + 0.5);
  char text[32];
  std::snprintf(text, sizeof text, "%ld:%02ld", s / 60, s % 60);
  return text;
}

/// On stderr: a bar that is redrawn where that is a terminal, else a line every ten seconds.
class ProgressBar {
 public:
  /// @param batch  images a step
  ProgressBar(std::string title, Index batch) : title_(std::move(title)), batch_(batch) {}

  void update(const Progress& at, double loss) {
    if (first_ < 0) first_ = at.step;
    const Index done = at.step + 1;
    const double now = watch_.seconds();
    const bool last = done == at.steps;
    if (!last && now < next_) return;
    next_ = now + (terminal_ ? 0.2 : 10);
    const double each = now / static_cast<double>(done - first_),
                 left = each * static_cast<double>(at.steps - done);
    const int filled = static_cast<int>(width * done / at.steps);
    if (terminal_)
      std::fprintf(stderr, "\r\033[K%s [%s%s] ", title_.c_str(),
                   std::string(static_cast<std::size_t>(filled), '#').c_str(),
                   std::string(static_cast<std::size_t>(width - filled), '.').c_str());
    else
      std::fprintf(stderr, "%s ", title_.c_str());
    std::fprintf(stderr, "%td/%td  loss %.4f  %.0f images/s  %s %s%s", done, at.steps, loss,
                 static_cast<double>(batch_) / each, minutes(last ? now : left).c_str(),
                 last ? "in all" : "left", terminal_ ? "" : "\n");
    open_ = terminal_;
    std::fflush(stderr);
  }
  /// Ends the line of the bar, so that something else can be printed.
  void pause() {
    if (std::exchange(open_, false)) std::fputc('\n', stderr);
  }
  double seconds() const { return watch_.seconds(); }
  ~ProgressBar() { pause(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

 private:
  static constexpr Index width = 28;
  std::string title_;
  Index batch_;
  bool terminal_ = isatty(STDERR_FILENO) != 0;
  bool open_ = false;
  Index first_ = -1;
  double next_ = 0;
  Stopwatch watch_;
};

}  // namespace selfsame::program
