/// @file
/// The one header with pragmas of OpenMP (decision D7): work is cut by size, never by the number of
/// threads, so a program has the same bits with 1, 2 or 7 of them, and without OpenMP.
#pragma once
#include <selfsame/tensor/device.hpp>

#include <algorithm>
#if defined(_OPENMP)
#include <omp.h>
#endif

namespace selfsame {
inline namespace SELFSAME_FLAGS {

/// How many pieces of at most `each` cover `size`.
constexpr Index pieces(Index size, Index each) { return (size + each - 1) / each; }

/// How many threads `parallel` uses at most for `tasks` tasks: so many pieces of scratch it needs.
template <class R, class A>
Index workers(const BasicCpu<R, A>& device, Index tasks) {
#if defined(_OPENMP)
  return std::clamp<Index>(device.threads, 1, std::max<Index>(tasks, 1));
#else
  static_cast<void>(device), static_cast<void>(tasks);
  return 1;
#endif
}

/// Calls f(task, thread) for each task once, in any order; thread < workers(device, tasks). `f` must
/// not throw, and what it writes may depend on the task, never on the thread. Inside, kernels get a
/// device of one thread.
template <class R, class A, class F>
void parallel(const BasicCpu<R, A>& device, Index tasks, F&& f) {
  const int threads = static_cast<int>(workers(device, tasks));
  if (threads == 1) {
    for (Index task = 0; task < tasks; ++task) f(task, Index{0});
    return;
  }
#if defined(_OPENMP)
#pragma omp parallel num_threads(threads)
  {
    const Index thread = omp_get_thread_num();
#pragma omp for schedule(dynamic, 1)
    for (Index task = 0; task < tasks; ++task) f(task, thread);
  }
#endif
}

/// Calls f(first, count) for pieces of at most `each` that cover `size`.
template <class R, class A, class F>
void parallel_pieces(const BasicCpu<R, A>& device, Index size, Index each, F&& f) {
  parallel(device, pieces(size, each),
           [&](Index task, Index) { f(task * each, std::min(each, size - task * each)); });
}

}  // namespace SELFSAME_FLAGS
}  // namespace selfsame
