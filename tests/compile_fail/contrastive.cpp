// Compositions of the contrastive family.
#include <selfsame/loss/cross_entropy.hpp>
#include <selfsame/method/contrastive.hpp>

// expected-error: role::Augmenter needs views\(\), check\(\) and make\(\), see ViewMaker
namespace augmenter_without_make {
namespace mine {
struct Twice {
  using plays = selfsame::role::Augmenter;
  std::vector<selfsame::ViewSpec> views(selfsame::Shape image) const { return {{image}, {image}}; }
  void check(selfsame::Shape) const {}
};
}  // namespace mine
selfsame::Contrastive<mine::Twice> bad;
}  // namespace augmenter_without_make

// expected-error: role::Loss needs loss\(pass, rows, columns, relation, extra_negatives\), see PairLoss
namespace loss_of_rows_in_contrastive {
selfsame::Contrastive<selfsame::CrossEntropy> bad;
}  // namespace loss_of_rows_in_contrastive

// expected-error: not a policy. Name its role
namespace not_a_policy {
struct Temperature {
  double value = 0.5;
};
using Bad = selfsame::Contrastive<Temperature>;
}  // namespace not_a_policy

// expected-error: keys need a slowly moving target. Add EMA
namespace queue_of_shared_weights {
selfsame::Contrastive<selfsame::Queue> bad;
}  // namespace queue_of_shared_weights

// expected-error: nobody is compared with this target. Add Queue or OwnKey
namespace target_nobody_meets {
selfsame::Contrastive<selfsame::EMA> bad;
}  // namespace target_nobody_meets

// expected-error: role::Target needs update\(pass, online, target\)
namespace target_that_follows {
namespace mine {
struct Mean {
  using plays = selfsame::role::Target;
};
}  // namespace mine
selfsame::Contrastive<mine::Mean> bad;
}  // namespace target_that_follows

// expected-error: two policies play the same role
namespace two_policies_one_role {
namespace mine {
struct Other : selfsame::NtXent {};
}  // namespace mine
using Bad = selfsame::Contrastive<selfsame::NtXent, mine::Other>;
}  // namespace two_policies_one_role
