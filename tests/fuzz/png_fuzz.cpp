#include <selfsame/io/image_file.hpp>

#include "reader.hpp"

SELFSAME_FUZZ(path) { selfsame::read_image(path); }
