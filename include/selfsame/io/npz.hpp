/// @file
/// Weights as .npz files: archives of .npy arrays, as numpy.savez writes them. Needs zlib.
#pragma once
#include <selfsame/io/npy.hpp>

#include <zlib.h>

#include <algorithm>
#include <new>
#include <utility>

namespace selfsame {

namespace detail {

/// Bytes of a file, read at an offset; errors name the file and the byte.
class ArchiveReader {
 public:
  explicit ArchiveReader(const std::filesystem::path& path)
      : name_(path.string()), file_(read_file(path)) {}

  std::vector<NamedTensor> arrays() const {
    std::vector<NamedTensor> all;
    const auto [count, begin] = directory();
    std::size_t at = begin;
    std::uint64_t total = 0;
    for (std::uint64_t k = 0; k < count; ++k) {
      const Entry e = entry(at);
      total += e.size / most_packing;  // entries may lie over each other
      if (total > file_.size()) fail(at, "the archive unpacks to more than its bytes can hold");
      all.push_back(array(e));
      at = e.next;
    }
    if (const std::string* twice = repeated_name(all))
      fail(begin, "two arrays are named '" + *twice + "'");
    return all;
  }

 private:
  static constexpr std::uint64_t most_packing = 1032;  // of deflate
  struct Entry {
    std::string name;
    bool encrypted = false;
    std::uint64_t method = 0, crc = 0, packed = 0, size = 0;
    std::size_t data = 0, next = 0;  // where its bytes begin, and the next entry
  };

  [[noreturn]] void fail(std::size_t byte, const std::string& why) const {
    byte_error(name_, byte, why);
  }
  // A number of `bytes` bytes, the lowest first.
  std::uint64_t number(std::size_t at, std::size_t bytes) const {
    if (at > file_.size() || file_.size() - at < bytes) fail(at, "the archive is cut off");
    std::uint64_t x = 0;
    std::memcpy(&x, file_.data() + at, bytes);
    return x;
  }
  std::string_view bytes(std::size_t at, std::uint64_t count) const {
    if (at > file_.size() || file_.size() - at < count) fail(at, "the archive is cut off");
    return std::string_view(file_).substr(at, static_cast<std::size_t>(count));
  }
  // How many entries the archive has, and where the first is described.
  std::pair<std::uint64_t, std::size_t> directory() const {
    constexpr std::size_t length = 22, longest_comment = 65535;
    for (std::size_t back = length; back <= std::min(file_.size(), length + longest_comment);
         ++back) {
      const std::size_t end = file_.size() - back;
      if (number(end, 4) != 0x06054b50) continue;
      if (end >= 20 && number(end - 20, 4) == 0x07064b50) {  // of more than 4 GiB
        const auto large = static_cast<std::size_t>(number(end - 12, 8));
        if (number(large, 4) != 0x06064b50) fail(large, "no end of a large archive");
        return {number(large + 32, 8), static_cast<std::size_t>(number(large + 48, 8))};
      }
      return {number(end + 10, 2), static_cast<std::size_t>(number(end + 16, 4))};
    }
    fail(file_.size(), "no archive of arrays (.npz): it has no end record");
  }
  Entry entry(std::size_t at) const {
    constexpr std::uint64_t elsewhere = 0xffffffff;
    if (number(at, 4) != 0x02014b50) fail(at, "no entry of the archive's directory");
    const auto name = static_cast<std::size_t>(number(at + 28, 2)),
               extra = static_cast<std::size_t>(number(at + 30, 2)),
               comment = static_cast<std::size_t>(number(at + 32, 2));
    Entry e{.name = std::string(bytes(at + 46, name)),
            .encrypted = (number(at + 8, 2) & 1) != 0,
            .method = number(at + 10, 2),
            .crc = number(at + 16, 4),
            .packed = number(at + 20, 4),
            .size = number(at + 24, 4)};
    std::uint64_t local = number(at + 42, 4);
    const std::size_t extras = at + 46 + name;
    for (std::size_t x = extras; x + 4 <= extras + extra; x += 4 + number(x + 2, 2)) {
      std::size_t field = x + 4;  // large numbers, those that did not fit before, in this order
      if (number(x, 2) != 1) continue;
      for (std::uint64_t* n : {&e.size, &e.packed, &local})
        if (*n == elsewhere) *n = number(field, 8), field += 8;
    }
    if (number(static_cast<std::size_t>(local), 4) != 0x04034b50)
      fail(static_cast<std::size_t>(local), "'" + e.name + "' does not begin here");
    e.data = static_cast<std::size_t>(local) + 30 +
             static_cast<std::size_t>(number(static_cast<std::size_t>(local) + 26, 2) +
                                      number(static_cast<std::size_t>(local) + 28, 2));
    e.next = extras + extra + comment;
    return e;
  }
  std::string unpacked(const Entry& e) const {
    const std::string_view packed = bytes(e.data, e.packed);
    std::string all;
    if (e.method == 0)
      all = packed;
    else
      all = inflated(e, packed);
    if (all.size() != e.size)
      fail(e.data, "'" + e.name + "' has " + std::to_string(all.size()) + " bytes, not " +
                       std::to_string(e.size));
    if (checksums_count &&
        ::crc32_z(0, reinterpret_cast<const Bytef*>(all.data()), all.size()) != e.crc)
      fail(e.data, "'" + e.name + "' is damaged: its checksum differs");
    return all;
  }
  std::string inflated(const Entry& e, std::string_view packed) const {
    z_stream stream{};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::bad_alloc{};
    std::string all;
    int state = Z_OK;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    while (state == Z_OK && all.size() <= e.size) {  // memory grows with what there is
      const std::size_t before = all.size();
      const std::size_t some = std::max<std::size_t>(before, 1 << 16);
      all.resize(before + some);
      const std::size_t read =
          packed.size() -
          static_cast<std::size_t>(reinterpret_cast<const char*>(stream.next_in) - packed.data());
      stream.avail_in = static_cast<uInt>(std::min<std::size_t>(read, 1 << 30));
      stream.next_out = reinterpret_cast<Bytef*>(all.data() + before);
      stream.avail_out = static_cast<uInt>(std::min<std::size_t>(some, 1 << 30));
      const uInt room = stream.avail_out;
      state = ::inflate(&stream, Z_NO_FLUSH);
      all.resize(before + (room - stream.avail_out));
    }
    inflateEnd(&stream);
    if (state != Z_STREAM_END) fail(e.data, "'" + e.name + "' does not unpack");
    return all;
  }
  // Of Scalar::other where it is something else than an array of numbers.
  NamedTensor array(const Entry& e) const {
    NamedTensor odd;
    odd.name = e.name.ends_with(".npy") ? e.name.substr(0, e.name.size() - 4) : e.name;
    odd.scalar = Scalar::other;
    if (e.encrypted || (e.method != 0 && e.method != Z_DEFLATED)) {
      odd.type =
          e.encrypted ? "'encrypted'" : "'packed by method " + std::to_string(e.method) + "'";
      return odd;
    }
    std::string npy = unpacked(e);
    if (!e.name.ends_with(".npy") && !npy.starts_with("\x93NUMPY")) {
      odd.type = "'no array'";
      odd.bytes = std::move(npy);
      return odd;
    }
    return npy_tensor(
        odd.name,
        parse_npy(npy, [&](const std::string& why) { fail(e.data, "'" + e.name + "' " + why); }),
        npy);
  }

  std::string name_, file_;
};

/// Numbers of an archive, the lowest byte first.
class ArchiveNumbers {
 public:
  ArchiveNumbers& add(std::uint64_t x, std::size_t bytes) {
    text_.append(reinterpret_cast<const char*>(&x), bytes);
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace detail

/// The arrays of a .npz file in its order, named without ".npy"; stored or deflated, turned as
/// `read_npy` does. What is no array of numbers (text, records, another file, something encrypted) is
/// there by its name, as Scalar::other, so that nobody needs to read it who did not ask for it.
///
/// Throws std::system_error where it cannot be read, std::runtime_error that names the file and a byte
/// where it is no such file, is damaged, or has two arrays of one name. Of several end records the last
/// counts, as in all archives of this kind.
/// @see numpy.savez; https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
inline std::vector<NamedTensor> read_npz(const std::filesystem::path& path) {
  return detail::ArchiveReader(path).arrays();
}

/// Writes arrays, not compressed, as numpy.savez does; replaces the file as AtomicFile does.
/// @throws std::invalid_argument  where two have one name or a shape does not agree with its bytes, for
///                                bfloat16, which NumPy lacks, for Scalar::other, and above 4 GiB in all
inline void write_npz(const std::filesystem::path& path, const std::vector<NamedTensor>& arrays) {
  std::uint64_t size = 0;
  if (const std::string* twice = repeated_name(arrays))
    throw std::invalid_argument("selfsame: two tensors are named '" + *twice + "'");
  for (const NamedTensor& t : arrays) {
    if (t.scalar == Scalar::bfloat16)
      throw std::invalid_argument("selfsame: " + to_string(t) +
                                  " is of bfloat16, which .npz lacks");
    if (t.scalar == Scalar::other)
      throw std::invalid_argument("selfsame: " + to_string(t) + ", which is not written here");
    t.check_bytes();
    size += t.bytes.size() + 2 * t.name.size() + 1024;
  }
  if (size >= 0xffffffff || arrays.size() >= 0xffff)
    throw std::invalid_argument("selfsame: " + std::to_string(size) +
                                " bytes are too many for a .npz file; .safetensors takes them");
  AtomicFile file(path);
  std::string directory;
  std::uint64_t at = 0;
  for (const NamedTensor& t : arrays) {
    const std::string name = t.name + ".npy", array = detail::npy_header(t) + t.bytes;
    const std::uint64_t crc =
        ::crc32_z(0, reinterpret_cast<const Bytef*>(array.data()), array.size());
    detail::ArchiveNumbers what;  // flag 11: names are UTF-8; not packed; 1980-01-01
    what.add(20, 2).add(1 << 11, 2).add(0, 2).add(0, 2).add(0x21, 2).add(crc, 4);
    what.add(array.size(), 4).add(array.size(), 4).add(name.size(), 2).add(0, 2);
    const std::string local =
        detail::ArchiveNumbers().add(0x04034b50, 4).text() + what.text() + name;
    directory +=
        detail::ArchiveNumbers().add(0x02014b50, 4).add(20, 2).text() + what.text() +
        detail::ArchiveNumbers().add(0, 2).add(0, 2).add(0, 2).add(0, 4).add(at, 4).text() + name;
    file.write(local);
    file.write(array);
    at += local.size() + array.size();
  }
  file.write(directory);
  file.write(detail::ArchiveNumbers()
                 .add(0x06054b50, 4)
                 .add(0, 2)
                 .add(0, 2)
                 .add(arrays.size(), 2)
                 .add(arrays.size(), 2)
                 .add(directory.size(), 4)
                 .add(at, 4)
                 .add(0, 2)
                 .text());
  file.commit();
}

}  // namespace selfsame
