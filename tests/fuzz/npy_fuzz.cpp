#include <selfsame/io/npy.hpp>

#include "reader.hpp"

SELFSAME_FUZZ(path) { selfsame::read_npy(path); }
