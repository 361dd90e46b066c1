/// @file
/// What a policy is called with when its laws are checked: inputs by name, made where they are first asked for.
#pragma once
#include <selfsame/core/pass.hpp>
#include <selfsame/core/weights.hpp>
#include <selfsame/relation/relation.hpp>
#include <selfsame/testing/gradient_check.hpp>

#include <deque>
#include <string>
#include <vector>

namespace selfsame::testing {

/// How the numbers of an input are made; float holds all of them exactly.
enum class Numbers {
  normal,  ///< standard normal
  logits,  ///< eight times that: most rows are sure of a class
  unit,    ///< rows of unit length
  shares,  ///< rows that are distributions
};

/// The circumstances of a call. Laws compare calls that differ in one of them.
struct Setting {
  Index images = 6;        ///< of all ranks
  Index rank = 0;          ///< images are dealt out to ranks in order
  Index ranks = 1;         ///< of three, the second has none
  bool reordered = false;  ///< the same images in another order
  Index padding = 3;       ///< numbers behind each row that nobody may read or write
  double weight = 1;       ///< of Differentiable inputs; if not 1, the second has half of it ...
  bool add = false;        ///< gradients are added to `before`
  double before = std::numeric_limits<double>::quiet_NaN();  ///< what stands in gradients, outputs
};

/// A relation of the batch's images, whatever the order they come in.
template <class R>
struct Reordered {
  R relation;
  std::vector<Index> order{};  ///< the image of each row; empty: as they are
  Pair operator()(Index i, Index j) const {
    return order.empty()
               ? relation(i, j)
               : relation(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(j)]);
  }
  bool has_exceptions(PairBlock block) const {
    return !order.empty() || selfsame::has_exceptions(relation, block);
  }
};

/// The inputs and outputs of one call on one rank. Rows of a batch are `views` blocks of its images; what
/// is `shared` is the same on all ranks, and whatever the images are. Not moved: views point into it.
template <class D>
class Given {
 public:
  template <class T>
  struct Array {
    std::string name;
    Index views = 1, rows = 0, cols = 0, stride = 0;
    bool shared = false, differentiable = false, output = false, shares = false;
    Index which = 0;                    ///< of the Differentiable inputs, from 1
    std::vector<T> value{}, as_made{};  ///< of an input; `as_made` is what it was
    std::vector<T> result{};            ///< a gradient or an output
  };
  static constexpr Index unwritten = -1'000'000'007;
  struct Integers {
    std::string name;
    Index views = 1;
    Index classes = 0;  ///< of an output; an input has none
    std::vector<Index> numbers{};
  };

  explicit Given(const Setting& setting) : setting_(setting) {
    const Index n = setting.images;
    for (Index i = 0; i < n; ++i)
      order_.push_back(setting.reordered ? Random(7, Stream::test).permuted(i, n) : i);
    const auto first = [&](Index rank) {
      return setting.ranks == 3 && rank == 2 ? n / 3 : n * rank / setting.ranks;
    };
    first_ = first(setting.rank);
    images_ = first(setting.rank + 1) - first_;
    for (Index i = 0; i < images_; ++i) {
      keys_.push_back({{image(i), 0}, 0, 0});
      samples_.push_back(image(i));
    }
  }
  Given(const Given&) = delete;
  Given& operator=(const Given&) = delete;

  Index images() const { return images_; }  ///< of this rank
  Vector<const Key, D> keys() const { return view_of(keys_); }

  /// (views images, cols), differentiated.
  Differentiable<D> differentiable(std::string_view name, Index cols,
                                   Numbers numbers = Numbers::normal, Index views = 1) {
    return live_of<Differentiable<D>>(input(activations_, name, views, 0, cols, numbers));
  }
  /// (views images, cols), constant.
  In<D> constant(std::string_view name, Index cols, Numbers numbers = Numbers::normal,
                 Index views = 1) {
    return in(input(activations_, name, views, 0, cols, numbers));
  }
  /// (rows, cols) that all ranks have alike, whose gradients are summed over ranks.
  Differentiable<D> shared_live(std::string_view name, Index rows, Index cols,
                                Numbers numbers = Numbers::normal) {
    return live_of<Differentiable<D>>(input(activations_, name, 0, rows, cols, numbers));
  }
  In<D> shared(std::string_view name, Index rows, Index cols, Numbers numbers = Numbers::normal) {
    return in(input(activations_, name, 0, rows, cols, numbers));
  }
  /// The same of a network's weights, such as prototypes.
  DifferentiableWeights<D> weights(std::string_view name, Index rows, Index cols,
                                   Numbers numbers = Numbers::normal) {
    return live_of<DifferentiableWeights<D>>(input(weights_, name, 0, rows, cols, numbers));
  }
  /// (views images) labels below `classes`.
  Vector<const Index, D> labels(std::string_view name, Index classes, Index views = 1) {
    const Integers& v = drawn(name, views, views * images_, 1, classes);
    return view_of(v.numbers);
  }
  /// (images, cols) numbers below `rows`: for each image a list of rows of something shared.
  MatrixView<const Index, D> picks(std::string_view name, Index cols, Index rows) {
    return {drawn(name, 1, images_, cols, rows).numbers.data(), images_, cols};
  }
  /// (size) numbers below `rows`, the same on all ranks.
  Vector<const Index, D> shared_picks(std::string_view name, Index size, Index rows) {
    const Integers& v = drawn(name, 0, size, 1, rows);
    return view_of(v.numbers);
  }
  /// (images) which image each one is: distinct over all ranks.
  Vector<const Index, D> samples() const { return view_of(samples_); }
  /// A relation of rows of one view; its indices are those of the images of all ranks.
  template <Relation R>
  Reordered<R> relation(const R& of) const {
    return {of, setting_.reordered ? order_ : std::vector<Index>{}};
  }
  /// (views images, cols) to be overwritten; of `shares` the rows must be distributions.
  Out<D> out(std::string_view name, Index cols, Numbers numbers = Numbers::normal,
             Index views = 1) {
    auto& a = array(activations_, name, views, 0, cols);
    a.output = true;
    a.shares = numbers == Numbers::shares;
    fill(a.result, a);
    return {a.result.data(), a.rows, a.cols, a.stride};
  }
  /// (views images) labels in [-1, classes), to be overwritten.
  Vector<Index, D> labels_out(std::string_view name, Index classes, Index views = 1) {
    Integers& v = integers(name, views, views * images_, classes);
    return {v.numbers.data(), static_cast<Index>(v.numbers.size())};
  }
  /// (views images) numbers, to be overwritten.
  Vector<Real<D>, D> reals_out(std::string_view name, Index views = 1) {
    auto& a = array(weights_, name, views, 0, 1);
    a.stride = 1;
    a.output = true;
    fill(a.result, a);
    return {a.result.data(), a.rows};
  }

  /// f(array) for each matrix that was asked for, in that order; of activations first.
  template <class F>
  void each_array(F&& f) {
    for (auto& a : activations_) f(a);
    for (auto& a : weights_) f(a);
  }
  template <class F>
  void each_array(F&& f) const {
    for (const auto& a : activations_) f(a);
    for (const auto& a : weights_) f(a);
  }
  const std::deque<Integers>& all_integers() const { return integers_; }
  /// Whether inputs are what they were, and nothing was written behind the columns of a result.
  bool intact() const {
    bool all = true;
    each_array([&](const auto& a) {
      for (std::size_t i = 0; i < a.value.size(); ++i)
        all = all && (a.value[i] == a.as_made[i] || std::isnan(a.as_made[i]));
      for (Index r = 0; r < a.rows && !a.result.empty(); ++r)
        for (Index c = a.cols; c < a.stride; ++c)
          all = all && std::isnan(a.result[static_cast<std::size_t>(r * a.stride + c)]);
    });
    return all;
  }
  /// What the k-th Differentiable input is weighted with, from 1.
  double weight_of(Index which) const {
    return setting_.weight == 1 ? 1 : setting_.weight / static_cast<double>(which);
  }
  /// Where row r of this rank stands among the rows of all ranks in the images' first order.
  Index whole_row(Index r) const {
    return images_ == 0 ? 0 : r / images_ * setting_.images + image(r % images_);
  }

 private:
  template <class T>
  static Vector<const T, D> view_of(const std::vector<T>& v) {
    return {v.data(), static_cast<Index>(v.size())};
  }
  Index image(Index i) const { return order_[static_cast<std::size_t>(first_ + i)]; }

  // Of so many rows, or of so many views of the images.
  template <class T>
  Array<T>& array(std::deque<Array<T>>& among, std::string_view name, Index views, Index rows,
                  Index cols) {
    for (Array<T>& a : among)
      if (a.name == name) return a;
    return among.emplace_back(Array<T>{std::string(name), views, views > 0 ? views * images_ : rows,
                                       cols, cols + setting_.padding, views == 0});
  }
  Integers& integers(std::string_view name, Index views, Index size, Index classes) {
    for (Integers& v : integers_)
      if (v.name == name) return v;
    integers_.push_back({std::string(name), views, classes, {}});
    integers_.back().numbers.assign(static_cast<std::size_t>(size), unwritten);
    return integers_.back();
  }
  // Random numbers below `top`, by image, or by row of what is shared (no views).
  const Integers& drawn(std::string_view name, Index views, Index rows, Index cols, Index top) {
    Integers& v = integers(name, views, rows * cols, 0);
    const Random random = Random(3, Stream::test).at(name);
    for (Index r = 0; r < rows; ++r)
      for (Index c = 0; c < cols; ++c)
        v.numbers[static_cast<std::size_t>(r * cols + c)] =
            random.below((views > 0 ? whole_row(r) : r) * cols + c, top);
    return v;
  }
  template <class T>
  Array<T>& input(std::deque<Array<T>>& among, std::string_view name, Index views, Index rows,
                  Index cols, Numbers numbers) {
    Array<T>& a = array(among, name, views, rows, cols);
    if (!a.value.empty() || a.rows * cols == 0) return a;
    a.value.assign(static_cast<std::size_t>(a.rows * a.stride), T(NAN));
    const Random random = Random(1, Stream::test).at(name);
    std::vector<double> row(static_cast<std::size_t>(cols));
    for (Index r = 0; r < a.rows; ++r) {
      double squares = 0, sum = 0;
      for (Index c = 0; c < cols; ++c) {
        double& x = row[static_cast<std::size_t>(c)];
        x = random.normal((a.shared ? r : whole_row(r)) * cols + c);
        if (numbers == Numbers::shares) x = std::exp(x);
        if (numbers == Numbers::logits) x *= 8;
        squares += x * x, sum += x;
      }
      const double size = numbers == Numbers::unit     ? std::sqrt(squares)
                          : numbers == Numbers::shares ? sum
                                                       : 1;
      for (Index c = 0; c < cols; ++c)  // 18 bits behind the point
        a.value[static_cast<std::size_t>(r * a.stride + c)] =
            static_cast<T>(std::round(row[static_cast<std::size_t>(c)] / size * 0x1p18) * 0x1p-18);
    }
    a.as_made = a.value;
    return a;
  }
  template <class T>
  void fill(std::vector<T>& to, const Array<T>& a) {
    if (!to.empty()) return;
    to.assign(static_cast<std::size_t>(a.rows * a.stride), T(NAN));
    for (Index r = 0; r < a.rows; ++r)
      for (Index c = 0; c < a.cols; ++c)
        to[static_cast<std::size_t>(r * a.stride + c)] = static_cast<T>(setting_.before);
  }
  template <class T>
  MatrixView<const T, D> in(const Array<T>& a) const {
    return {a.value.data(), a.rows, a.cols, a.stride};
  }
  template <class Input, class T>
  Input live_of(Array<T>& a) {
    if (!a.differentiable) a.which = ++lives_;
    a.differentiable = true;
    fill(a.result, a);
    return {in(a),
            {a.result.data(), a.rows, a.cols, a.stride},
            static_cast<Real<D>>(weight_of(a.which)),
            setting_.add};
  }

  Setting setting_;
  Index first_ = 0, images_ = 0, lives_ = 0;
  std::vector<Index> order_, samples_;
  std::vector<Key> keys_;
  std::deque<Array<Activation<D>>> activations_;
  std::deque<Array<Real<D>>> weights_;
  std::deque<Integers> integers_;
};

}  // namespace selfsame::testing
