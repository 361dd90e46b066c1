/// @file
/// Arrays as .npy files, for plots, notebooks, and images of one shape.
#pragma once
#include <selfsame/core/communicator.hpp>
#include <selfsame/io/file.hpp>
#include <selfsame/io/tensor_file.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>

namespace selfsame {

namespace detail {
// Magic, version 1.0, and a Python dictionary padded so that the data starts on 64 bytes.
inline std::string npy_header(std::string_view kind, std::string_view shape,
                              std::size_t at_least = 0) {
  std::string text = "{'descr': '" + std::string(kind) + "', 'fortran_order': False, 'shape': (" +
                     std::string(shape) + "), }";
  while ((10 + text.size() + 1) % 64 != 0 || 10 + text.size() + 1 < at_least) text += ' ';
  text += '\n';
  std::string header("\x93NUMPY\x01\x00", 8);
  header += static_cast<char>(text.size() & 0xff);
  header += static_cast<char>(text.size() >> 8);
  return header + text;
}
template <class T>
std::string npy_header(std::initializer_list<Index> extents, std::size_t at_least = 0) {
  static_assert(std::is_arithmetic_v<T>);
  const char letter = std::is_floating_point_v<T> ? 'f' : std::is_signed_v<T> ? 'i' : 'u';
  std::string shape;
  for (const Index e : extents) shape += std::to_string(e) + ",";
  return npy_header(std::string(1, sizeof(T) == 1 ? '|' : '<') + letter + std::to_string(sizeof(T)),
                    shape, at_least);
}
inline constexpr std::array<std::string_view, 10> npy_names{"<f8", "<f4", "<f2", "",    "<i8",
                                                            "<i4", "<i2", "|i1", "|u1", "|b1"};
// Of any array that is not of bfloat16.
inline std::string npy_header(const NamedTensor& t) {
  std::string shape;
  for (const Index e : t.extents) shape += std::to_string(e) + ",";
  return npy_header(npy_names[static_cast<std::size_t>(t.scalar)], shape);
}
template <class T>
std::string_view bytes_as_text(const T* data, Index count) {
  return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(count) * sizeof(T)};
}

// What the header of an array says, and where its numbers begin.
struct NpyArray {
  Scalar scalar = Scalar::real32;
  std::vector<Index> extents;
  std::size_t begin = 0;
};
// `wrong(why)` throws.
template <class F>
NpyArray parse_npy(std::string_view npy, F&& wrong) {
  if (npy.size() < 10 || npy.compare(0, 6, "\x93NUMPY") != 0) wrong("is no .npy array");
  const auto byte = [&](std::size_t i) {
    return i < npy.size() ? std::size_t{static_cast<unsigned char>(npy[i])} : 0;
  };
  const std::size_t start = byte(6) == 1 ? 10 : 12;
  std::size_t length = byte(8) + 256 * byte(9);
  if (start == 12) length += (byte(10) + 256 * byte(11)) << 16;
  if (npy.size() < start || npy.size() - start < length) wrong("is cut off in its header");
  const std::string_view header = npy.substr(start, length);
  const auto after = [&](std::string_view key) {
    const auto found = header.find(key);
    if (found == header.npos) wrong("has no " + std::string(key) + " in its header");
    return header.substr(found + key.size());
  };
  NpyArray array;
  array.begin = start + length;
  const std::string_view kind = after("'descr': '");
  const auto known = std::find(npy_names.begin(), npy_names.end(), kind.substr(0, 3));
  if (known == npy_names.end() || kind.size() < 4 || kind[3] != '\'')
    wrong("has numbers of type " + std::string(kind.substr(0, kind.find('\''))) +
          ", which is none that is read here");
  array.scalar = static_cast<Scalar>(known - npy_names.begin());
  if (!after("'fortran_order': ").starts_with("False")) wrong("lies column by column");
  const std::string_view shape = after("'shape': (");
  for (std::size_t i = 0; i < shape.size() && shape[i] != ')';) {
    if (shape[i] == ' ' || shape[i] == ',') {
      ++i;
      continue;
    }
    Index extent = 0;
    const auto read = std::from_chars(shape.data() + i, shape.data() + shape.size(), extent);
    if (read.ec != std::errc{} || extent < 0) wrong("has a shape that is no list of extents");
    array.extents.push_back(extent);
    i = static_cast<std::size_t>(read.ptr - shape.data());
  }
  const auto bytes = static_cast<Index>(npy.size() - array.begin);
  const Index unit = bytes_of(array.scalar);
  Index count =
      std::find(array.extents.begin(), array.extents.end(), Index{0}) == array.extents.end();
  for (const Index extent : array.extents)
    if (count > 0) count = extent > bytes / count ? bytes + 1 : count * extent;
  if (bytes % unit != 0 || count != bytes / unit)
    wrong("is " + to_string(array.extents) + ", which its " + std::to_string(bytes) +
          " bytes are not");
  return array;
}
}  // namespace detail

/// Writes (rows, cols) numbers, rows one after the other whatever their stride. Replaces the file
/// as AtomicFile does, and throws what it throws.
/// @see numpy.lib.format, version 1.0
template <class T, class D>
void write_npy(const std::filesystem::path& path, MatrixView<T, D> m) {
  AtomicFile file(path);
  file.write(detail::npy_header<std::remove_const_t<T>>({m.rows, m.cols}));
  if (m.contiguous()) {
    file.write(detail::bytes_as_text(m.data, m.rows * m.cols));
  } else {
    for (Index r = 0; r < m.rows; ++r) file.write(detail::bytes_as_text(m.row(r), m.cols));
  }
  file.commit();
}

/// Writes (size) numbers.
template <class T, class D>
void write_npy(const std::filesystem::path& path, VectorView<T, D> v) {
  AtomicFile file(path);
  file.write(detail::npy_header<std::remove_const_t<T>>({v.size}));
  file.write(detail::bytes_as_text(v.data, v.size));
  file.commit();
}

/// Reads an array, whatever its type and extents; its name is the file's, without ".npy".
///
/// Throws std::system_error where it cannot be read, std::runtime_error that names the file where it
/// is no array, is cut off, lies column by column or is not of numbers.
inline NamedTensor read_npy(const std::filesystem::path& path) {
  const std::string file = read_file(path);
  const detail::NpyArray array = detail::parse_npy(
      file, [&](const std::string& why) { detail::byte_error(path.string(), 0, "it " + why); });
  return {path.stem().string(), array.scalar, array.extents, file.substr(array.begin)};
}

}  // namespace selfsame
