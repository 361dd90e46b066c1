// The kinds of number that tests of kernels and losses run with.
#pragma once
#include <selfsame/tensor/device.hpp>

// Every build sees float activations under double weights in the laws of layers and of losses; case by case ./dev nightly does.
#ifdef SELFSAME_NIGHTLY
#define SELFSAME_TEST_DEVICES BasicCpu<float>, BasicCpu<double>, (BasicCpu<double, float>)
#else
#define SELFSAME_TEST_DEVICES BasicCpu<float>, BasicCpu<double>
#endif
