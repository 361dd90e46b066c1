#include <selfsame/testing/check_assigner.hpp>

#include <algorithm>

#include "support/catch.hpp"

using namespace selfsame;
using namespace selfsame::testing;

namespace {

enum Fault : int {
  none,
  one_label_for_all,
  label_too_high,
  forgets_a_row,
  writes_padding,
  writes_input,
  reads_padding,
  not_repeated,
  adds,
  other_thread,
  counts_threads,
  by_rank,
  calls_less_often,
  by_place,
  by_number_type,
  not_normalised,
  negative,
  undefined_when_alone,
  takes_more_each_time,
  hides_a_nan,
};

// What both assigners below do wrong in the same way; `x` is what the first row gets.
template <class D>
double disturbed(int fault, const Pass<D>& pass, In<D> scores) {
  static const std::thread::id first_thread = std::this_thread::get_id();
  static int calls = 0;
  if (fault == writes_input && scores.rows > 0) const_cast<Activation<D>&>(scores(0, 0)) = 0;
  if (fault == takes_more_each_time) pass.workspace->template take<double>(1 << 14);
  if (fault == reads_padding && scores.rows > 0)
    return std::isnan(scores.data[scores.cols]) ? NAN : 0;
  if (fault == not_repeated) return ++calls;
  if (fault == other_thread) return std::this_thread::get_id() != first_thread;
  if (fault == counts_threads) return pass.device->threads;
  if (fault == by_number_type) return sizeof(Activation<D>) == 4;
  double sum = 0;
  if (fault == calls_less_often && pass.ranks->rank() == 1) return 0;
  pass.ranks->sum(&sum, 1, Number::real64);
  if (fault == by_rank) return static_cast<double>(pass.ranks->size());
  return 0;
}

// arg max of the scores, with one fault.
struct Largest {
  using plays = role::Assigner;
  int fault = none;

  template <class D>
  void assign(const Pass<D>& pass, In<D> scores, Vector<Index, D> labels) const {
    const double more = disturbed(fault, pass, scores);
    for (Index r = 0; r < scores.rows; ++r) {
      if (fault == forgets_a_row && r == 1) continue;
      const auto* const row = scores.row(r);
      if (fault != hides_a_nan &&
          std::any_of(row, row + scores.cols, [](auto x) { return x != x; }))
        throw std::invalid_argument("a score is not a number");
      labels[r] = std::max_element(row, row + scores.cols) - row;
      if (fault == by_place) labels[r] = (labels[r] + r) % scores.cols;
      if (fault == one_label_for_all) labels[r] = 2;
      if (fault == label_too_high && r == 0) labels[r] = scores.cols;
      if (more != 0 && r == 0) labels[r] = (labels[r] + static_cast<Index>(more)) % scores.cols;
    }
  }
};

// softmax of the scores, with one fault.
struct Softest {
  using plays = role::Assigner;
  int fault = none;
  Positive temperature = 0.7;

  template <class D>
  void assign(const Pass<D>& pass, In<D> scores, Out<D> codes) const {
    using T = Activation<D>;
    const double more = disturbed(fault, pass, scores);
    for (Index r = 0; r < scores.rows; ++r) {
      if (fault == forgets_a_row && r == 1) continue;
      double sum = 0;
      for (Index c = 0; c < scores.cols; ++c)
        sum += std::exp(static_cast<double>(scores(r, c)) / temperature);
      for (Index c = 0; c < scores.cols; ++c) {
        double q = std::exp(static_cast<double>(scores(r, c)) / temperature) / sum;
        if (fault == one_label_for_all) q = 0.2;
        if (fault == not_normalised) q *= 1.001;
        if (fault == undefined_when_alone && scores.rows == 1) q = NAN;
        if (more != 0 && r == 0) q = more + q;
        if (fault == adds && !std::isnan(codes(r, c))) q += static_cast<double>(codes(r, c));
        codes(r, c) = static_cast<T>(q);
      }
      if (fault == negative) codes(r, 0) -= 2, codes(r, 1) += 2;
      if (fault == by_place) std::rotate(codes.row(r), codes.row(r) + r % 2, codes.row(r) + 5);
      if (fault == writes_padding) codes.row(r)[codes.cols] = 0;
    }
  }
};

}  // namespace

TEST_CASE("check_assigner: right assigners keep all laws", "[testing]") {
  static_assert(AssignsLabels<Largest, Cpu> && !AssignsCodes<Largest, Cpu>);
  static_assert(AssignsCodes<Softest, Cpu> && !AssignsLabels<Softest, Cpu>);
  CHECK(check_assigner<Largest>());
  CHECK(check_assigner<Softest>());
  CHECK(check_assigner(Softest{.temperature = 0.1}));
}

TEST_CASE("check_assigner: each fault of an assigner of labels breaks the law that forbids it",
          "[testing]") {
  const auto [fault, law] = GENERATE(table<Fault, std::string>({
      {one_label_for_all, "nothing depends on the scores"},
      {label_too_high, "labels of 6 images are out of range, or not written"},
      {label_too_high, "labels of 1 image are out of range"},
      {forgets_a_row, "labels of 3 images are out of range, or not written"},
      {writes_input, "or an input, is written"},
      {not_repeated, "a second call with the same inputs gives other numbers"},
      {other_thread, "two threads with workspaces of their own disturb each other"},
      {counts_threads, "7 threads give other bits than one"},
      {counts_threads, "2 threads give other bits than one in float"},
      {by_rank, "2 ranks differ from one in the labels"},
      {calls_less_often, "4 ranks: selfsame: a rank made fewer collective calls"},
      {by_place, "images in another order differ in the labels"},
      {by_number_type, "float differs from double by 1 in the labels"},
      {takes_more_each_time, "a second call takes more scratch"},
      {hides_a_nan, "a NaN in the scores is neither refused nor passed on"},
  }));
  const Report report = check_assigner(Largest{.fault = fault});
  CAPTURE(law, to_string(report));
  CHECK(report.says(law));
}

TEST_CASE("check_assigner: each fault of an assigner of codes breaks the law that forbids it",
          "[testing]") {
  const auto [fault, law] = GENERATE(table<Fault, std::string>({
      {one_label_for_all, "nothing depends on the scores"},
      {not_normalised, "a row of the codes of 6 images is no distribution"},
      {negative, "a row of the codes of 2 images is no distribution"},
      {forgets_a_row, "a result is not finite, or not written"},
      {reads_padding, "a result is not finite"},
      {writes_padding, "memory behind the columns of a result"},
      {writes_input, "or an input, is written"},
      {not_repeated, "a second call with the same inputs gives other numbers"},
      {adds, "what stood in a result before comes through"},
      {other_thread, "two threads with workspaces of their own disturb each other"},
      {counts_threads, "3 threads give other bits than one"},
      {by_rank, "2 ranks differ from one in the codes"},
      {by_place, "images in another order differ in the codes"},
      {by_number_type, "a device with activations in float differs from double"},
      {undefined_when_alone, "1 image: a result is not finite"},
      {takes_more_each_time, "a second call takes more scratch"},
  }));
  const Report report = check_assigner(Softest{.fault = fault});
  CAPTURE(law, to_string(report));
  CHECK(report.says(law));
}

namespace {

// Labels and how sure they are, by a call that the kit does not know.
struct Sure {
  using plays = role::Assigner;
  bool wrong = false;

  template <class D>
  void label(const Pass<D>& pass, In<D> scores, Vector<Index, D> labels,
             Vector<Real<D>, D> how) const {
    Largest{}.assign(pass, scores, labels);
    for (Index r = 0; r < scores.rows; ++r)
      how[r] = wrong ? static_cast<Real<D>>(r) : static_cast<Real<D>>(scores(r, labels[r]));
  }
};

}  // namespace

template <>
struct selfsame::testing::Example<Sure> {
  static constexpr Expectations expectations{.many = 20};
  template <class D>
  void operator()(const Sure& assigner, const Pass<D>& pass, Given<D>& given) const {
    assigner.label(pass, given.constant("scores", 4), given.labels_out("labels", 4),
                   given.reals_out("confidences"));
  }
};

TEST_CASE("check_assigner: an assigner with results of its own is called by its Example",
          "[testing]") {
  CHECK(check_assigner<Sure>());
  const Report report = check_assigner(Sure{.wrong = true});
  CHECK(report.says("images in another order differ in the confidences"));
  CHECK(report.says("2 ranks differ from one in the confidences"));
  CHECK_FALSE(report.says("labels"));
}
