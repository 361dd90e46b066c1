#include "pretrain.hpp"

template int selfsame::program::train(const Options&, const std::filesystem::path&,
                                      const Run<Supervised<>>&, const Dataset&);
