/// @file
/// What every fuzz target is: an input of libFuzzer as a file, which a reader takes or refuses.
#pragma once
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace selfsame::testing {

/// read(path of a file of these bytes). It may throw std::runtime_error, as readers say they do; any other
/// exception ends the program, as a wrong access does.
template <class F>
int read_or_refuse(const std::uint8_t* data, std::size_t size, F&& read) {
  static const int file = ::memfd_create("input", 0);
  static const std::string path = "/proc/self/fd/" + std::to_string(file);
  if (::ftruncate(file, 0) != 0 || ::pwrite(file, data, size, 0) != static_cast<::ssize_t>(size))
    std::abort();
  try {
    read(path);
  } catch (const std::runtime_error&) {
  }
  return 0;
}

/// Several readers of one input: that one refuses it keeps it from no other.
template <class... Readers>
void each_reader(Readers&&... readers) {
  const auto one = [](auto& read) {
    try {
      read();
    } catch (const std::runtime_error&) {
    }
  };
  (one(readers), ...);
}

}  // namespace selfsame::testing

#define SELFSAME_FUZZ(path)                                                        \
  static void read_one(const std::string& path);                                   \
  extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) { \
    return selfsame::testing::read_or_refuse(data, n, read_one);                   \
  }                                                                                \
  static void read_one(const std::string& path)
