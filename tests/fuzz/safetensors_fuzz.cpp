#include <selfsame/io/safetensors.hpp>

#include "reader.hpp"

SELFSAME_FUZZ(path) {
  for (const selfsame::NamedTensor& t : selfsame::read_safetensors(path))
    if (t.scalar != selfsame::Scalar::other) t.numbers<float>();
}
