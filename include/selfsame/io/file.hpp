/// @file
/// Whole files: read at once, written so that a reader sees the old one or the new one.
#pragma once
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace selfsame {

namespace detail {
// Whether readers look at checksums. A fuzzer, which does not guess them, turns that off.
#if defined(FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION)
inline constexpr bool checksums_count = false;
#else
inline constexpr bool checksums_count = true;
#endif

// An open file of POSIX.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  int close() { return ::close(std::exchange(fd_, -1)); }

 private:
  int fd_;
};

[[noreturn]] inline void file_error(const char* verb, const std::filesystem::path& path) {
  const int code = errno;  // what follows may change it
  throw std::system_error(code, std::generic_category(),
                          std::string("selfsame: cannot ") + verb + " '" + path.string() + "'");
}

// What is wrong in a file, and where.
[[noreturn]] inline void byte_error(const std::string& path, std::size_t byte,
                                    const std::string& why) {
  throw std::runtime_error("selfsame: '" + path + "', byte " + std::to_string(byte) + ": " + why);
}

// Calls a function of POSIX again while a signal interrupts it.
template <class F>
auto uninterrupted(F&& f) {
  auto result = f();
  while (result < 0 && errno == EINTR) result = f();
  return result;
}

inline Descriptor open_file(const char* verb, const std::filesystem::path& path, int flags) {
  Descriptor file(uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0666); }));
  if (file.get() < 0) file_error(verb, path);
  return file;
}
}  // namespace detail

/// All bytes of a file. Throws std::system_error with the file's name and the system's reason.
inline std::string read_file(const std::filesystem::path& path) {
  const detail::Descriptor file = detail::open_file("open", path, O_RDONLY);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) detail::file_error("read", path);
  std::string bytes;
  std::size_t used = 0;
  // One byte more than it says, so that its end is met; pipes say 0.
  for (bytes.resize(static_cast<std::size_t>(status.st_size) + 1);;) {
    if (used == bytes.size()) bytes.resize(2 * bytes.size());
    const auto n = detail::uninterrupted(
        [&] { return ::read(file.get(), bytes.data() + used, bytes.size() - used); });
    if (n < 0) detail::file_error("read", path);
    if (n == 0) break;
    used += static_cast<std::size_t>(n);
  }
  bytes.resize(used);
  return bytes;
}

/// The lines of a text file, without what ends them ("\n" or "\r\n") and without the mark of UTF-8 that some
/// programs put before the first. Throws as `read_file`.
inline std::vector<std::string> read_lines(const std::filesystem::path& path) {
  const std::string text = read_file(path);
  std::vector<std::string> lines;
  for (std::size_t begin = text.starts_with("\xef\xbb\xbf") ? 3 : 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    if (lines.back().ends_with('\r')) lines.back().pop_back();
    begin = end + 1;
  }
  return lines;
}

/// Writes a file piece by piece, so that at any moment, also after SIGKILL or a loss of power, the
/// name stands for the whole old file (or none) or the whole new one:
///
///     write to "<name>.partial" beside it, fsync, rename, fsync the directory
///
/// Without `commit` the old file stays. A link is followed. One writer a file at a time. All
/// functions throw std::system_error with the file's name and the system's reason.
class AtomicFile {
 public:
  explicit AtomicFile(const std::filesystem::path& path)
      : path_(std::filesystem::is_symlink(path) ? std::filesystem::weakly_canonical(path) : path),
        partial_(path_.string() + ".partial"),
        file_(-1) {
    if (std::filesystem::exists(path_) && !std::filesystem::is_regular_file(path_)) {
      errno = std::filesystem::is_directory(path_) ? EISDIR : EINVAL;  // no renaming over a device
      detail::file_error("write", path_);
    }
    file_ = detail::open_file("write", partial_, O_WRONLY | O_CREAT | O_TRUNC);
  }
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile() {
    if (!committed_ && file_.get() >= 0) ::unlink(partial_.c_str());
  }

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto n =
          detail::uninterrupted([&] { return ::write(file_.get(), bytes.data(), bytes.size()); });
      if (n < 0) detail::file_error("write", partial_);
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  /// Overwrites the beginning, which has been written before.
  void rewrite(std::string_view beginning) {
    for (off_t at = 0; !beginning.empty();) {
      const auto n = detail::uninterrupted(
          [&] { return ::pwrite(file_.get(), beginning.data(), beginning.size(), at); });
      if (n < 0) detail::file_error("write", partial_);
      beginning.remove_prefix(static_cast<std::size_t>(n));
      at += n;
    }
  }
  /// Puts the new file in the old one's place. Nothing may be written afterwards.
  void commit() {
    if (detail::uninterrupted([&] { return ::fsync(file_.get()); }) != 0)
      detail::file_error("write", partial_);
    if (::rename(partial_.c_str(), path_.c_str()) != 0) detail::file_error("write", path_);
    committed_ = true;
    if (file_.close() != 0 && errno != EINTR) detail::file_error("write", path_);
    const auto folder = path_.has_parent_path() ? path_.parent_path() : std::filesystem::path(".");
    const auto directory = detail::open_file("open", folder, O_RDONLY | O_DIRECTORY);
    // EINVAL: a file system that does not keep names apart from files
    if (detail::uninterrupted([&] { return ::fsync(directory.get()); }) != 0 && errno != EINVAL)
      detail::file_error("write", folder);
  }

 private:
  std::filesystem::path path_, partial_;
  detail::Descriptor file_;
  bool committed_ = false;
};

/// Replaces a file by `bytes`, as AtomicFile does.
inline void write_file(const std::filesystem::path& path, std::string_view bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

}  // namespace selfsame
