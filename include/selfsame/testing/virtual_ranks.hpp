/// @file
/// Ranks without a network: k threads of one process.
#pragma once
#include <selfsame/core/communicator.hpp>

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace selfsame::testing {

/// Runs a function once a rank, each in a thread with a communicator of its own.
///
///     VirtualRanks{4}.run([&](Communicator& ranks) { ... });
///
/// Sums run in rank order, so all ranks get the same bits. What a rank throws ends the others at their
/// next collective call and comes out of `run`: the first in rank order. Ranks that make different
/// calls, or a rank that makes fewer than the others, throw std::logic_error instead of hanging.
class VirtualRanks {
 public:
  explicit VirtualRanks(Index ranks) : given_(static_cast<std::size_t>(ranks)) {
    if (ranks < 1) throw std::invalid_argument("selfsame: there must be at least one rank");
  }

  void run(const std::function<void(Communicator&)>& f) {
    waiting_ = 0;
    inside_ = given_.size();
    broken_ = false;
    std::vector<std::exception_ptr> thrown(given_.size());
    std::vector<std::thread> threads;
    for (std::size_t r = 0; r < given_.size(); ++r)
      threads.emplace_back([&, r] {
        One one(*this, static_cast<Index>(r));
        try {
          f(one);
        } catch (const Ended&) {  // another rank says why
        } catch (...) {
          thrown[r] = std::current_exception();
        }
        leave(thrown[r] != nullptr);
      });
    for (std::thread& t : threads) t.join();
    for (const std::exception_ptr& e : thrown)
      if (e != nullptr) std::rethrow_exception(e);
    if (broken_)
      throw std::logic_error("selfsame: a rank made fewer collective calls than the others");
  }

 private:
  struct Ended {};
  struct Given {  // what a rank calls, and with what
    std::string call;
    std::vector<std::byte> bytes;
  };

  void wait() {
    std::unique_lock lock(mutex_);
    if (inside_ < given_.size()) end();  // whoever has left does not come
    if (broken_) throw Ended{};
    const std::size_t turn = turn_;
    if (++waiting_ == given_.size()) {
      waiting_ = 0;
      ++turn_;
      everybody_.notify_all();
      return;
    }
    everybody_.wait(lock, [&] { return turn_ != turn || broken_; });
    if (turn_ == turn) throw Ended{};
  }
  void leave(bool with_an_exception) {
    const std::lock_guard lock(mutex_);
    --inside_;
    if (with_an_exception || waiting_ > 0) end();
  }
  void end() {
    broken_ = true;
    everybody_.notify_all();
  }

  class One final : public Communicator {
   public:
    One(VirtualRanks& all, Index me) : all_(all), me_(me) {}
    Index rank() const override { return me_; }
    Index size() const override { return static_cast<Index>(all_.given_.size()); }

    void sum(void* data, Index count, Number n) override {
      fold("sum", data, count, n, [](auto a, auto b) { return static_cast<decltype(a)>(a + b); });
    }
    void max(void* data, Index count, Number n) override {
      fold("max", data, count, n, [](auto a, auto b) { return a < b || b != b ? b : a; });
    }
    void broadcast(void* data, Index count, Number n, Index root) override {
      const Index bytes = count * bytes_of(n);
      exchange("broadcast from " + std::to_string(root), bytes, data, bytes,
               [&] { copy(data, root, 0, bytes); });
    }
    void gather(const void* mine, void* all, const Index* counts, Number n) override {
      const Index unit = bytes_of(n);
      exchange("gather" + list(counts), unit, mine, counts[me_] * unit, [&] {
        auto* to = static_cast<std::byte*>(all);
        for (Index r = 0; r < size(); ++r) {
          copy(to, r, 0, counts[r] * unit);
          to += counts[r] * unit;
        }
      });
    }
    void gather_adjoint(const void* all, void* mine, const Index* counts, Number n) override {
      Index total = 0, first = 0;
      for (Index r = 0; r < size(); ++r) {
        if (r == me_) first = total;
        total += counts[r];
      }
      exchange("gather_adjoint" + list(counts), bytes_of(n), all, total * bytes_of(n), [&] {
        as_type(n, [&]<class T>(T*) {
          fold_into(static_cast<T*>(mine), first, counts[me_],
                    [](T a, T b) { return static_cast<T>(a + b); });
        });
      });
    }

   private:
    // Everybody shows its numbers, everybody reads, nobody goes on before all have read.
    template <class Read>
    void exchange(const std::string& call, Index unit, const void* mine, Index bytes, Read&& read) {
      Given& g = all_.given_[static_cast<std::size_t>(me_)];
      g.call = call + " of " + std::to_string(unit) + " bytes";
      g.bytes.resize(static_cast<std::size_t>(bytes));
      if (bytes > 0) std::memcpy(g.bytes.data(), mine, g.bytes.size());
      all_.wait();
      for (const Given& other : all_.given_)
        if (other.call != g.call)
          throw std::logic_error("selfsame: one rank calls " + g.call + ", another one " +
                                 other.call);
      read();
      all_.wait();
    }
    template <class F>
    void fold(const char* name, void* data, Index count, Number n, F&& f) {
      const Index bytes = count * bytes_of(n);
      exchange(name, bytes, data, bytes, [&] {
        as_type(n, [&]<class T>(T*) { fold_into(static_cast<T*>(data), 0, count, f); });
      });
    }
    template <class T, class F>
    void fold_into(T* to, Index first, Index count, F&& f) {
      for (Index i = 0; i < count; ++i) {
        T value{};
        for (Index r = 0; r < size(); ++r) {
          T x;
          std::memcpy(&x, shown(r) + (first + i) * static_cast<Index>(sizeof(T)), sizeof(T));
          value = r == 0 ? x : f(value, x);
        }
        to[i] = value;
      }
    }
    const std::byte* shown(Index r) const {
      return all_.given_[static_cast<std::size_t>(r)].bytes.data();
    }
    void copy(void* to, Index from, Index first, Index bytes) const {
      if (bytes > 0) std::memcpy(to, shown(from) + first, static_cast<std::size_t>(bytes));
    }
    std::string list(const Index* counts) const {
      std::string s;
      for (Index r = 0; r < size(); ++r) s.append(" ").append(std::to_string(counts[r]));
      return s;
    }

    VirtualRanks& all_;
    Index me_;
  };

  std::vector<Given> given_;
  std::mutex mutex_;
  std::condition_variable everybody_;
  std::size_t waiting_ = 0, turn_ = 0, inside_ = 0;
  bool broken_ = false;
};

}  // namespace selfsame::testing
