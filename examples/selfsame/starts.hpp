/// @file
/// When, where and by what a training was started and resumed: a JSON object a line.
#pragma once
#include "log.hpp"

#include <selfsame/core/version.hpp>
#include <selfsame/kernel/cpu/isa.hpp>

#include <sys/utsname.h>

#include <cstdint>
#include <cstdio>
#include <ctime>

namespace selfsame::program {

inline std::filesystem::path starts_file(const std::filesystem::path& folder) {
  return folder / "starts.jsonl";
}

/// "AMD EPYC 7B13 64-Core Processor", as Linux names it; else the architecture.
inline std::string processor() {
  constexpr std::string_view key = "model name";
  if (std::filesystem::exists("/proc/cpuinfo"))
    for (const std::string& line : read_lines("/proc/cpuinfo"))
      if (const auto colon = line.find(": "); line.starts_with(key) && colon != line.npos)
        return line.substr(colon + 2);
  utsname machine{};
  return uname(&machine) == 0 ? machine.machine : "unknown";
}

inline std::string compiler() {
#if defined(__clang__)
  return "clang " + std::to_string(__clang_major__) + "." + std::to_string(__clang_minor__);
#else
  return "g++ " + std::to_string(__GNUC__) + "." + std::to_string(__GNUC_MINOR__);
#endif
}

/// The time in UTC, as ISO 8601 writes it.
inline std::string time_now() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
  return text;
}

inline std::string hexadecimal(std::uint64_t x) {
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(x));
  return digits;
}

/// Adds a line to starts.jsonl.
/// @param done    steps that had been done; 0 begins the file anew
/// @param recipe  its hash
inline void note_start(const std::filesystem::path& folder, Index done, int threads,
                       std::uint64_t recipe) {
  const Isa isa = isa_in_use();
  LineFile(starts_file(folder), done > 0)
      .line(JsonObject()
                .add("step", done)
                .add("time", time_now())
                .add("version", library_version)
                .add("cpu", processor())
                .add("threads", threads)
                .add("instructions", isa == Isa::avx512 ? "AVX-512"
                                     : isa == Isa::avx2 ? "AVX2"
                                                        : "baseline")
                .add("compiler", compiler())
                .add("recipe", hexadecimal(recipe))
                .text());
}

}  // namespace selfsame::program
