/// @file
/// Weights by the names and in the layouts of PyTorch's state_dict.
#pragma once
#include <selfsame/core/weights.hpp>
#include <selfsame/io/tensor_file.hpp>

#include <stdexcept>

namespace selfsame {

/// What became of a file's tensors (by their names there), and what was not found in it.
struct StateDictReport {
  std::vector<std::string> taken{};
  std::vector<std::string> adapted{};    ///< taken with another number of input channels
  std::vector<std::string> missing{};    ///< of ours, and left as they were
  std::vector<std::string> left_over{};  ///< of the file, and not used, whatever their types

  /// "taken 120, missing 0, left over 2: fc.weight, fc.bias"
  std::string text() const {
    std::string all;
    const auto say = [&](const char* what, const std::vector<std::string>& names, bool list) {
      all += (all.empty() ? "" : ", ") + std::string(what) + " " + std::to_string(names.size());
      if (!list) return;
      for (std::size_t i = 0; i < names.size(); ++i) all += (i == 0 ? ": " : ", ") + names[i];
    };
    say("taken", taken, false);
    if (!adapted.empty()) say("of them with other input channels", adapted, true);
    say("missing", missing, true);
    say("left over", left_over, true);
    return all;
  }
};

namespace detail {

/// A convolution's weights are (outputs, inputs, height, width) in PyTorch and (outputs, height, width,
/// inputs) here; everything else lies alike.
inline std::vector<Index> torch_extents(const Segment& s) {
  const std::vector<Index>& e = s.extents;
  return e.size() == 4 ? std::vector<Index>{e[0], e[3], e[1], e[2]} : e;
}
/// Where PyTorch has the number that stands at i here.
inline Index torch_index(const Segment& s, Index i) {
  if (s.extents.size() != 4) return i;
  const Index inputs = s.extents[3], area = s.extents[1] * s.extents[2];
  return (i / (area * inputs) * inputs + i % inputs) * area + i / inputs % area;
}

/// Whether a convolution of three input channels may become one of another number.
inline bool adapts(const std::vector<Index>& theirs, const std::vector<Index>& ours) {
  return theirs.size() == 4 && ours.size() == 4 && theirs[1] == 3 && theirs[0] == ours[0] &&
         theirs[2] == ours[2] && theirs[3] == ours[3];
}
/// One channel gets the sum of the three, so a grey image gives what three equal channels gave; more
/// get the three in turn, times 3 / channels.
template <class R>
std::vector<R> adapted_channels(const std::vector<R>& from, Index outputs, Index channels,
                                Index area) {
  std::vector<R> to(static_cast<std::size_t>(outputs * channels * area), R(0));
  const auto at = [&](Index o, Index c, Index i, Index n) {
    return static_cast<std::size_t>((o * n + c) * area + i);
  };
  for (Index o = 0; o < outputs; ++o)
    for (Index i = 0; i < area; ++i)
      for (Index c = 0; c < std::max<Index>(channels, 3); ++c)
        to[at(o, c % channels, i, channels)] +=
            from[at(o, c % 3, i, 3)] * (channels > 3 ? R(3) / static_cast<R>(channels) : R(1));
  return to;
}

}  // namespace detail

/// Copies tensors into weights and buffers, found by name: what is `prefix` + "layer1.0.conv1.weight" in
/// the file is `part` + ".layer1.0.conv1.weight" here. Weights of convolutions are turned from (outputs,
/// inputs, height, width); a convolution of 3 input channels fits one of another number (a grey image's
/// stem gets their sum). Nothing else is guessed, and nothing is taken silently: print the report.
///
/// @param part    of a chain, "encoder"; empty: everything
/// @param prefix  of the file's names, "module.encoder_q."; tensors without it are left over
/// @throws std::invalid_argument  where a tensor's shape differs or its type is not read (all of them are
///                                named), two tensors have one name, or no tensor at all is found; then
///                                nothing has changed
template <class D>
StateDictReport take_state_dict(const std::vector<NamedTensor>& file, const Averaged<D>& to,
                                std::string_view part = {}, std::string_view prefix = {}) {
  using R = Real<D>;
  struct Match {
    const NamedTensor* from;
    const Segment* segment;
    R* to;
  };
  StateDictReport report;
  std::vector<Match> matches;
  std::string faults;
  if (const std::string* twice = repeated_name(file))
    throw std::invalid_argument("selfsame: two tensors are named '" + *twice + "'");
  for (const Slice<R, D>& whole : {to.parameters, to.buffers}) {
    const Slice<R, D> slice = part.empty() ? whole : whole.under(part);
    for (Index k = 0; k < slice.count(); ++k) {
      const Segment& s = slice.segments[static_cast<std::size_t>(k)];
      const std::string name =
          std::string(prefix) + s.name.substr(part.empty() ? 0 : part.size() + 1);
      const auto found = std::find_if(file.begin(), file.end(),
                                      [&](const NamedTensor& t) { return t.name == name; });
      if (found == file.end()) {
        report.missing.push_back(name);
        continue;
      }
      const std::vector<Index> extents = detail::torch_extents(s);
      const bool adapted = found->extents != extents;
      if (found->scalar == Scalar::other || (adapted && !detail::adapts(found->extents, extents)))
        faults += (faults.empty() ? "" : ", ") + to_string(*found) + " for " + to_string(extents);
      if (found->scalar != Scalar::other) found->check_bytes();
      report.taken.push_back(name);
      if (adapted) report.adapted.push_back(name);
      matches.push_back({&*found, &s, slice[k].data});
    }
  }
  for (const NamedTensor& t : file)
    if (std::find(report.taken.begin(), report.taken.end(), t.name) == report.taken.end())
      report.left_over.push_back(t.name);
  if (!faults.empty())
    throw std::invalid_argument("selfsame: tensors do not fit this network: " + faults);
  if (matches.empty())
    throw std::invalid_argument(
        "selfsame: none of " + std::to_string(file.size()) + " tensors" +
        (file.empty() ? "" : " (the first is " + to_string(file.front()) + ")") +
        " has a name of this network" +
        (report.missing.empty() ? "" : ", whose first is '" + report.missing.front() + "'"));
  for (const Match& m : matches) {
    std::vector<R> numbers = m.from->template numbers<R>();
    const std::vector<Index> extents = detail::torch_extents(*m.segment);
    if (m.from->extents != extents)
      numbers = detail::adapted_channels(numbers, extents[0], extents[1], extents[2] * extents[3]);
    for (Index i = 0; i < m.segment->size(); ++i)
      m.to[i] = numbers[static_cast<std::size_t>(detail::torch_index(*m.segment, i))];
  }
  return report;
}

/// The same weights as PyTorch would have them, for a file: what `take_state_dict` takes.
template <class D>
std::vector<NamedTensor> state_dict(const Fixed<D>& weights, std::string_view part = {},
                                    std::string_view prefix = {}) {
  using R = Real<D>;
  std::vector<NamedTensor> file;
  for (const Slice<const R, D>& whole : {weights.parameters, weights.buffers}) {
    const Slice<const R, D> slice = part.empty() ? whole : whole.under(part);
    for (Index k = 0; k < slice.count(); ++k) {
      const Segment& s = slice.segments[static_cast<std::size_t>(k)];
      std::vector<R> numbers(static_cast<std::size_t>(s.size()));
      for (Index i = 0; i < s.size(); ++i)
        numbers[static_cast<std::size_t>(detail::torch_index(s, i))] = slice[k][i];
      file.emplace_back(std::string(prefix) + s.name.substr(part.empty() ? 0 : part.size() + 1),
                        detail::torch_extents(s), std::span<const R>(numbers));
    }
  }
  return file;
}

}  // namespace selfsame
