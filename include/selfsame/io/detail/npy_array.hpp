/// @file
/// What a .npy file says of its array, and the array's numbers in our order.
#pragma once
#include <selfsame/io/tensor_file.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace selfsame::detail {

// Without the order of their bytes, as the kinds of Scalar are counted.
inline constexpr std::array<std::string_view, 13> npy_names{
    "f8", "f4", "f2", "", "i8", "i4", "i2", "i1", "u1", "b1", "u2", "u4", "u8"};

// What the header of an array says, and where its numbers begin.
struct NpyArray {
  Scalar scalar = Scalar::other;
  std::string type;  // as the header has it
  std::vector<Index> extents;
  std::size_t begin = 0;
  bool high_first = false;  // each number begins with its highest byte
  bool by_columns = false;  // the first index runs fastest, as Fortran has it
};

// "'<f4'" or "'>i8'", or what is not read: records, text, dates ...
template <class F>
void parse_npy_type(std::string_view value, NpyArray& array, F&& wrong) {
  constexpr std::size_t longest = 60;
  if (!value.starts_with('\'')) {
    array.type = std::string(value.substr(0, std::min(value.find('\n'), longest))) + "...";
    return;
  }
  const std::size_t end = value.find('\'', 1);
  if (end == value.npos) wrong("has a type that does not end");
  value = value.substr(1, end - 1);
  array.type = value.substr(0, longest);
  if (value.size() != 3) return;
  const auto known = std::find(npy_names.begin(), npy_names.end(), value.substr(1));
  if (known == npy_names.end()) return;
  const auto scalar = static_cast<Scalar>(known - npy_names.begin());
  if (bytes_of(scalar) > 1 && value[0] != '<' && value[0] != '>') return;
  array.scalar = scalar;
  array.high_first = bytes_of(scalar) > 1 && value[0] == '>';
}

// `wrong(why)` throws. Of a type that is not read the number of bytes is not looked at.
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
  const auto value = [&](const std::string& key) {
    const auto found = header.find(key + ":");
    if (found == header.npos) wrong("has no " + key + " in its header");
    if (header.find(key + ":", found + 1) != header.npos)
      wrong("has " + key + " twice in its header");
    const std::string_view text = header.substr(found + key.size() + 1);
    return text.substr(std::min(text.find_first_not_of(' '), text.size()));
  };
  NpyArray array;
  array.begin = start + length;
  parse_npy_type(value("'descr'"), array, wrong);
  const std::string_view order = value("'fortran_order'"), shape = value("'shape'");
  array.by_columns = order.starts_with("True");
  if (!array.by_columns && !order.starts_with("False"))
    wrong("has a 'fortran_order' that is neither True nor False");
  if (!shape.starts_with('(') || shape.find(')') == shape.npos)
    wrong("has a shape that is no list of extents");
  for (std::size_t i = 1; shape[i] != ')';) {
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
  if (array.scalar == Scalar::other) return array;
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

// Numbers of `unit` bytes whose first index runs fastest, in the order of those whose last does.
inline std::string by_rows(std::string_view by_columns, const std::vector<Index>& extents,
                           std::size_t unit) {
  std::string rows(by_columns.size(), '\0');
  if (rows.empty()) return rows;
  std::vector<Index> steps(extents.size(), 1), at(extents.size(), 0);
  for (std::size_t k = extents.size(); k-- > 1;) steps[k - 1] = steps[k] * extents[k];
  Index to = 0;
  for (std::size_t from = 0; from < rows.size(); from += unit) {
    std::memcpy(rows.data() + static_cast<std::size_t>(to) * unit, by_columns.data() + from, unit);
    for (std::size_t k = 0; k < extents.size(); ++k) {
      to += steps[k];
      if (++at[k] < extents[k]) break;
      to -= steps[k] * extents[k];
      at[k] = 0;
    }
  }
  return rows;
}

// The array in these bytes, its numbers as NamedTensor has them.
inline NamedTensor npy_tensor(std::string name, const NpyArray& array, std::string_view npy) {
  NamedTensor t(std::move(name), array.scalar, array.extents, std::string(npy.substr(array.begin)));
  if (array.scalar == Scalar::other) {
    t.type = array.type;
    return t;
  }
  const auto unit = static_cast<std::size_t>(bytes_of(array.scalar));
  if (array.high_first)
    for (auto i = t.bytes.begin(); i != t.bytes.end(); i += static_cast<std::ptrdiff_t>(unit))
      std::reverse(i, i + static_cast<std::ptrdiff_t>(unit));
  if (array.by_columns) t.bytes = by_rows(t.bytes, t.extents, unit);
  return t;
}

}  // namespace selfsame::detail
