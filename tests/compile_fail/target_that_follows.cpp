// expected-error: role::Target of Contrastive can only be SharedWeights
#include <selfsame/method/contrastive.hpp>
namespace mine {
struct Mean {
  using plays = selfsame::role::Target;
};
}  // namespace mine
selfsame::Contrastive<mine::Mean> bad;
