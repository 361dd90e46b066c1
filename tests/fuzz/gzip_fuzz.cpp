#include <selfsame/io/gzip.hpp>

#include "reader.hpp"

SELFSAME_FUZZ(path) { selfsame::read_gzip(path); }
