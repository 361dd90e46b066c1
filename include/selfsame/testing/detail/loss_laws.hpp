/// @file
/// The laws of gradients.
#pragma once
#include <selfsame/testing/detail/laws.hpp>

namespace selfsame::testing::detail {

template <class L, class E>
class LossLaws : private Laws<L, E> {
  using Base = Laws<L, E>;
  using typename Base::F64;

 public:
  LossLaws(const L& loss, const E& example) : Base(loss, example) {}

  Report check() {
    Base::check_the_common_ones();
    if (sound_) {
      agrees_with_differences();
      writes_or_adds_by_weight();
      passes_on_what_is_not_finite();
      agrees_in_extremes<F64>("");
      agrees_in_extremes<Cpu>(" in float");
    }
    return report_;
  }

 private:
  void agrees_with_differences() {
    Setting setting = Base::at();
    setting.padding = 0;
    Call<F64, L, E> loss(policy_, example_, setting);
    const double value = loss();
    const double largest = outcome(loss, setting.images).largest();
    this->require(largest > 0, "all gradients are 0, which shows nothing");
    loss.given.each_array([&](auto& a) {
      if (a.differentiable) {
        const auto gradient = a.result;
        const double error = gradient_error(
            std::span(a.value), std::span(std::as_const(gradient)), [&] { return loss(); },
            1e-3 * largest);
        this->require(error < expected_.differences,
                      "the gradient of " + a.name + " differs from central differences by " +
                          number_text(error) + " of its largest number");
      } else {
        std::reverse(a.value.begin(), a.value.end());
        this->require(loss() != value, "the value does not depend on " + a.name);
      }
      a.value = a.as_made;
      loss();
    });
  }

  void writes_or_adds_by_weight() {
    Setting setting = Base::at();
    setting.before = 3;
    setting.weight = -2.5;
    const Outcome weighted = Base::template call<F64>(setting);
    setting.add = true;
    const Outcome added = Base::template call<F64>(setting);
    this->require(same_bits(weighted.value, normal_.value),
                  "the weight of an input changes the value");
    this->require(same_bits(added.value, weighted.value),
                  "the value depends on whether gradients are written or added");
    this->require(added.intact && weighted.intact,
                  "memory behind the columns of a gradient is written where weights are not 1");
    Outcome scaled = normal_, sum = normal_;
    for (std::size_t k = 0; k < scaled.arrays.size(); ++k) {
      for (double& g : scaled.arrays[k].numbers) g *= weighted.arrays[k].weight;
      sum.arrays[k].numbers = scaled.arrays[k].numbers;
      for (double& g : sum.arrays[k].numbers) g += 3;
    }
    this->each_result([&](std::size_t k, const std::string& name) {
      this->require(array_error(weighted, scaled, k) < 1e-12,
                    "the " + name + " is not scaled by the weight of its input");
      this->require(array_error(added, sum, k) < 1e-12,
                    "the " + name + " is not added where the input asks for it");
    });
  }

  void passes_on_what_is_not_finite() {
    Setting setting = Base::at();
    setting.padding = 0;
    Call<F64, L, E> loss(policy_, example_, setting);
    const auto with = [&](auto& a, std::size_t i, double x) {
      a.value[i] = x;
      loss();
      a.value[i] = a.as_made[i];
      return outcome(loss, setting.images);
    };
    loss();
    const Outcome before = outcome(loss, setting.images);
    loss.given.each_array([&](auto& a) {
      for (const double odd :
           {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
        bool seen = true, agree = true;
        for (std::size_t i = 0; i < a.value.size(); ++i) {
          const bool read = !same_bits(with(a, i, 1e3), before) ||  // some rows are left out
                            !same_bits(with(a, i, -1e3), before);
          try {
            const Outcome result = with(a, i, odd);
            bool gradients = true;
            for (const auto& array : result.arrays)
              gradients = gradients && testing::finite(std::span(array.numbers));
            seen = seen && (!read || !std::isnan(odd) || !std::isfinite(result.value));
            agree = agree && std::isfinite(result.value) == gradients;
          } catch (const std::invalid_argument&) {  // that is said, too
            a.value[i] = a.as_made[i];
          }
        }
        this->require(seen, "a NaN in " + a.name + " does not show in the value");
        this->require(agree, "with " + number_text(odd) + " in " + a.name +
                                 " the value is finite and the gradient is not, or the reverse");
      }
    });
  }

  /// Long rows, and the least temperature there is.
  template <class D>
  void agrees_in_extremes(const std::string& where) {
    Setting setting = Base::at();
    setting.padding = 0;
    const auto check = [&](const L& policy, double factor, const std::string& what) {
      Call<D, L, E> loss(policy, example_, setting);
      try {
        loss();
        loss.given.each_array([&](auto& a) {
          using T = typename std::remove_cvref_t<decltype(a.value)>::value_type;
          for (std::size_t i = 0; i < a.value.size(); ++i)
            a.value[i] = a.as_made[i] = static_cast<T>(factor) * a.value[i];
        });
        loss();
      } catch (const std::invalid_argument&) {
        return;
      }
      const Outcome result = outcome(loss, setting.images);
      bool gradients = true;
      for (const auto& array : result.arrays)
        gradients = gradients && testing::finite(std::span(array.numbers));
      this->require(
          std::isfinite(result.value) == gradients,
          "with " + what + where + " the value is finite and the gradient is not, or the reverse");
    };
    for (const double factor : {1e-18, 1e10, 1e18})
      check(policy_, factor, number_text(factor) + " times the inputs");
    if constexpr (requires(L policy) { policy.temperature = 0x1p-20; }) {
      L policy = policy_;
      policy.temperature = 0x1p-20;
      check(policy, 1, "a temperature of 2^-20");
      check(policy, 1e18, "a temperature of 2^-20 and 1e+18 times the inputs");
    }
  }

  using Base::example_;
  using Base::expected_;
  using Base::normal_;
  using Base::policy_;
  using Base::report_;
  using Base::sound_;
};

}  // namespace selfsame::testing::detail
