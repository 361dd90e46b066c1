/// @file
/// What is said of files of tensors.
#pragma once
#include <selfsame/io/file.hpp>
#include <selfsame/io/tensor_file.hpp>
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>

namespace selfsame {

/// Whether one of these tensors is as said.
inline void check_tensor(const std::vector<NamedTensor>& all, const std::string& name,
                         Scalar scalar, const std::vector<Index>& extents,
                         const std::vector<double>& numbers) {
  CAPTURE(name);
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const NamedTensor& t) { return t.name == name; });
  REQUIRE(found != all.end());
  CHECK(found->scalar == scalar);
  CHECK(found->extents == extents);
  CHECK(found->numbers<double>() == numbers);
}

/// Why read(path) refuses a file of these bytes, or "nothing".
template <class F>
std::string complaint_of(F&& read, const std::string& file, const std::string& bytes) {
  const TemporaryFolder folder;
  write_file(folder / file, bytes);
  try {
    read(folder / file);
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return "nothing";
}

}  // namespace selfsame
