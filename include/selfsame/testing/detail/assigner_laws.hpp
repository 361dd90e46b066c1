/// @file
/// The laws of labels and codes.
#pragma once
#include <selfsame/testing/detail/laws.hpp>

namespace selfsame::testing::detail {

template <class A, class E>
class AssignerLaws : private Laws<A, E> {
  using Base = Laws<A, E>;
  using typename Base::F64;

 public:
  AssignerLaws(const A& assigner, const E& example) : Base(assigner, example) {}

  Report check() {
    Base::check_the_common_ones();
    if (sound_) depends_on_its_inputs();
    if (sound_) refuses_a_nan();
    for (Index images = expected_.fewest; images <= expected_.images; ++images)
      keeps_the_range(images);
    return report_;
  }

 private:
  void keeps_the_range(Index images) {
    const Outcome result = Base::template call<F64>({.images = images});
    const std::string who = " of " + std::to_string(images) + (images == 1 ? " image" : " images");
    for (const auto& a : result.arrays) {
      bool inside = true, whole = true;
      if (a.classes > 0)
        for (const double label : a.numbers)
          inside = inside && label >= -1 && label < static_cast<double>(a.classes);
      for (std::size_t first = 0; a.shares > 0 && first < a.numbers.size();
           first += static_cast<std::size_t>(a.shares)) {
        double sum = 0;
        for (std::size_t c = first; c < first + static_cast<std::size_t>(a.shares); ++c) {
          sum += a.numbers[c];
          whole = whole && a.numbers[c] >= 0;
        }
        whole = whole && std::abs(sum - 1) < 1e-9;
      }
      this->require(inside, a.name + who + " are out of range, or not written");
      this->require(whole, "a row of the " + a.name + who + " is no distribution");
    }
  }

  void depends_on_its_inputs() {
    Setting setting = Base::at();
    setting.padding = 0;
    Call<F64, A, E> assigner(policy_, example_, setting);
    assigner();
    const Outcome before = outcome(assigner, setting.images);
    assigner.given.each_array([&](auto& a) {
      if (a.value.empty()) return;
      std::reverse(a.value.begin(), a.value.end());
      assigner();
      this->require(!same_bits(outcome(assigner, setting.images), before),
                    "nothing depends on the " + a.name);
      a.value = a.as_made;
    });
  }

  void refuses_a_nan() {
    Setting setting = Base::at();
    setting.padding = 0;
    Call<F64, A, E> assigner(policy_, example_, setting);
    const auto with = [&](auto& a, std::size_t i, double x) {
      a.value[i] = x;
      assigner();
      a.value[i] = a.as_made[i];
      return outcome(assigner, setting.images);
    };
    assigner();
    const Outcome before = outcome(assigner, setting.images);
    assigner.given.each_array([&](auto& a) {
      bool seen = true;
      for (std::size_t i = 0; i < a.value.size(); ++i) {
        if (same_bits(with(a, i, 1e3), before) && same_bits(with(a, i, -1e3), before)) continue;
        try {
          seen = seen && !with(a, i, std::numeric_limits<double>::quiet_NaN()).finite();
        } catch (const std::invalid_argument&) {
          a.value[i] = a.as_made[i];
        }
      }
      this->require(seen, "a NaN in the " + a.name + " is neither refused nor passed on");
    });
  }

  using Base::example_;
  using Base::expected_;
  using Base::normal_;
  using Base::policy_;
  using Base::report_;
  using Base::sound_;
};

}  // namespace selfsame::testing::detail
