/// @file
/// The laws that losses and assigners share.
#pragma once
#include <selfsame/core/fields.hpp>
#include <selfsame/testing/detail/call.hpp>
#include <selfsame/testing/example.hpp>
#include <selfsame/testing/report.hpp>

#include <thread>

namespace selfsame::testing::detail {

inline std::string number_text(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", x);
  return text;
}

template <class E>
constexpr Expectations expectations_of() {
  if constexpr (requires { E::expectations; })
    return E::expectations;
  else
    return {};
}

/// Laws of the policy as a value: a copy is equal, its numbers can be set by name.
template <class P>
void check_fields(Report& report, const P& policy) {
  if constexpr (std::is_aggregate_v<P>) {
    P copy = policy;
    report.require(equal(copy, policy), "a copy is not equal");
    std::vector<std::string> assignments;
    each_field(policy, [&]<class T>(const std::string& name, const T& x) {
      if constexpr (std::is_same_v<T, bool>) {
        assignments.push_back(name + (x ? "=true" : "=false"));
      } else if constexpr (std::is_convertible_v<T, double> && !std::is_enum_v<T>) {
        char text[32];
        std::snprintf(text, sizeof text, "%.17g", static_cast<double>(x));
        assignments.push_back(name + "=" + text);
      }
    });
    for (const std::string& assignment : assignments) {
      set(copy, assignment);
      report.require(equal(copy, policy), "set to " + assignment + ", its own number, it changes");
    }
  }
}

template <class P, class E>
class Laws {
 protected:
  using F64 = BasicCpu<double>;
  using Mixed = BasicCpu<double, float>;

  Laws(const P& policy, const E& example) : policy_(policy), example_(example) {}

  template <class D>
  Outcome call(const Setting& setting, int threads = 1) const {
    return run<D>(policy_, example_, setting, threads);
  }
  Setting at() const { return {.images = expected_.images}; }
  void require(bool holds, const std::string& otherwise) { report_.require(holds, otherwise); }

  /// Whether it computes at all, and writes where it may; what follows compares with this call.
  bool begins() {
    normal_ = call<F64>(at());
    require(normal_.finite(), "a result is not finite, or not written");
    require(normal_.intact, "memory behind the columns of a result, or an input, is written");
    return sound_ = normal_.finite() && normal_.intact;
  }

  void does_not_see_what_stood_there() {
    Setting setting = at();
    setting.before = 3;
    require(same_bits(call<F64>(setting), normal_),
            "what stood in a result before comes through, though it is to be overwritten");
  }

  void can_be_repeated() {
    Call<F64, P, E> again(policy_, example_, at());
    again();
    const Outcome first = outcome(again, expected_.images);
    const std::size_t before = again.workspace.capacity();
    again();
    require(same_bits(outcome(again, expected_.images), first),
            "a second call with the same inputs gives other numbers");
    require(again.workspace.capacity() == before, "a second call takes more scratch");
  }

  void has_no_state() {
    Outcome each[2];
    std::thread other([&] { each[1] = several_times(); });
    each[0] = several_times();
    other.join();
    require(same_bits(each[0], normal_) && same_bits(each[1], normal_),
            "two threads with workspaces of their own disturb each other");
  }

  template <class D>
  void has_the_same_bits_with_any_threads(const std::string& where) {
    const Setting setting{.images = expected_.many};
    const Outcome one = call<D>(setting);
    for (const int threads : {2, 3, 7})
      require(same_bits(call<D>(setting, threads), one),
              std::to_string(threads) + " threads give other bits than one" + where);
  }

  void is_the_same_on_several_ranks() {
    Setting setting = at();
    setting.padding = 0;
    setting.images = 12;
    const Outcome one = call<F64>(setting);
    for (const Index count : {2, 4, 3}) {
      if (!expected_.several_ranks || (count == 3 && !expected_.unequal_ranks)) continue;
      setting.ranks = count;
      const std::string who = std::to_string(count) + " ranks";
      try {
        const Outcome several = call<F64>(setting);
        require(several.agree, who + " return values that differ from each other");
        require(value_error(several, one) < 1e-11, who + " differ from one in the value");
        each_result([&](std::size_t k, const std::string& name) {
          require(array_error(several, one, k) < 1e-10, who + " differ from one in the " + name);
        });
      } catch (const std::logic_error& e) {  // invalid_argument, too: it says what does not fit
        require(false, who + ": " + e.what());
      }
    }
  }

  void follows_the_order_of_images() {
    if (!expected_.any_order) return;
    Setting setting = at();
    setting.reordered = true;
    const Outcome other = call<F64>(setting);
    require(value_error(other, normal_) < 1e-11, "images in another order differ in the value");
    each_result([&](std::size_t k, const std::string& name) {
      require(array_error(other, normal_, k) < 1e-10,
              "images in another order differ in the " + name);
    });
  }

  template <class D>
  void is_near_double(const std::string& who, double bound) {
    const Outcome other = call<D>(at());
    const double value = value_error(other, normal_);
    require(value < bound, who + " differs from double by " + number_text(value) + " in the value");
    each_result([&](std::size_t k, const std::string& name) {
      const double error = array_error(other, normal_, k);
      require(error < bound,
              who + " differs from double by " + number_text(error) + " in the " + name);
    });
  }

  void takes_small_batches() {
    for (Index images = expected_.fewest; images < 4; ++images) {
      const Setting setting{.images = images};
      const std::string who = std::to_string(images) + (images == 1 ? " image" : " images");
      const Outcome result = call<F64>(setting);
      require(result.finite(), who + ": a result is not finite");
      require(call<Cpu>(setting).finite(), who + ": a result is not finite in float");
      require(result.intact, who + ": memory behind the columns of a result is written");
    }
  }

  Report check_the_common_ones() {
    if (begins()) {
      does_not_see_what_stood_there();
      can_be_repeated();
      has_no_state();
      has_the_same_bits_with_any_threads<F64>("");
      has_the_same_bits_with_any_threads<Cpu>(" in float");
      is_the_same_on_several_ranks();
      follows_the_order_of_images();
      is_near_double<Cpu>("float", expected_.single);
      is_near_double<Mixed>("a device with activations in float", expected_.mixed);
    }
    takes_small_batches();
    check_fields(report_, policy_);
    return report_;
  }

  template <class F>
  void each_result(const F& f) const {
    for (std::size_t k = 0; k < normal_.arrays.size(); ++k) {
      const auto& a = normal_.arrays[k];
      f(k, a.gradient ? "gradient of " + a.name : a.name);
    }
  }

  P policy_;
  E example_;
  Expectations expected_ = expectations_of<E>();
  Report report_{type_name<P>()};
  Outcome normal_;
  bool sound_ = false;

 private:
  Outcome several_times() const {
    Outcome last = normal_;
    for (int i = 0; i < 20 && same_bits(last, normal_); ++i) last = call<F64>(at());
    return last;
  }
};

}  // namespace selfsame::testing::detail
