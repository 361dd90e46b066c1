#include <selfsame/io/safetensors.hpp>

#include "reader.hpp"

SELFSAME_FUZZ(path) {
  for (const selfsame::NamedTensor& t : selfsame::read_safetensors(path)) t.numbers<float>();
}
