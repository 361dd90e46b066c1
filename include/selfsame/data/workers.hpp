/// @file
/// Threads that share the items of one job at a time, while the caller does something else.
#pragma once
#include <selfsame/tensor/device.hpp>

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

namespace selfsame {

/// A job is `task(item, worker)` for items 0 ... n - 1, in any order and at the same time; worker w
/// < size() is a thread, worker size() is the caller. With no threads the caller does all in
/// `finish`.
class Workers {
 public:
  using Task = std::function<void(Index item, Index worker)>;

  Workers(Index threads, Task task) : task_(std::move(task)) {
    for (Index w = 0; w < threads; ++w)
      threads_.emplace_back([this, w](const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        while (wake_.wait(lock, stop, [this] { return next_ < items_; }) && !stop.stop_requested())
          run_one(lock, w);
      });
  }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  ~Workers() { cancel(); }

  Index size() const { return static_cast<Index>(threads_.size()); }

  /// Begins a job of `items` and returns. The job before must have been finished or cancelled.
  void start(Index items) {
    {
      const std::lock_guard lock(mutex_);
      next_ = done_ = 0;
      items_ = items;
      error_ = nullptr;
    }
    wake_.notify_all();
  }
  /// Lends a hand, returns when all is done, and throws what the first item threw that threw.
  void finish() {
    std::unique_lock lock(mutex_);
    while (next_ < items_) run_one(lock, size());
    idle_.wait(lock, [this] { return done_ == items_; });
    if (error_ != nullptr) std::rethrow_exception(std::exchange(error_, nullptr));
  }
  /// Returns when nothing runs any more; items that have not begun never do.
  void cancel() {
    std::unique_lock lock(mutex_);
    items_ = next_;
    idle_.wait(lock, [this] { return done_ == items_; });
    error_ = nullptr;
  }

 private:
  void run_one(std::unique_lock<std::mutex>& lock, Index worker) {
    const Index item = next_++;
    lock.unlock();
    std::exception_ptr error;
    try {
      task_(item, worker);
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    if (error != nullptr && (error_ == nullptr || item < failed_)) {
      error_ = error;
      failed_ = item;
    }
    if (++done_ == items_) idle_.notify_all();
  }

  Task task_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable_any wake_;
  std::condition_variable_any idle_;
  Index items_ = 0, next_ = 0, done_ = 0;
  std::exception_ptr error_;
  Index failed_ = 0;                   // the item that threw error_
  std::vector<std::jthread> threads_;  // last: they stop before what they use goes away
};

}  // namespace selfsame
