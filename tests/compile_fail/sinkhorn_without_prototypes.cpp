// expected-error: a role of this method has no default. Name who plays it
#include <selfsame/method/clustering.hpp>
using Bad = selfsame::Clustering<selfsame::Sinkhorn>;
