/// @file
/// Commands as one types them.
#pragma once
#include <string>

namespace selfsame::program {

/// A word of a shell's command, quoted where it must be; what looks like an option gets "./" in front.
inline std::string shell_quoted(std::string word) {
  if (word.starts_with('-')) word.insert(0, "./");
  if (!word.empty() && word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                              "0123456789/._-+") == word.npos)
    return word;
  std::string quoted = "'";
  for (const char c : word) c == '\'' ? quoted += "'\\''" : quoted += c;
  return quoted + "'";
}

}  // namespace selfsame::program
