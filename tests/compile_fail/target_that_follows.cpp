// expected-error: role::Target needs update\(pass, online, target\)
#include <selfsame/method/contrastive.hpp>
namespace mine {
struct Mean {
  using plays = selfsame::role::Target;
};
}  // namespace mine
selfsame::Contrastive<mine::Mean> bad;
