#include <selfsame/io/gzip.hpp>
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <array>

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

namespace {

std::string packed(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}
std::string long_text() {  // does not pack to nothing
  std::string text;
  for (std::uint32_t i = 0, x = 1; i < 300000; ++i)
    text += static_cast<char>((x = x * 1664525 + 1013904223) >> 26);
  return text;
}
std::string read(const std::string& path) {
  const std::vector<std::uint8_t> bytes = read_gzip(path);
  return {bytes.begin(), bytes.end()};
}

}  // namespace

TEST_CASE("a file is read as it is, or unpacked if it is gzip, whatever its name", "[io]") {
  const TemporaryFolder folder;
  const std::string path = folder / "some.file";
  for (const std::string& text : {std::string(), std::string("a"), long_text()}) {
    write_file(path, text);
    CHECK(read(path) == text);
    write_file(path, packed(text));
    CHECK(read(path) == text);
  }
}

TEST_CASE("members in a row are one stream", "[io]") {
  const TemporaryFolder folder;
  const std::string path = folder / "two.gz";
  write_file(path, packed("one, ") + packed("") + packed("two"));
  CHECK(read(path) == "one, two");
}

TEST_CASE("a packed file that is cut off anywhere is an error with its name", "[io]") {
  const TemporaryFolder folder;
  const std::string path = folder / "cut.gz", whole = packed(long_text());
  for (const std::size_t length : {std::size_t{2}, std::size_t{9}, std::size_t{11},
                                   whole.size() / 2, whole.size() - 9, whole.size() - 1}) {
    CAPTURE(length);
    write_file(path, whole.substr(0, length));
    CHECK_THROWS_WITH(read(path), ContainsSubstring("cut.gz") && ContainsSubstring("byte") &&
                                      ContainsSubstring("cut off"));
  }
}

TEST_CASE("a damaged packed file, and one with more behind it, is an error", "[io]") {
  const TemporaryFolder folder;
  const std::string path = folder / "bad.gz", whole = packed(long_text());
  std::string bad = whole;
  bad[bad.size() - 6] = static_cast<char>(bad[bad.size() - 6] ^ 1);  // the checksum
  write_file(path, bad);
  CHECK_THROWS_WITH(read(path), ContainsSubstring("bad.gz") && ContainsSubstring("damaged"));
  write_file(path, whole + "garbage");
  CHECK_THROWS_WITH(read(path), ContainsSubstring("byte 300000") && ContainsSubstring("damaged"));
}

TEST_CASE("a reader says where a file ends too early and where it goes on", "[io]") {
  const TemporaryFolder folder;
  const std::string path = folder / "ten";
  write_file(path, "0123456789");
  std::array<std::uint8_t, 20> to{};
  ByteReader reader(path);
  reader.need(to.data(), 4, "four bytes");
  CHECK(to[3] == '3');
  CHECK(reader.offset() == 4);
  CHECK_THROWS_WITH(ByteReader(path).need(to.data(), 11, "its header"),
                    ContainsSubstring("byte 10: the file ends within its header"));
  CHECK_THROWS_WITH(reader.finish(), ContainsSubstring("byte 4: the file goes on"));
  CHECK_THROWS_WITH(ByteReader(folder / "none"), ContainsSubstring("none"));
}
