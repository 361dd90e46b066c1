/// @file
/// selfsame pretrain: a method on images.
#include "images.hpp"
#include "run.hpp"

namespace selfsame::program {

namespace fs = std::filesystem;

template <class M>
int train(const Options&, const fs::path&, const Run<M>&, const Dataset&);  // pretrain.hpp
extern template int train(const Options&, const fs::path&, const Run<SimCLR>&, const Dataset&);
extern template int train(const Options&, const fs::path&, const Run<MoCo>&, const Dataset&);
extern template int train(const Options&, const fs::path&, const Run<TwinBYOL>&, const Dataset&);
extern template int train(const Options&, const fs::path&, const Run<SwAV>&, const Dataset&);
extern template int train(const Options&, const fs::path&, const Run<Supervised<>>&,
                          const Dataset&);

namespace {

void require_same_images(const Setup& setup, const std::string& data, const Dataset& train) {
  if (train.image() == setup.image && train.size() == setup.samples) return;
  throw std::invalid_argument("selfsame: the training began with " + std::to_string(setup.samples) +
                              " images of " + to_string(setup.image) + ", " + data + " has " +
                              std::to_string(train.size()) + " of " + to_string(train.image()));
}

}  // namespace

int pretrain(const Options& o) {
  const bool resumed = !o.resume.empty();
  const fs::path out = resumed ? o.resume : o.out.empty() ? "selfsame-run" : o.out;
  if (!resumed && fs::exists(checkpoint_file(out)))
    throw std::invalid_argument("selfsame: " + out.string() +
                                " holds a training already: go on with --resume " + out.string() +
                                ", or name another folder with --out");
  AnyRun run;
  if (resumed) run = read_run(out);
  const std::string data = resumed && o.data.empty() ? data_of(run) : find_images(o.data);
  const Dataset all = load_images(data).train;
  if (resumed) {
    data_of(run) = data;
    require_same_images(setup_of(run), data,
                        std::visit([&](const auto& r) { return training_images(r, all); }, run));
    std::visit([&](auto& r) { apply(o, r.recipe); }, run);  // the checkpoint refuses what differs
  } else {
    run = new_run(o, data, all);
  }
  return std::visit([&](const auto& r) { return train(o, out, r, training_images(r, all)); }, run);
}

}  // namespace selfsame::program
