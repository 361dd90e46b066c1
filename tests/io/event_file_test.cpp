#include <selfsame/io/event_file.hpp>
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <cstring>
#include <vector>

using namespace selfsame;

namespace {

template <class T>
T number_at(const std::string& bytes, std::size_t at) {
  T x;
  REQUIRE(at + sizeof x <= bytes.size());
  std::memcpy(&x, bytes.data() + at, sizeof x);
  return x;
}

// The checksum as TensorFlow's record_writer defines it, with shifts.
std::uint32_t masked(std::uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xa282ead8u; }

// The bytes of all records, whose checksums must hold.
std::vector<std::string> records(const std::filesystem::path& path) {
  const std::string file = read_file(path);
  std::vector<std::string> all;
  for (std::size_t at = 0; at < file.size();) {
    const auto length = number_at<std::uint64_t>(file, at);
    CHECK(number_at<std::uint32_t>(file, at + 8) == masked(crc32c(file.substr(at, 8))));
    all.push_back(file.substr(at + 12, length));
    CHECK(number_at<std::uint32_t>(file, at + 12 + length) == masked(crc32c(all.back())));
    at += 16 + length;
  }
  return all;
}

}  // namespace

TEST_CASE("event files: records have the bytes that TensorBoard's writer gives them", "[io]") {
  using namespace detail;
  CHECK(record(version_event(1700000000.25).text()) + record(start_event(1700000000.5, 41).text()) +
            record(scalar_event(1700000001, 41, "loss", 0.1f).text()) +
            record(scalar_event(1700000002, Index{1} << 40, "accuracy/z\u00fcge", -3e38f).text()) ==
        read_file(std::string(SELFSAME_GOLDEN_DIR) + "/io/scalars.tfevents"));
}

TEST_CASE("event files: what was added can be read while the file is open", "[io]") {
  const TemporaryFolder folder;
  EventFile events(folder / "run", 7);
  CHECK(events.path().filename().string().starts_with("events.out.tfevents.1"));
  CHECK(records(events.path()).size() == 2);
  events.add(7, "loss", 0.5);
  events.add(8, "loss", 0.25);
  const auto all = records(events.path());
  REQUIRE(all.size() == 4);
  CHECK(
      all[0].ends_with("\x1a\x0d"
                       "brain.Event:2"));
  CHECK(all[1].ends_with("\x10\x07\x3a\x02\x08\x01"));
  const auto last = number_at<double>(all[3], 1);
  CHECK(all[3] == detail::scalar_event(last, 8, "loss", 0.25f).text());
  CHECK(number_at<double>(all[2], 1) <= last);
}

TEST_CASE("event files: a later one has a later name, whatever the clock says", "[io]") {
  const TemporaryFolder folder;
  const EventFile first(folder / "run");
  const EventFile second(folder / "run", 3);
  CHECK(first.path().filename() < second.path().filename());
  write_file(folder / "run/events.out.tfevents.9000000000.elsewhere", "");
  const EventFile third(folder / "run");
  CHECK(third.path().filename().string().starts_with("events.out.tfevents.9000000001."));
}

TEST_CASE("event files: a folder that cannot be made is an error that names it", "[io]") {
  const TemporaryFolder folder;
  write_file(folder / "file", "");
  CHECK_THROWS_WITH(EventFile(folder / "file/run"), Catch::Matchers::ContainsSubstring("file"));
}
