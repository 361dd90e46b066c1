/// @file
/// A file that is read when it is looked at.
#pragma once
#include <selfsame/io/file.hpp>

#include <sys/mman.h>

#include <cerrno>

namespace selfsame {

/// The bytes of a file as memory: the system reads pages when somebody looks at them, and drops them
/// when memory is short. Whoever maps the same file shares them. Throws std::system_error with the
/// file's name and the system's reason.
///
/// The file must not become shorter while it is mapped: looking beyond its end is SIGBUS. Replacing
/// it, as AtomicFile does, leaves the mapping with the old bytes.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path) {
    const detail::Descriptor file = detail::open_file("open", path, O_RDONLY);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) detail::file_error("map", path);
    if (!S_ISREG(status.st_mode)) {
      errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
      detail::file_error("map", path);
    }
    size_ = static_cast<std::size_t>(status.st_size);
    if (size_ == 0) return;  // nothing can be mapped
    void* bytes = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, file.get(), 0);
    if (bytes == MAP_FAILED) detail::file_error("map", path);
    bytes_ = static_cast<const char*>(bytes);
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile() {
    if (bytes_ != nullptr) ::munmap(const_cast<char*>(bytes_), size_);
  }

  std::string_view bytes() const { return {bytes_, size_}; }

 private:
  const char* bytes_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace selfsame
