/// @file
/// How a checkpoint lies in its file: numbers and texts, with running checksums between sections.
#pragma once
#include <selfsame/core/store.hpp>
#include <selfsame/io/crc32c.hpp>
#include <selfsame/io/file.hpp>

#include <bit>
#include <cstdio>

namespace selfsame::detail {

static_assert(std::endian::native == std::endian::little,
              "selfsame: checkpoints are little-endian");

inline constexpr std::string_view checkpoint_magic = "selfsame";
inline constexpr std::uint32_t checkpoint_version = 2;  // 1 has older names in its recipe

inline std::string hexadecimal(std::uint64_t x) {
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(x));
  return digits;
}

/// Writes numbers, texts and bytes, and keeps the CRC32C of all of them.
class CheckpointWriter {
 public:
  explicit CheckpointWriter(const std::filesystem::path& path) : file_(path) {}
  void bytes(std::string_view b) {
    crc_ = crc32c(b, crc_);
    file_.write(b);
  }
  template <class T>
  void number(T x) {
    static_assert(sizeof(T) == 4 || sizeof(T) == 8);
    bytes({reinterpret_cast<const char*>(&x), sizeof x});
  }
  void text(std::string_view s) {
    number(static_cast<std::int64_t>(s.size()));
    bytes(s);
  }
  void segment(const Segment& s) {
    text(s.name);
    number(static_cast<std::int32_t>(s.kind));
    number(static_cast<std::int32_t>(s.extents.size()));
    for (const Index e : s.extents) number(std::int64_t{e});
    number(std::int64_t{s.offset});
  }
  /// Ends a section by the checksum of all before it, checksums left out.
  void check() {
    const std::uint32_t crc = crc_;
    file_.write({reinterpret_cast<const char*>(&crc), sizeof crc});
  }
  void commit() { file_.commit(); }

 private:
  AtomicFile file_;
  std::uint32_t crc_ = 0;
};

/// Reads what CheckpointWriter wrote; throws std::runtime_error with the file's name and the
/// offset.
class CheckpointReader {
 public:
  explicit CheckpointReader(const std::filesystem::path& path)
      : name_(path.string()), all_(read_file(path)) {}

  [[noreturn]] void fail(const std::string& why) const {
    throw std::runtime_error("selfsame: checkpoint '" + name_ + "': " + why);
  }
  std::string_view bytes(std::int64_t count, std::string_view what) {
    const auto left = static_cast<std::int64_t>(all_.size() - offset_);
    if (count < 0 || count > left)
      fail("truncated or corrupt at offset " + std::to_string(offset_) + ": " + std::string(what) +
           " takes " + std::to_string(count) + " bytes, " + std::to_string(left) + " are left");
    const auto b = std::string_view(all_).substr(offset_, static_cast<std::size_t>(count));
    offset_ += b.size();
    crc_ = crc32c(b, crc_);
    return b;
  }
  template <class T>
  T number(std::string_view what) {
    T x;
    std::memcpy(&x, bytes(sizeof x, what).data(), sizeof x);
    return x;
  }
  std::string_view text(std::string_view what) { return bytes(number<std::int64_t>(what), what); }
  /// A length of what follows, each of at least `least` bytes.
  std::int64_t length(std::int64_t least, std::string_view what) {
    const auto n = number<std::int64_t>(what);
    if (n < 0 || n > static_cast<std::int64_t>(all_.size()) / least)
      fail("corrupt before offset " + std::to_string(offset_) + ": " + std::to_string(n) + " " +
           std::string(what));
    return n;
  }
  Segment segment() {
    Segment s;
    s.name = text("the name of a segment");
    s.kind = static_cast<Kind>(number<std::int32_t>("a segment"));
    const auto axes = number<std::int32_t>("a segment");
    if (axes < 0 || axes > 64) fail("corrupt before offset " + std::to_string(offset_));
    for (std::int32_t a = 0; a < axes; ++a) s.extents.push_back(number<std::int64_t>("an extent"));
    s.offset = number<std::int64_t>("a segment");
    return s;
  }
  /// Compares the checksum that ends a section.
  void check(std::string_view what) {
    const std::uint32_t mine = crc_;
    const std::size_t at = offset_;
    if (number<std::uint32_t>("a checksum") != mine && checksums_count)
      fail(std::string(what) + " is corrupt: the checksum at offset " + std::to_string(at) +
           " differs");
    crc_ = mine;
  }
  void end() const {
    if (offset_ != all_.size())
      fail(std::to_string(all_.size() - offset_) + " bytes too many at offset " +
           std::to_string(offset_));
  }

 private:
  std::string name_;
  std::string all_;
  std::size_t offset_ = 0;
  std::uint32_t crc_ = 0;
};

}  // namespace selfsame::detail
