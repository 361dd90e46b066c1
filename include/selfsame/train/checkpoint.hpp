/// @file
/// Training as one file: the recipe, where it stands, and every kept entry of the Store.
#pragma once
#include <selfsame/train/detail/checkpoint_format.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace selfsame {

/// Writes a checkpoint; at any moment, also after SIGKILL, the file is the old one or the new one.
///
///     "selfsame", version (u32)
///     recipe: its text and its hash (u64); step, steps, epoch, epochs, entries (i64); checksum
///     each entry: name, kind of number (i32), filled (i32), count (i64), segments (i64, each with
///                 name, kind, extents, offset), count numbers; checksum
///
/// Little-endian; a text is its length (i64) and its bytes; a checksum is the CRC32C of all that
/// stands before it, other checksums left out.
///
/// @param recipe_text  what a resumed run must agree with, usually JSON of the recipe
/// Throws std::system_error when it cannot be written; then the old file stays.
template <class D>
void save_checkpoint(const std::filesystem::path& path, const Store<D>& store,
                     std::string_view recipe_text, const Progress& progress) {
  detail::CheckpointWriter file(path);
  const auto kept = [](const auto& e) { return e.life == Life::kept; };
  file.bytes(detail::checkpoint_magic);
  file.number(detail::checkpoint_version);
  file.text(recipe_text);
  file.number(mix(0, recipe_text));
  for (const Index x : {progress.step, progress.steps, progress.epoch, progress.epochs})
    file.number(std::int64_t{x});
  file.number(static_cast<std::int64_t>(std::count_if(store.begin(), store.end(), kept)));
  file.check();
  for (const auto& e : store) {
    if (!kept(e)) continue;
    file.text(e.name);
    file.number(static_cast<std::int32_t>(e.number));
    file.number(std::int32_t{e.filled});
    file.number(std::int64_t{e.count});
    file.number(static_cast<std::int64_t>(e.segments.size()));
    for (const Segment& s : e.segments) file.segment(s);
    file.bytes({reinterpret_cast<const char*>(e.bytes.data()), static_cast<std::size_t>(e.size())});
    file.check();
  }
  file.commit();
}

namespace detail {

// Around the first difference of two texts, from the start of the JSON member it lies in.
inline std::string recipes_differ(std::string_view theirs, std::string_view mine) {
  const auto at = static_cast<std::size_t>(
      std::mismatch(theirs.begin(), theirs.end(), mine.begin(), mine.end()).first - theirs.begin());
  const std::size_t brace = theirs.substr(0, at).find_last_of(",{");
  const std::size_t from =
      std::max(brace == std::string_view::npos ? 0 : brace + 1, at < 60 ? 0 : at - 60);
  const auto piece = [&](std::string_view s) {
    return "(hash " + hexadecimal(mix(0, s)) + ") says ..." +
           std::string(s.substr(std::min(from, s.size()), at - from + 60)) + "...";
  };
  return "another recipe: the checkpoint's " + piece(theirs) + ", this run's " + piece(mine);
}

// As the kinds of Number are counted in a file.
inline constexpr std::array<std::string_view, 5> number_names{"real32", "real64", "integer", "byte",
                                                              "bfloat16"};

// An entry of the file, before anything is copied.
struct SavedEntry {
  std::string_view name, bytes;
  Number number;
  Index count;
  bool filled;
  std::vector<Segment> segments;
};

inline SavedEntry read_entry(CheckpointReader& file) {
  SavedEntry e{};
  e.name = file.text("the name of an entry");
  const std::string what = "entry '" + std::string(e.name.substr(0, 200)) + "'";
  const auto number = file.number<std::int32_t>(what);
  if (number < 0 || number >= static_cast<std::int32_t>(number_names.size()))
    file.fail(what + " is corrupt: kind of number " + std::to_string(number));
  e.number = static_cast<Number>(number);
  e.filled = file.number<std::int32_t>(what) != 0;
  e.count = file.length(bytes_of(e.number), "numbers of " + what);
  const auto segments = file.length(24, "segments of " + what);
  for (std::int64_t s = 0; s < segments; ++s) e.segments.push_back(file.segment());
  e.bytes = file.bytes(e.count * bytes_of(e.number), what);
  file.check(what);
  return e;
}

// All entries of the file, whose names differ as those of a store do.
inline std::vector<SavedEntry> read_entries(CheckpointReader& file, std::int64_t count) {
  std::vector<SavedEntry> all;
  std::set<std::string_view> names;
  for (std::int64_t k = 0; k < count; ++k) {
    all.push_back(read_entry(file));
    if (!names.insert(all.back().name).second)
      file.fail("entry '" + std::string(all.back().name) + "' is in the file twice");
  }
  file.end();
  return all;
}

inline std::string describe(const Segment& s) {
  std::string extents;
  for (const Index e : s.extents) extents += (extents.empty() ? "" : ", ") + std::to_string(e);
  return "'" + s.name + "' (" + extents + ")";
}

// What keeps a saved entry from going into an entry of the store; empty: nothing.
template <class Entry>
std::string entries_differ(const SavedEntry& saved, const Entry& mine) {
  const std::string name = "entry '" + mine.name + "' ";
  for (std::size_t k = 0; k < std::min(saved.segments.size(), mine.segments.size()); ++k) {
    const Segment &a = saved.segments[k], &b = mine.segments[k];
    if (a.name != b.name || a.extents != b.extents || a.offset != b.offset || a.kind != b.kind)
      return name + "has segment " + describe(a) + " in the file where the store has " +
             describe(b);
  }
  if (saved.segments.size() != mine.segments.size())
    return name + "has " + std::to_string(saved.segments.size()) + " segments in the file and " +
           std::to_string(mine.segments.size()) + " in the store";
  const auto size = [&](Number n, Index count) {
    return std::to_string(count) + " of " + std::string(number_names[static_cast<std::size_t>(n)]);
  };
  if (saved.number != mine.number || saved.count != mine.count)
    return name + "is " + size(saved.number, saved.count) + " in the file and " +
           size(mine.number, mine.count) + " in the store";
  return {};
}

}  // namespace detail

namespace detail {
// What stands before a checkpoint's entries.
struct CheckpointHead {
  std::string_view recipe;
  std::uint64_t hash;
  Progress progress;
  std::int64_t entries;
};
inline CheckpointHead read_head(CheckpointReader& file) {
  if (file.bytes(8, "the beginning") != checkpoint_magic)
    file.fail("not a checkpoint of selfsame, by its first 8 bytes");
  const auto version = file.number<std::uint32_t>("the version");
  if (version != checkpoint_version)
    file.fail("its format is version " + std::to_string(version) +
              (version == 1 ? ", whose policies and numbers have names of before, and" : ",") +
              " these headers read version " + std::to_string(checkpoint_version));
  CheckpointHead head{};
  head.recipe = file.text("the recipe");
  head.hash = file.number<std::uint64_t>("the recipe's hash");
  Progress& p = head.progress;
  for (Index* x : {&p.step, &p.steps, &p.epoch, &p.epochs})
    *x = file.number<std::int64_t>("the progress");
  head.entries = file.number<std::int64_t>("the number of entries");
  file.check("the head");
  return head;
}
}  // namespace detail

/// Reads a checkpoint into a store in which a run of the same recipe has reserved its state, and
/// returns where training stood. Nothing of the store changes unless all is well.
///
/// Throws std::system_error when the file cannot be read, and std::runtime_error that names the
/// file when it is no checkpoint, of a newer version, truncated or corrupt (with the offset), of
/// another recipe (with both sides where they first differ), when an entry is there twice, or when
/// entries are missing, too many, or of another size or kind (by name, all of them).
template <class D>
Progress load_checkpoint(const std::filesystem::path& path, Store<D>& store,
                         std::string_view recipe_text) {
  detail::CheckpointReader file(path);
  const detail::CheckpointHead head = detail::read_head(file);
  if (head.recipe != recipe_text || head.hash != mix(0, recipe_text))
    file.fail(detail::recipes_differ(head.recipe, recipe_text));

  const std::vector<detail::SavedEntry> saved = detail::read_entries(file, head.entries);
  std::string faults;
  std::vector<typename Store<D>::Entry*> targets;
  for (const auto& s : saved) {
    auto* mine = store.find(s.name);
    if (mine != nullptr && mine->life != Life::kept) mine = nullptr;
    targets.push_back(mine);
    const std::string fault =
        mine == nullptr ? "entry '" + std::string(s.name) + "' is in the file, not in the store"
                        : detail::entries_differ(s, *mine);
    if (!fault.empty()) faults += (faults.empty() ? "" : "; ") + fault;
  }
  for (const auto& e : store)
    if (e.life == Life::kept && std::find(targets.begin(), targets.end(), &e) == targets.end())
      faults += (faults.empty() ? "" : "; ") +
                ("entry '" + e.name + "' is in the store, not in the file");
  if (!faults.empty()) file.fail(faults);

  for (std::size_t k = 0; k < saved.size(); ++k) {
    std::copy_n(saved[k].bytes.data(), saved[k].bytes.size(),
                reinterpret_cast<char*>(targets[k]->bytes.data()));
    targets[k]->filled = saved[k].filled;
  }
  return head.progress;
}

/// Reads weights and buffers of some part of a network out of a checkpoint, by the names of their segments
/// ("encoder.conv1.weight"), whatever method and recipe made it, and returns where its training stood.
/// Nothing of `to` changes unless all of it is there.
///
/// Throws std::system_error when the file cannot be read, and std::runtime_error that names the file when it is
/// no checkpoint, of a newer version, truncated or corrupt, has an entry or one of these segments twice, or lacks
/// a segment of that name and those extents.
/// @param network  of the store, such as "online" or "target"
template <class D>
Progress load_network(const std::filesystem::path& path, const Averaged<D>& to,
                      const std::string& network = "online") {
  detail::CheckpointReader file(path);
  const detail::CheckpointHead head = detail::read_head(file);
  const std::vector<detail::SavedEntry> saved = detail::read_entries(file, head.entries);
  std::string faults;
  std::vector<std::pair<const char*, Vector<Real<D>, D>>> copies;
  const auto look = [&](const std::string& name, const Slice<Real<D>, D>& slice) {
    const auto entry =
        std::find_if(saved.begin(), saved.end(), [&](const auto& e) { return e.name == name; });
    for (Index k = 0; k < slice.count(); ++k) {
      const Segment& s = slice.segments[static_cast<std::size_t>(k)];
      const Segment* found = nullptr;
      if (entry != saved.end() && entry->number == number_of<Real<D>>)
        for (const Segment& other : entry->segments) {
          if (other.name != s.name) continue;
          if (found != nullptr)
            file.fail("entry '" + name + "' has segment '" + s.name + "' twice");
          found = &other;
        }
      const Index unit = static_cast<Index>(sizeof(Real<D>));
      if (found == nullptr || found->extents != s.extents || found->offset < 0 ||
          found->offset > entry->count - found->size())
        faults += (faults.empty() ? "" : "; ") + ("'" + name + "' has no " + detail::describe(s));
      else
        copies.emplace_back(entry->bytes.data() + found->offset * unit, slice[k]);
    }
  };
  look(network, to.parameters);
  look(network + ".buffers", to.buffers);
  if (!faults.empty()) file.fail(faults);
  for (const auto& [from, weights] : copies)
    std::memcpy(weights.data, from, static_cast<std::size_t>(weights.size) * sizeof(Real<D>));
  return head.progress;
}

}  // namespace selfsame
