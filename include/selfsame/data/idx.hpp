/// @file
/// The IDX format of MNIST and its relatives.
#pragma once
#include <selfsame/data/dataset.hpp>
#include <selfsame/io/gzip.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

namespace selfsame {

/// An array of a file: the type says the file, not the reader.
using IdxArray =
    std::variant<xt::xarray<std::uint8_t>, xt::xarray<std::int8_t>, xt::xarray<std::int16_t>,
                 xt::xarray<std::int32_t>, xt::xarray<float>, xt::xarray<double>>;

namespace detail {

// `count` numbers, most significant byte first. Memory grows with what the file has, whatever it
// claims.
template <class T>
xt::xarray<T> read_big_endian(ByteReader& file, const std::vector<std::size_t>& extents,
                              Index count) {
  std::vector<std::uint8_t> bytes;
  const Index total = count * static_cast<Index>(sizeof(T));
  for (Index done = 0, some = 0; done < total; done += some) {
    some = std::min(std::max(done, Index{1} << 16), total - done);
    bytes.resize(static_cast<std::size_t>(done + some));
    file.need(bytes.data() + done, some, "its " + std::to_string(total) + " bytes of numbers");
  }
  file.finish();
  xt::xarray<T> numbers = xt::xarray<T>::from_shape(extents);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    std::array<std::uint8_t, sizeof(T)> raw;
    std::copy_n(bytes.data() + i * sizeof(T), sizeof(T), raw.begin());
    if constexpr (std::endian::native == std::endian::little) std::reverse(raw.begin(), raw.end());
    numbers.data()[i] = std::bit_cast<T>(raw);
  }
  return numbers;
}

}  // namespace detail

/// Reads a file: bytes 0, 0, type, rank; the extents as 32-bit numbers; the numbers; all most
/// significant byte first. Gzip is unpacked. Throws std::runtime_error with the file and the byte
/// where it is truncated, goes on, or contradicts itself.
inline IdxArray read_idx(const std::string& path) {
  ByteReader file(path);
  std::array<std::uint8_t, 4> magic{};
  file.need(magic.data(), 4, "its header");
  if (magic[0] != 0 || magic[1] != 0) file.fail(0, "an IDX file begins with two zero bytes");
  if (magic[3] == 0) file.fail(3, "an array has at least one extent");
  std::vector<std::size_t> extents;
  Index count = 1, largest = 1;  // with an extent of 0 the others still make strides
  for (int i = 0; i < magic[3]; ++i) {
    std::array<std::uint8_t, 4> word{};
    file.need(word.data(), 4, "its header");
    const Index extent =
        Index{word[0]} << 24 | Index{word[1]} << 16 | Index{word[2]} << 8 | Index{word[3]};
    if (largest > std::numeric_limits<Index>::max() / 8 / std::max<Index>(extent, 1))
      file.fail(file.offset() - 4, "the product of the extents does not fit in memory");
    largest *= std::max<Index>(extent, 1);
    count *= extent;
    extents.push_back(static_cast<std::size_t>(extent));
  }
  switch (magic[2]) {
    case 0x08: return detail::read_big_endian<std::uint8_t>(file, extents, count);
    case 0x09: return detail::read_big_endian<std::int8_t>(file, extents, count);
    case 0x0b: return detail::read_big_endian<std::int16_t>(file, extents, count);
    case 0x0c: return detail::read_big_endian<std::int32_t>(file, extents, count);
    case 0x0d: return detail::read_big_endian<float>(file, extents, count);
    case 0x0e: return detail::read_big_endian<double>(file, extents, count);
    default: break;
  }
  file.fail(2, "there is no IDX element type " + std::to_string(magic[2]));
}

namespace detail {

// Where number i of an IDX file stands.
template <class T>
Index idx_offset(const xt::xarray<T>& array, std::size_t i) {
  return static_cast<Index>(4 + 4 * array.dimension() + i * sizeof(T));
}

inline std::vector<Index> read_idx_labels(const std::string& path, Index classes) {
  return std::visit(
      [&]<class T>(const xt::xarray<T>& array) -> std::vector<Index> {
        if (!std::is_integral_v<T>) ByteReader::fail(path, 2, "labels must be integers");
        if (array.dimension() != 1)
          ByteReader::fail(path, 3,
                           "labels have 1 extent, here are " + std::to_string(array.dimension()));
        std::vector<Index> labels;
        for (std::size_t i = 0; i < array.size(); ++i) {
          labels.push_back(static_cast<Index>(array.data()[i]));
          if (labels.back() < 0 || labels.back() >= classes)
            ByteReader::fail(path, idx_offset(array, i),
                             "label " + std::to_string(labels.back()) + " is not in [0, " +
                                 std::to_string(classes) + ")");
        }
        return labels;
      },
      read_idx(path));
}

// Before doubles become floats.
template <class T>
void check_idx_pixels(const std::string& path, const xt::xarray<T>& array, Index size) {
  std::vector<const T*> images;
  for (std::size_t i = 0; i < array.size(); i += static_cast<std::size_t>(size))
    images.push_back(array.data() + i);
  std::pair<Index, Index> first;
  const std::string fault = pixels_fault<T>(images, size, &first);
  if (!fault.empty())
    ByteReader::fail(path,
                     idx_offset(array, static_cast<std::size_t>(first.first * size + first.second)),
                     fault);
}

}  // namespace detail

/// A data set of two files: images (N, H, W) or (N, H, W, C) of unsigned bytes or of floating point
/// in [0, 1], labels (N) of integers in [0, classes).
///
/// @param names  of the classes; empty: whatever labels there are
/// @throws std::runtime_error     with a file and a byte, also where there are not as many labels or a
///                                float is beyond [0, 1]
/// @throws std::invalid_argument  for names, see `check_class_names`
inline Dataset read_idx_dataset(const std::string& images, const std::string& labels,
                                std::vector<std::string> names = {}) {
  check_class_names(names);
  std::vector<Index> all = detail::read_idx_labels(
      labels, names.empty() ? most_classes : static_cast<Index>(names.size()));
  return std::visit(
      [&]<class T>(const xt::xarray<T>& array) -> Dataset {
        using Kept = std::conditional_t<std::is_floating_point_v<T>, float, std::uint8_t>;
        if (!std::is_floating_point_v<T> && !std::is_same_v<T, std::uint8_t>)
          ByteReader::fail(images, 2, "pixels must be unsigned bytes or floating point");
        if (array.dimension() != 3 && array.dimension() != 4)
          ByteReader::fail(
              images, 3,
              "images have 3 or 4 extents, here are " + std::to_string(array.dimension()));
        const auto& extent = array.shape();
        if (extent[0] != all.size())
          ByteReader::fail(images, 4,
                           std::to_string(extent[0]) + " images, but " +
                               std::to_string(all.size()) + " labels in " + labels);
        const std::size_t channels = array.dimension() == 4 ? extent[3] : 1;
        const auto size = static_cast<Index>(extent[1] * extent[2] * channels);
        if (size < 1) ByteReader::fail(images, 8, "an image has a pixel at least");
        if constexpr (std::is_floating_point_v<T>) detail::check_idx_pixels(images, array, size);
        auto pixels = xt::xtensor<Kept, 4>::from_shape({extent[0], extent[1], extent[2], channels});
        std::transform(array.data(), array.data() + array.size(), pixels.data(),
                       [](T x) { return static_cast<Kept>(x); });
        return Dataset(std::move(pixels), std::move(all), std::move(names));
      },
      read_idx(images));
}

}  // namespace selfsame
