/// @file
/// All that lives across steps is reserved here by name. Checkpoint, resume, hand-over, equality of
/// ranks and the memory sheet are loops over it, so nobody can forget to save a queue.
#pragma once
#include <selfsame/core/weights.hpp>

#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace selfsame {

/// Kept entries are the state: saved, handed over, equal on all ranks. Scratch is reserved here only
/// for the memory sheet.
enum class Life { kept, scratch };

template <class D>
class Store {
 public:
  struct Entry {
    std::string name;
    Life life = Life::kept;
    Number number = Number::byte;
    Index count = 0;
    Buffer<std::byte> bytes{};
    std::vector<Segment> segments{};  ///< of a vector of weights; else empty
    bool filled = true;               ///< false: somebody has to hand it over before the first step

    Index size() const { return count * bytes_of(number); }
  };

  /// `count` numbers of `value`. Throws std::invalid_argument when the name is taken.
  template <class T>
  Vector<T, D> vector(std::string name, Index count, T value = T{0}, Life life = Life::kept) {
    if (find(name)) throw std::invalid_argument("selfsame: the store already has '" + name + "'");
    Entry& e = entries_.emplace_back();
    e.name = std::move(name);
    e.life = life;
    e.number = number_of<T>;
    e.count = count;
    e.bytes.resize(count * static_cast<Index>(sizeof(T)));
    T* data = reinterpret_cast<T*>(e.bytes.data());
    std::uninitialized_fill_n(data, count, value);
    return {data, count};
  }
  Vector<Real<D>, D> reals(std::string name, Index count) {
    return vector<Real<D>>(std::move(name), count);
  }
  Vector<Index, D> integers(std::string name, Index count) {
    return vector<Index>(std::move(name), count);
  }
  Out<D> matrix(std::string name, Index rows, Index cols) {
    return {vector<Activation<D>>(std::move(name), rows * cols).data, rows, cols};
  }
  /// A flat vector of zeros with its segments beside it.
  Slice<Real<D>, D> segmented(std::string name, const std::vector<Segment>& segments,
                              Life life = Life::kept) {
    const Index unit = static_cast<Index>(alignment / sizeof(Real<D>));
    const auto v = vector<Real<D>>(std::move(name), Layout::length(segments, unit), 0, life);
    entries_.back().segments = segments;
    return {v, entries_.back().segments};
  }

  Entry* find(std::string_view name) {
    for (Entry& e : entries_)
      if (e.name == name) return &e;
    return nullptr;
  }
  const Entry* find(std::string_view name) const {
    for (const Entry& e : entries_)
      if (e.name == name) return &e;
    return nullptr;
  }
  /// In the order of reservation; entries stay where they are.
  auto begin() { return entries_.begin(); }
  auto end() { return entries_.end(); }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

  /// Bytes of kept or of scratch entries.
  Index bytes(Life life) const {
    Index n = 0;
    for (const Entry& e : entries_) n += e.life == life ? e.size() : 0;
    return n;
  }
  /// Throws std::logic_error that names an entry nobody filled.
  void require_filled() const {
    for (const Entry& e : entries_)
      if (!e.filled)
        throw std::logic_error("selfsame: '" + e.name + "' was not filled. Hand it over first.");
  }

 private:
  std::deque<Entry> entries_;
};

/// Writes each segment by its initialiser, as a function of (seed, the segment's name).
template <class D>
void initialise(Slice<Real<D>, D> slice, std::uint64_t seed) {
  for (Index k = 0; k < slice.count(); ++k) {
    const Segment& s = slice.segments[static_cast<std::size_t>(k)];
    const Random random = Random(seed, Stream::weights).at(s.name);
    const auto to = slice[k];
    for (Index i = 0; i < to.size; ++i) to[i] = static_cast<Real<D>>(s.initialiser(random, i));
  }
}

/// Reserves the weights, gradients and buffers of a network below `name`, and initialises them.
template <class D>
Trained<D> reserve_trained(Store<D>& store, const Layout& layout, std::uint64_t seed,
                           const std::string& name = "online") {
  Trained<D> w{store.segmented(name, layout.parameters()),
               store.segmented(name + ".gradient", layout.parameters(), Life::scratch),
               store.segmented(name + ".buffers", layout.buffers())};
  initialise<D>(w.parameters, seed);
  initialise<D>(w.buffers, seed);
  return w;
}

/// Reserves a follower that begins where `from` is; its layout is a prefix of the other's.
template <class D>
Averaged<D> reserve_averaged(Store<D>& store, const Layout& layout, const Fixed<D>& from,
                             const std::string& name = "target") {
  Averaged<D> w{store.segmented(name, layout.parameters()),
                store.segmented(name + ".buffers", layout.buffers())};
  std::copy_n(from.parameters.all.begin(), w.parameters.all.size, w.parameters.all.begin());
  std::copy_n(from.buffers.all.begin(), w.buffers.all.size, w.buffers.all.begin());
  return w;
}

/// What a hand-over did, by segment names.
struct HandOver {
  std::vector<std::string> taken;
  std::vector<std::string> missing;    ///< wanted here, not there (or of other extents)
  std::vector<std::string> left_over;  ///< there, not wanted here
};

/// Copies the segments of `part` ("encoder"; "" for all) of the network `there` in one store to the
/// network `here` in another, where names and extents are equal, weights and buffers alike.
template <class D>
HandOver hand_over(const Store<D>& from, const std::string& there, Store<D>& to,
                   const std::string& here, std::string_view part = "encoder") {
  HandOver result;
  const auto wanted = [&](const Segment& s) {
    return part.empty() || (s.name.starts_with(part) && s.name.substr(part.size(), 1) == ".");
  };
  for (const char* half : {"", ".buffers"}) {
    const auto* source = from.find(there + half);
    auto* target = to.find(here + half);
    if (source == nullptr || target == nullptr)
      throw std::invalid_argument("selfsame: hand-over from '" + there + half + "' to '" + here +
                                  half + "': " + (source == nullptr ? "the first" : "the second") +
                                  " is not in its store");
    const auto match = [](const Segment& s, const std::vector<Segment>& among) -> const Segment* {
      for (const Segment& o : among)
        if (o.name == s.name && o.extents == s.extents) return &o;
      return nullptr;
    };
    for (const Segment& s : target->segments) {
      if (!wanted(s)) continue;
      const Segment* other = match(s, source->segments);
      (other != nullptr ? result.taken : result.missing).push_back(s.name);
      if (other == nullptr) continue;
      const Index unit = static_cast<Index>(sizeof(Real<D>));
      std::memcpy(target->bytes.data() + s.offset * unit,
                  source->bytes.data() + other->offset * unit,
                  static_cast<std::size_t>(s.size() * unit));
    }
    for (const Segment& s : source->segments)
      if (wanted(s) && match(s, target->segments) == nullptr) result.left_over.push_back(s.name);
    if (result.missing.empty()) target->filled = true;
  }
  return result;
}

}  // namespace selfsame
