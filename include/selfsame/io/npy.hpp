/// @file
/// Arrays as .npy files, for plots, notebooks, and images of one shape.
#pragma once
#include <selfsame/core/communicator.hpp>
#include <selfsame/io/detail/npy_array.hpp>
#include <selfsame/io/file.hpp>
#include <selfsame/io/tensor_file.hpp>

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
// Of any array that is not of bfloat16.
inline std::string npy_header(const NamedTensor& t) {
  std::string shape;
  for (const Index e : t.extents) shape += std::to_string(e) + ",";
  return npy_header(std::string(1, bytes_of(t.scalar) == 1 ? '|' : '<') +
                        std::string(npy_names[static_cast<std::size_t>(t.scalar)]),
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

/// Reads an array of numbers, whatever their type and the extents; its name is the file's, without
/// ".npy". Numbers that lie column by column (Fortran's order) or begin with their highest byte are
/// turned.
///
/// Throws std::system_error where it cannot be read, std::runtime_error that names the file where it
/// is no array, is cut off, has a key of its header twice, or is not of numbers (with the type).
inline NamedTensor read_npy(const std::filesystem::path& path) {
  const std::string file = read_file(path);
  const auto wrong = [&](const std::string& why) {
    detail::byte_error(path.string(), 0, "it " + why);
  };
  const detail::NpyArray array = detail::parse_npy(file, wrong);
  if (array.scalar == Scalar::other)
    wrong("has numbers of type " + array.type + ", which is none that is read here");
  return detail::npy_tensor(path.stem().string(), array, file);
}

}  // namespace selfsame
