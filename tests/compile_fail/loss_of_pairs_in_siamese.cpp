// expected-error: role::Loss needs loss\(pass, views\), see ViewLoss
#include <selfsame/loss/nt_xent.hpp>
#include <selfsame/method/siamese.hpp>
selfsame::Siamese<selfsame::NtXent> bad;
