// expected-error: role::Loss needs loss\(pass, rows, columns, relation, further\), see PairLoss
#include <selfsame/loss/cross_entropy.hpp>
#include <selfsame/method/contrastive.hpp>
selfsame::Contrastive<selfsame::CrossEntropy> bad;
