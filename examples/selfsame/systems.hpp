/// @file
/// The systems of `selfsame pretrain --method`. A new one is a file in systems/, declared and listed here.
#pragma once
#include "system.hpp"

#include <array>

namespace selfsame::program {

enum class ImageKind { grey, colour };
constexpr ImageKind kind_of(Shape image) {
  return image.channels == 1 ? ImageKind::grey : ImageKind::colour;
}

/// Each system with its usual numbers, for images of this kind.
using UsualSystem = std::unique_ptr<System>(ImageKind);
UsualSystem simclr, moco, byol, swav, supervised;

struct NamedSystem {
  std::string_view name;
  UsualSystem* usual;
};
inline constexpr std::array systems{
    NamedSystem{"simclr", simclr},
    NamedSystem{"moco", moco},
    NamedSystem{"byol", byol},
    NamedSystem{"swav", swav},
    NamedSystem{"supervised", supervised},
};

}  // namespace selfsame::program
