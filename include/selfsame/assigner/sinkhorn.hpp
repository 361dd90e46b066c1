/// @file
#pragma once
#include <selfsame/core/pass.hpp>
#include <selfsame/core/roles.hpp>
#include <selfsame/kernel/cpu/finite.hpp>
#include <selfsame/kernel/cpu/sinkhorn.hpp>

#include <stdexcept>

namespace selfsame {

/// Soft codes of samples over prototypes, balanced over prototypes by Sinkhorn's iterations:
///
///     maximise <Q, S^T> + epsilon H(Q),   code_n = M Q_n
///
/// over plans that give each of K prototypes 1/K and each of M samples 1/M. After few iterations the
/// samples' marginals are exact, those of prototypes nearly. Epsilon divides the raw scores, cosines;
/// no temperature of the loss does. Scores that are all equal have codes of 1/K.
///
/// Rows of the scores beyond those of the codes take part only: a queue's, which come first.
///
/// @see Caron et al. 2020, arXiv:2006.09882, section 3.1; the released code's numbers
struct Sinkhorn {
  using plays = role::Assigner;
  Positive epsilon = 0.05;   ///< in units of the scores; 0.03 against collapse
  Count iterations = 3;      ///< at most
  NonNegative residual = 0;  ///< the prototypes' at which they stop; 0: never
  SinkhornForm form = SinkhornForm::automatic;
  Codes codes = Codes::soft;
  CodedRows rows = CodedRows::last;  ///< the rows of the scores that have codes

  /// @param scores  (M, K)
  /// @param to      (B, K), B <= M, overwritten; may be those rows of the scores
  /// @return  of all ranks' samples
  /// @throws std::invalid_argument  where a score of any rank is not finite: on every rank
  template <class D>
  SinkhornReport assign(const Pass<D>& pass, In<D> scores, Out<D> to) const {
    const SinkhornReport report = sinkhorn(*pass.device, *pass.workspace, *pass.ranks, scores, to,
                                           {.epsilon = epsilon,
                                            .iterations = iterations,
                                            .residual = residual,
                                            .form = form,
                                            .codes = codes,
                                            .rows = rows});
    if (!report.finite) {
      const Index at = first_not_finite(*pass.device, *pass.workspace, scores);
      throw std::invalid_argument(
          "selfsame: " +
          (at < 0 ? "a row of another rank" : "row " + std::to_string(at / scores.cols)) +
          " of the scores for Sinkhorn holds a NaN or an infinity; are the rows and the prototypes "
          "of unit length?");
    }
    return report;
  }
};

/// The same for a trainer of your own.
/// @throws std::invalid_argument  where shapes do not agree or a score is not finite
template <Device D>
SinkhornReport sinkhorn(const D& device, In<D> scores, Out<D> codes, const Sinkhorn& numbers = {}) {
  if (codes.cols != scores.cols || codes.rows > scores.rows)
    throw std::invalid_argument("selfsame: scores are " + to_string(scores) + ", codes are " +
                                to_string(codes) +
                                "; columns must agree, and codes have at most as many rows");
  Workspace scratch;
  Pass<D> pass;
  pass.device = &device;
  pass.workspace = &scratch;
  return numbers.assign(pass, scores, codes);
}

}  // namespace selfsame
