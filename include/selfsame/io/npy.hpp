/// @file
/// Arrays as .npy files, for plots and notebooks.
#pragma once
#include <selfsame/core/communicator.hpp>
#include <selfsame/io/file.hpp>

#include <bit>
#include <initializer_list>

namespace selfsame {

namespace detail {
// Magic, version 1.0, and a Python dictionary padded so that the data starts on 64 bytes.
inline std::string npy_header(std::string_view kind, std::string_view shape) {
  static_assert(std::endian::native == std::endian::little);
  std::string text = "{'descr': '" + std::string(kind) + "', 'fortran_order': False, 'shape': (" +
                     std::string(shape) + "), }";
  while ((10 + text.size() + 1) % 64 != 0) text += ' ';
  text += '\n';
  std::string header("\x93NUMPY\x01\x00", 8);
  header += static_cast<char>(text.size() & 0xff);
  header += static_cast<char>(text.size() >> 8);
  return header + text;
}
template <class T>
std::string npy_header(std::initializer_list<Index> extents) {
  static_assert(std::is_arithmetic_v<T>);
  const char letter = std::is_floating_point_v<T> ? 'f' : std::is_signed_v<T> ? 'i' : 'u';
  std::string shape;
  for (const Index e : extents) shape += std::to_string(e) + ",";
  return npy_header(std::string(1, sizeof(T) == 1 ? '|' : '<') + letter + std::to_string(sizeof(T)),
                    shape);
}
template <class T>
std::string_view bytes_as_text(const T* data, Index count) {
  return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(count) * sizeof(T)};
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

}  // namespace selfsame
