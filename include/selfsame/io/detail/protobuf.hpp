/// @file
/// Protocol buffers, written only: what ONNX and TensorBoard read.
#pragma once
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace selfsame {

namespace detail {

/// A message of protocol buffers, its fields one after the other.
class Message {
 public:
  Message& number(int field, std::int64_t x) {
    varint(static_cast<std::uint64_t>(field) << 3);
    varint(static_cast<std::uint64_t>(x));
    return *this;
  }
  Message& real(int field, double x) {
    varint(static_cast<std::uint64_t>(field) << 3 | 1);
    return little_endian(x);
  }
  Message& real(int field, float x) {
    varint(static_cast<std::uint64_t>(field) << 3 | 5);
    return little_endian(x);
  }
  Message& bytes(int field, std::string_view b) {
    varint(static_cast<std::uint64_t>(field) << 3 | 2);
    varint(b.size());
    bytes_ += b;
    return *this;
  }
  Message& message(int field, const Message& m) { return bytes(field, m.bytes_); }
  /// The fields of another message, behind these.
  Message& append(const Message& m) {
    bytes_ += m.bytes_;
    return *this;
  }
  const std::string& text() const { return bytes_; }

 private:
  template <class T>
  Message& little_endian(T x) {
    static_assert(std::endian::native == std::endian::little);
    bytes_.append(reinterpret_cast<const char*>(&x), sizeof x);
    return *this;
  }
  void varint(std::uint64_t x) {
    for (; x > 127; x >>= 7) bytes_ += static_cast<char>(x | 128);
    bytes_ += static_cast<char>(x);
  }
  std::string bytes_;
};

}  // namespace detail

}  // namespace selfsame
