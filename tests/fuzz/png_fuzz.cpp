// Checksums, which would stop nearly every input, are not looked at here.
#define FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#include <selfsame/io/image_file.hpp>

#include "reader.hpp"

SELFSAME_FUZZ(path) { selfsame::read_image(path); }
