// expected-error: two policies play the same role
#include <selfsame/method/contrastive.hpp>
namespace mine {
struct Other : selfsame::NtXent {};
}  // namespace mine
using Bad = selfsame::Contrastive<selfsame::NtXent, mine::Other>;
