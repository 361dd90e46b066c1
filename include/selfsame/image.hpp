/// @file
/// All operations on pixels.
#pragma once
#include <selfsame/image/colour.hpp>
#include <selfsame/image/crop.hpp>
#include <selfsame/image/crop_resize.hpp>
#include <selfsame/image/flip.hpp>
#include <selfsame/image/gaussian_blur.hpp>
#include <selfsame/image/pixels.hpp>
#include <selfsame/image/tone.hpp>
