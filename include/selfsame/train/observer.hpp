/// @file
/// Who watches a training.
#pragma once
#include <selfsame/core/method.hpp>

namespace selfsame {

/// What an observer may ask for.
enum class Flow { go_on, stop };

/// Called after every step with where training is (steps done: progress.step + 1) and the method's
/// report, whose rows are valid until the next step. It may return Flow::stop.
template <class O, class D>
concept Observer = requires(O observer, const Progress& progress, const Report<D>& report) {
  observer(progress, report);
};

/// Tells an observer; whoever returns nothing goes on.
template <class D, Observer<D> O>
Flow tell(O& observer, const Progress& progress, const Report<D>& report) {
  if constexpr (std::same_as<decltype(observer(progress, report)), Flow>)
    return observer(progress, report);
  else
    observer(progress, report);
  return Flow::go_on;
}

/// Makes the batch of any step: a `Loader`, or anything of your own. The batch lives until the next.
template <class S, class D>
concept BatchSource = requires(S source, Index step) {
  { source.at(step) } -> std::convertible_to<const Batch<D>&>;
};

}  // namespace selfsame
