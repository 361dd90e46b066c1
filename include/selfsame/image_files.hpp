/// @file
/// Images in PNG and JPEG files, and folders of them. Needs what data.hpp needs, libpng and libjpeg.
#pragma once
#include <selfsame/data/image_files.hpp>
#include <selfsame/io/image_file.hpp>
#include <selfsame/io/jpeg.hpp>
#include <selfsame/io/png.hpp>
