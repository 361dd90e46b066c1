#include <selfsame/data/idx.hpp>

#include "reader.hpp"

SELFSAME_FUZZ(path) { selfsame::read_idx_dataset(path, path); }
