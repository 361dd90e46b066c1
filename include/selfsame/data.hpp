/// @file
/// Data sets, their files, and the batches made of them. Needs xtensor, range-v3 and zlib.
#pragma once
#include <selfsame/data/cifar.hpp>
#include <selfsame/data/class_names.hpp>
#include <selfsame/data/dataset.hpp>
#include <selfsame/data/each_batch.hpp>
#include <selfsame/data/epoch.hpp>
#include <selfsame/data/fashion_mnist.hpp>
#include <selfsame/data/idx.hpp>
#include <selfsame/data/image_list.hpp>
#include <selfsame/data/label_file.hpp>
#include <selfsame/data/labels_per_class.hpp>
#include <selfsame/data/loader.hpp>
#include <selfsame/data/packed.hpp>
#include <selfsame/data/part_memory.hpp>
#include <selfsame/data/workers.hpp>
#include <selfsame/io/gzip.hpp>
