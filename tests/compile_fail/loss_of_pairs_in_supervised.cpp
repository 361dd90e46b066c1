// expected-error: role::Loss needs loss\(pass, rows, targets\), see RowLoss
#include <selfsame/loss/nt_xent.hpp>
#include <selfsame/method/supervised.hpp>
selfsame::Supervised<selfsame::NtXent> bad;
