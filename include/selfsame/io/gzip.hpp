/// @file
/// A file as a stream of bytes, unpacked if it is gzip; and errors that say where.
#pragma once
#include <selfsame/io/file.hpp>
#include <selfsame/tensor/device.hpp>

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

namespace selfsame {

/// Reads a file from its beginning to its end. Its first bytes, not its name, say whether it is
/// gzip; several members in a row are one stream, as gzip has it. Throws std::system_error where
/// the file cannot be read, else std::runtime_error that names the file and a byte of what is in
/// it: "'a.gz', byte 16: ...".
class ByteReader {
 public:
  explicit ByteReader(std::string path) : path_(std::move(path)), file_(read_file(path_)) {
    packed_ = file_.size() >= 2 && file_[0] == '\x1f' && file_[1] == '\x8b';
    if (packed_ && inflateInit2(&stream_, 16 + MAX_WBITS) != Z_OK) throw std::bad_alloc{};
  }
  ByteReader(const ByteReader&) = delete;
  ByteReader& operator=(const ByteReader&) = delete;
  ~ByteReader() {
    if (packed_) inflateEnd(&stream_);
  }

  /// Up to `count` bytes into `to`; fewer only where the file ends. Says how many.
  Index read(std::uint8_t* to, Index count) {
    Index done = 0;
    while (done < count) {
      const Index got = packed_ ? unpack(to + done, count - done) : copy(to + done, count - done);
      if (got == 0) break;
      done += got;
    }
    return done;
  }
  /// Exactly `count` bytes, or the error that the file ends within `what`.
  void need(std::uint8_t* to, Index count, const std::string& what) {
    if (read(to, count) < count) fail(offset_, "the file ends within " + what);
  }
  /// Throws unless the file ends here.
  void finish() {
    std::uint8_t more = 0;
    const Index end = offset_;
    if (read(&more, 1) > 0) fail(end, "the file goes on where it should end");
  }
  /// Bytes read so far, unpacked.
  Index offset() const { return offset_; }
  [[noreturn]] void fail(Index byte, const std::string& what) const { fail(path_, byte, what); }
  [[noreturn]] static void fail(const std::string& path, Index byte, const std::string& what) {
    detail::byte_error(path, static_cast<std::size_t>(byte), what);
  }

 private:
  std::size_t left() const { return file_.size() - used_; }

  Index copy(std::uint8_t* to, Index most) {
    const std::size_t got = std::min(static_cast<std::size_t>(most), left());
    if (got > 0) std::memcpy(to, file_.data() + used_, got);
    used_ += got;
    offset_ += static_cast<Index>(got);
    return static_cast<Index>(got);
  }
  // At least one byte, unless the last member has ended and nothing follows.
  Index unpack(std::uint8_t* to, Index most) {
    constexpr std::size_t piece = std::size_t{1} << 30;  // zlib counts in 32 bits
    for (;;) {
      if (member_ended_) {
        if (left() == 0) return 0;
        inflateReset(&stream_);  // a further member; what is none fails below
      }
      const auto in = static_cast<uInt>(std::min(left(), piece));
      const auto out = static_cast<uInt>(std::min(static_cast<std::size_t>(most), piece));
      stream_.next_in = reinterpret_cast<Bytef*>(file_.data() + used_);
      stream_.avail_in = in;
      stream_.next_out = to;
      stream_.avail_out = out;
      const int result = inflate(&stream_, Z_NO_FLUSH);
      used_ += in - stream_.avail_in;
      const auto got = static_cast<Index>(out - stream_.avail_out);
      offset_ += got;
      member_ended_ = result == Z_STREAM_END;
      if (result == Z_MEM_ERROR) throw std::bad_alloc{};
      if (result == Z_BUF_ERROR && left() == 0) fail(offset_, "the compressed file is cut off");
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
        fail(offset_, std::string("the compressed file is damaged (") +
                          (stream_.msg != nullptr ? stream_.msg : "by what zlib does not say") +
                          ")");
      if (got > 0) return got;
    }
  }

  std::string path_;
  std::string file_;
  std::size_t used_ = 0;  // bytes of file_
  z_stream stream_{};
  bool packed_ = false;
  bool member_ended_ = false;
  Index offset_ = 0;
};

/// All of a file, unpacked if it is gzip. Errors as ByteReader's.
inline std::vector<std::uint8_t> read_gzip(const std::string& path) {
  ByteReader file(path);
  std::vector<std::uint8_t> bytes;
  constexpr Index block = Index{1} << 20;
  for (Index got = block; got == block;) {
    const Index before = file.offset();
    bytes.resize(static_cast<std::size_t>(before + block));
    got = file.read(bytes.data() + before, block);
  }
  bytes.resize(static_cast<std::size_t>(file.offset()));
  return bytes;
}

}  // namespace selfsame
