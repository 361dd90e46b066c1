/// @file
/// What a check of laws found.
#pragma once
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace selfsame::testing {

/// The laws that a policy breaks, a sentence each; true where it breaks none. It knows no test framework:
///
///     const Report report = check_loss<MyLoss>();
///     if (!report) std::puts(to_string(report).c_str());
///
/// CHECK(report) of Catch2 and EXPECT_TRUE(report) of GoogleTest print the sentences.
struct Report {
  std::string subject;                ///< the policy's name
  std::vector<std::string> broken{};  ///< what is not as it should be

  explicit operator bool() const { return broken.empty(); }
  /// Notes the sentence unless `holds`.
  void require(bool holds, std::string otherwise) {
    if (!holds) broken.push_back(std::move(otherwise));
  }
  /// Takes over what was found in one of several cases.
  void add(const std::string& circumstance, const Report& found) {
    for (const std::string& s : found.broken) broken.push_back(circumstance + ": " + s);
  }
  /// Whether a sentence that contains `words` was noted.
  bool says(std::string_view words) const {
    for (const std::string& s : broken)
      if (s.find(words) != s.npos) return true;
    return false;
  }
};

inline std::string to_string(const Report& report) {
  if (report) return report.subject + " keeps all laws";
  std::string s = report.subject + " breaks " + std::to_string(report.broken.size()) +
                  (report.broken.size() == 1 ? " law" : " laws");
  for (const std::string& sentence : report.broken) s += "\n  " + sentence;
  return s;
}
inline std::ostream& operator<<(std::ostream& out, const Report& report) {
  return out << to_string(report);
}

}  // namespace selfsame::testing
