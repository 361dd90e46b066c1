// expected-error: nobody is compared with this target. Add Queue or OwnKey
#include <selfsame/method/contrastive.hpp>
selfsame::Contrastive<selfsame::EMA> bad;
