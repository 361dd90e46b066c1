// Compositions of the other families.
#include <selfsame/loss/cross_entropy.hpp>
#include <selfsame/loss/nt_xent.hpp>
#include <selfsame/method/clustering.hpp>
#include <selfsame/method/predictive.hpp>
#include <selfsame/method/siamese.hpp>
#include <selfsame/method/supervised.hpp>

// expected-error: role::Assigner needs assign\(pass, scores, codes\), see StepAssigner
namespace assigner_of_labels_in_clustering {
struct Nothing {
  using plays = selfsame::role::Assigner;
};
selfsame::Clustering<selfsame::Prototypes, Nothing> bad;
}  // namespace assigner_of_labels_in_clustering

// expected-error: role::Loss needs loss\(pass, rows, prototypes, codes\) and coded_views, see CodeLoss
namespace loss_of_rows_in_clustering {
selfsame::Clustering<selfsame::Prototypes, selfsame::CrossEntropy> bad;
}  // namespace loss_of_rows_in_clustering

// expected-error: a role of this method has no default. Name who plays it
namespace sinkhorn_without_prototypes {
using Bad = selfsame::Clustering<selfsame::Sinkhorn>;
}  // namespace sinkhorn_without_prototypes

// expected-error: a role of this method has no default. Name who plays it
namespace predictive_without_predictor {
using Bad = selfsame::Predictive<selfsame::EMA>;
}  // namespace predictive_without_predictor

// expected-error: a role of this method has no default. Name who plays it
namespace required_role_missing {
template <class Predictor>
struct BasicNeedy {
  Predictor predictor{};
};
struct NeedySlots : selfsame::Slots<BasicNeedy, selfsame::Required<selfsame::role::Predictor>> {};
using Bad = selfsame::Compose<NeedySlots>;
}  // namespace required_role_missing

// expected-error: role::Loss needs loss\(pass, views\), see ViewLoss
namespace loss_of_pairs_in_siamese {
selfsame::Siamese<selfsame::NtXent> bad;
}  // namespace loss_of_pairs_in_siamese

// expected-error: role::Loss needs loss\(pass, rows, targets\), see RowLoss
namespace loss_of_pairs_in_supervised {
selfsame::Supervised<selfsame::NtXent> bad;
}  // namespace loss_of_pairs_in_supervised

// expected-error: this method has no slot for that role
namespace no_slot_for_that_role {
using Bad = selfsame::Supervised<selfsame::CrossEntropy,
                                 selfsame::As<selfsame::role::Positives, selfsame::SameRows>>;
}  // namespace no_slot_for_that_role
