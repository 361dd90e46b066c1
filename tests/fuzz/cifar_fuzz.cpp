#include <selfsame/data/cifar.hpp>

#include "reader.hpp"

SELFSAME_FUZZ(path) { selfsame::read_cifar10({path}); }
