// expected-error: keys need a slowly moving target. Add EMA
#include <selfsame/method/contrastive.hpp>
selfsame::Contrastive<selfsame::Queue> bad;
