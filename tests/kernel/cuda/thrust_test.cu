// The tests of kernel/cuda compiled by nvcc, so that they run on the GPU.
#pragma nv_diag_suppress 1675  // "unrecognized GCC pragma": the processor's kernels unroll loops
#pragma nv_diag_suppress 554   // a view to const has a conversion that its constraint takes away
#include "lerp_test.cpp"
#include "normalise_test.cpp"
