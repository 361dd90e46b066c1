// compile-options: -march=x86-64-v3 -Og
// Losses against columns, banks, prototypes and words give the same bits wherever their numbers lie, and so do labels.
#include <selfsame/assigner/teacher_labels.hpp>
#include <selfsame/assigner/tokenizer.hpp>
#include <selfsame/loss/bank_info_nce.hpp>
#include <selfsame/loss/info_nce.hpp>
#include <selfsame/loss/masked_tokens.hpp>
#include <selfsame/loss/noise_contrastive.hpp>
#include <selfsame/loss/swapped_prediction.hpp>

#include "flags/addresses.hpp"

using namespace selfsame;
using namespace selfsame::test;

TEST_CASE("Losses against columns give the same bits wherever their rows lie", "[flags]") {
  check_addresses([](Places& p) {
    return numbers(info_nce(p.device, p.differentiable(), p.in(1), {}, 0.5), p.out());
  });
  check_addresses([](Places& p) {
    const Differentiable<F64> words{
        p.in(1), p.out()};  // the bank is the first rows, so only one gradient is written
    std::vector<Index> labels(rows);
    for (Index i = 0; i < rows; ++i) labels[static_cast<std::size_t>(i)] = 7 * i % rows;
    return numbers(
        linear_cross_entropy(p.device, words, p.in(0), NoBias{}, view<F64>(std::as_const(labels))),
        p.out());
  });
  check_addresses([](Places& p) {
    std::vector<double> codes(static_cast<std::size_t>(2 * 15 * rows),
                              1.0 / rows);  // 15 images, 4 views, 2 of them coded
    return numbers(swapped_prediction(p.device, p.differentiable(), p.in(1),
                                      In<F64>{codes.data(), 2 * 15, rows}),
                   p.out());
  });
}

TEST_CASE("Losses against a bank give the same bits wherever their rows lie", "[flags]") {
  std::vector<Index> own(rows), few{3, 14, 15, 9, 26}, lists;
  for (Index i = 0; i < rows; ++i) {
    own[static_cast<std::size_t>(i)] = i;
    for (Index j = 0; j < 5; ++j) lists.push_back((i + 11 * j) % rows);
  }
  const OwnNegatives<F64> apart{{lists.data(), rows, 5}};
  const SharedNegatives<F64> shared{view<F64>(std::as_const(own)), view<F64>(std::as_const(few))};
  const auto check = [](const auto& picks) {
    check_addresses([=](Places& p) {
      return numbers(bank_info_nce(p.device, p.differentiable(), p.in(1), picks), p.out());
    });
    check_addresses([=](Places& p) {
      return numbers(bank_nce(p.device, p.differentiable(), p.in(1), picks, 0.3), p.out());
    });
  };
  check(apart);
  check(shared);
}

TEST_CASE("Labels of teachers and tokenizers are the same wherever their logits lie", "[flags]") {
  check_addresses([](Places& p) {
    TeacherLabels{}.targets(p.pass, p.in(0), p.out());
    std::vector<Index> labels(rows);
    std::vector<double> sure(rows);
    TeacherLabels{}.label(p.pass, p.in(0), view<F64>(labels), view<F64>(sure));
    std::vector<double> all = numbers(0, p.out());
    all.insert(all.end(), labels.begin(), labels.end());
    all.insert(all.end(), sure.begin(), sure.end());
    return all;
  });
  check_addresses([](Places& p) {
    std::vector<Index> tokens(rows);
    token_argmax(p.device, p.in(0), view<F64>(tokens));
    return std::vector<double>(tokens.begin(), tokens.end());
  });
}
