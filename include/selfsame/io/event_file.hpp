/// @file
/// The numbers of a training as TensorBoard reads them.
#pragma once
#include <selfsame/io/crc32c.hpp>
#include <selfsame/io/detail/protobuf.hpp>
#include <selfsame/io/file.hpp>
#include <selfsame/tensor/device.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>

namespace selfsame {

namespace detail {

// A record as TensorFlow frames it: length (u64), checksum of the length, bytes, checksum of the bytes.
// Checksums are turned and shifted CRC32Cs, so that records within records do not confuse them.
inline std::string record(std::string_view bytes) {
  static_assert(std::endian::native == std::endian::little);
  const auto raw = [](auto x) { return std::string(reinterpret_cast<const char*>(&x), sizeof x); };
  const auto checksum = [&](std::string_view b) {
    return raw(std::rotr(crc32c(b), 15) + 0xa282ead8u);
  };
  const std::string length = raw(std::uint64_t{bytes.size()});
  return length + checksum(length) + std::string(bytes) + checksum(bytes);
}

// Events, with the field numbers of event.proto and summary.proto.
inline Message version_event(double time) {
  return Message().real(1, time).bytes(3, "brain.Event:2");
}
inline Message scalar_event(double time, Index step, std::string_view tag, float value) {
  const Message scalar = Message().bytes(1, tag).real(2, value);
  return Message().real(1, time).number(2, step).message(5, Message().message(1, scalar));
}
// A reader forgets what it has met so far of `step` and of later ones.
inline Message start_event(double time, Index step) {
  return Message().real(1, time).number(2, step).message(7, Message().number(1, 1));
}

}  // namespace detail

/// An event file of TensorBoard, which grows scalar by scalar and can be read meanwhile. Each is one
/// framed record, written at once: a crash tears the last at most, and readers stop before it.
///
///     EventFile events("run");
///     learner.fit(loader, [&](const Progress& at, const Report<Cpu>& report) {
///       events.add(at.step + 1, "loss", report.value);
///     });
///
/// One file a start of a training: a resumed one begins the next in the same folder. All functions
/// throw std::system_error with the file's name and the system's reason.
/// @see https://github.com/tensorflow/tensorboard, tensorboard/compat/proto/event.proto
class EventFile {
 public:
  /// Makes the folder where it is absent, and in it events.out.tfevents.TIME.HOST. The time is
  /// now, in seconds since 1970, or later than that of every event file there, for readers take
  /// files in the order of their names.
  /// @param first  step at which this file begins: what earlier files of the folder say of it and of
  ///               later ones is forgotten by readers
  explicit EventFile(const std::filesystem::path& folder, Index first = 0) : file_(-1) {
    std::filesystem::create_directories(folder);
    char host[256] = "";
    ::gethostname(host, sizeof host - 1);
    path_ = folder / (prefix + std::to_string(time_in(folder)) + "." + host);
    file_ = detail::open_file("write", path_, O_WRONLY | O_CREAT | O_EXCL | O_APPEND);
    write(detail::version_event(now()));
    write(detail::start_event(now(), first));
  }

  /// Adds a number by its tag ("loss", "accuracy/train"), kept as a float.
  void add(Index step, std::string_view tag, double value) {
    write(detail::scalar_event(now(), step, tag, static_cast<float>(value)));
  }

  const std::filesystem::path& path() const { return path_; }

 private:
  static constexpr const char* prefix = "events.out.tfevents.";

  static double now() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
  static long long time_in(const std::filesystem::path& folder) {
    auto time = static_cast<long long>(now());
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      if (const std::string name = entry.path().filename().string(); name.starts_with(prefix))
        time = std::max(time, 1 + std::atoll(name.c_str() + std::string_view(prefix).size()));
    return time;
  }
  void write(const detail::Message& event) {
    const std::string bytes = detail::record(event.text());
    for (std::string_view left = bytes; !left.empty();) {
      const auto n =
          detail::uninterrupted([&] { return ::write(file_.get(), left.data(), left.size()); });
      if (n < 0) detail::file_error("write", path_);
      left.remove_prefix(static_cast<std::size_t>(n));
    }
  }

  std::filesystem::path path_;
  detail::Descriptor file_;
};

}  // namespace selfsame
