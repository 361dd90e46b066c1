/// @file
#pragma once
#include <selfsame/core/pass.hpp>

#include <stdexcept>
#include <string>

namespace selfsame::detail {

/// Refuses a row of this rank, `odd` if not -1, on every rank.
/// @throws std::invalid_argument  that names the row where it lies
template <class D>
void refuse_row(const Pass<D>& pass, const std::string& name, Index odd) {
  Index any = odd >= 0;
  if (pass.ranks->size() > 1) pass.ranks->max(&any, 1, Number::integer);
  if (any == 0) return;
  const std::string row = odd >= 0 ? "row " + std::to_string(odd) : "a row of another rank";
  throw std::invalid_argument("selfsame: " + row + " of the " + name +
                              " is not finite; it has no label");
}

}  // namespace selfsame::detail
