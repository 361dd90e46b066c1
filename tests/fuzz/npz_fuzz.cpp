// Checksums, which would stop nearly every input, are not looked at here.
#define FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#include <selfsame/io/npz.hpp>

#include "reader.hpp"

SELFSAME_FUZZ(path) {
  for (const selfsame::NamedTensor& t : selfsame::read_npz(path))
    if (t.scalar != selfsame::Scalar::other) t.numbers<float>();
}
