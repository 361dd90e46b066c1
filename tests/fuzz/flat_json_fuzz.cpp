#include "../../examples/selfsame/flat_json.hpp"

#include <selfsame/io/file.hpp>

#include "reader.hpp"

SELFSAME_FUZZ(path) { selfsame::program::read_flat_json(path, selfsame::read_file(path)); }
