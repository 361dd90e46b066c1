// expected-error: role::Loss needs loss\(pass, rows, prototypes, codes\) and coded_views, see CodeLoss
#include <selfsame/loss/cross_entropy.hpp>
#include <selfsame/method/clustering.hpp>
selfsame::Clustering<selfsame::Prototypes, selfsame::CrossEntropy> bad;
