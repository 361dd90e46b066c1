// expected-error: this method has no slot for that role
#include <selfsame/method/supervised.hpp>
using Bad = selfsame::Supervised<selfsame::CrossEntropy,
                                 selfsame::As<selfsame::role::Positives, selfsame::Same>>;
