/// @file
/// From the logits of a tokenizer's encoder to visual tokens.
#pragma once
#include <selfsame/assigner/detail/refuse.hpp>
#include <selfsame/core/pass.hpp>
#include <selfsame/core/roles.hpp>
#include <selfsame/kernel/cpu/pseudo_labels.hpp>

#include <stdexcept>

namespace selfsame {

/// The token of a position is the word its logits say most; no temperature, no noise.
///
///     token_r = arg max_k l_rk, the lowest k of several
///
/// A row with a NaN is refused; an infinite logit is the largest.
///
/// Ranks and batches do not matter: a token is a function of its row.
///
/// @see Bao et al. 2021, arXiv:2106.08254, section 2.1
struct TokenArgmax {
  using plays = role::Assigner;

  /// @param logits  (images * positions, V)
  /// @param tokens  (images * positions), overwritten
  /// @return  how many rows have a token: all
  /// @throws std::invalid_argument  on every rank, where a row holds a NaN
  template <class D>
  LabelCount assign(const Pass<D>& pass, In<D> logits, Vector<Index, D> tokens) const {
    const LabelCount count = row_arg_max(*pass.device, *pass.workspace, logits, tokens);
    detail::refuse_row(pass, "logits", count.first);
    return count;
  }
};

/// The same for a trainer of your own.
/// @throws std::invalid_argument  where there is not one token a row, there are no words, or a row holds a NaN
template <Device D>
LabelCount token_argmax(const D& device, In<D> logits, Vector<Index, D> tokens) {
  if (tokens.size != logits.rows)
    throw std::invalid_argument("selfsame: logits are " + to_string(logits) + ", tokens are " +
                                std::to_string(tokens.size) + "; there is one a row");
  if (logits.rows > 0 && logits.cols == 0)
    throw std::invalid_argument("selfsame: logits are " + to_string(logits) +
                                "; a vocabulary has at least one word");
  Workspace scratch;
  Pass<D> pass;
  pass.device = &device;
  pass.workspace = &scratch;
  return TokenArgmax{}.assign(pass, logits, tokens);
}

}  // namespace selfsame
