// Two views of each image of a batch, as the loader makes them; and where the time of a view goes.
#include <selfsame/augmenter/whole_image.hpp>
#include <selfsame/data/loader.hpp>
#include <selfsame/method/simclr.hpp>

#include <cmath>

#include "row.hpp"

namespace selfsame::bench {
namespace {

inline constexpr TwoViews colour = simclr_cifar10.augmenter;
// The demo's, but views have the size of the images.
inline constexpr TwoViews grey{
    .crop = {.area = {0.15, 1}, .interpolation = Interpolation::bilinear},
    .jitter = {.brightness = 0.6, .contrast = 0.6, .saturation = 0, .hue = 0},
    .greyscale = {.probability = 0}};

// Some images after each operation with the numbers of the row; torchvision has the same ones.
void write_operations(Row& row, const Dataset& images, const TwoViews& augmenter) {
  const Shape shape = images.image();
  Workspace scratch;
  const auto write = [&](const std::string& name, const auto& change) {
    const Out<Cpu> rows = row.result(name, row.count("shown"), shape.size());
    for (Index i = 0; i < rows.rows; ++i) {
      const Pixels out{rows.row(i), shape.height, shape.width, shape.channels};
      WholeImage{}.apply(Random(0, Stream::view, 0, {}), images[i], out, scratch);
      change(images[i], out);
      clip(out);
    }
  };
  const Box box{row.count("top"), row.count("left"), row.count("height"), row.count("width")};
  write("crop", [&](const Source& source, Pixels out) {
    crop_resize(source, box, augmenter.crop.interpolation, out, scratch);
  });
  write("flip", [](const Source&, Pixels out) { flip(out); });
  write("brightness",
        [&](const Source&, Pixels out) { brightness(out, row.number("brightness")); });
  write("contrast", [&](const Source&, Pixels out) { contrast(out, row.number("contrast")); });
  if (shape.channels == 1) return;
  write("saturation",
        [&](const Source&, Pixels out) { saturation(out, row.number("saturation")); });
  write("hue",
        [&](const Source&, Pixels out) { hue(out, static_cast<double>(row.number("hue"))); });
  write("greyscale", [](const Source&, Pixels out) { greyscale(out); });
}

// Mean and deviation of all numbers of many views.
template <class Loader>
void write_moments(Row& row, Loader& loader) {
  double sum = 0, squares = 0, count = 0;
  for (Index step = 0; step < 8; ++step)
    for (const Images<Cpu>& view : loader.at(step).parts[0].views)
      for (const float x : std::span(view.data, static_cast<std::size_t>(view.shape.size()))) {
        sum += static_cast<double>(x);
        squares += static_cast<double>(x * x);
        ++count;
      }
  const double mean = sum / count;
  row.result("mean", 1)[0] = static_cast<float>(mean);
  row.result("deviation", 1)[0] = static_cast<float>(std::sqrt(squares / count - mean * mean));
}

// With one thread the caller makes the views when it asks for them, with two a worker helps it.
void views(Row& row, const TwoViews& augmenter) {
  const auto numbers = row.indices("images");
  const Index side = row.count("side"), images = row.count("count");
  const Shape shape{images, side, side, numbers.size / (images * side * side)};
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(numbers.size));
  std::transform(numbers.begin(), numbers.end(), bytes.begin(),
                 [](Index byte) { return static_cast<std::uint8_t>(byte); });
  const Dataset set = Dataset::borrow(bytes.data(), shape);
  Loader<TwoViews, Shuffled> loader({SampleStream{.views = augmenter.views(set.image())}}, {set},
                                    augmenter, {},
                                    {.batch = images, .workers = row.device.threads - 1});
  write_operations(row, set, augmenter);
  write_moments(row, loader);
  Index step = 8;
  row.measure([&] {
    loader.at(step++);
    return 0.0;
  });
}

// --- where the time goes: profile_views_SIDE/OPERATION/view/1, of which "copy" is no operation ---

// A smooth picture: hue and saturation branch on what they see, so noise would be slower.
std::vector<std::uint8_t> picture(Shape shape) {
  std::vector<std::uint8_t> bytes;
  for (Index y = 0; y < shape.height; ++y)
    for (Index x = 0; x < shape.width; ++x)
      for (Index c = 0; c < shape.channels; ++c)
        bytes.push_back(static_cast<std::uint8_t>(
            128 + 100 * std::sin(0.2 * static_cast<double>(y) +
                                 0.13 * static_cast<double>(x * (c + 1)))));
  return bytes;
}

// f(random, source, out, scratch) with the numbers of one view after another.
template <class F>
void add_operation(const std::string& name, Shape shape, F f) {
  benchmark::RegisterBenchmark((name + "/view/1").c_str(), [=](benchmark::State& state) {
    const std::vector<std::uint8_t> bytes = picture(shape);
    const Source source =
        PixelsOf<const std::uint8_t>{bytes.data(), shape.height, shape.width, shape.channels};
    Buffer<float> view(shape.size());
    const Pixels out{view.data(), shape.height, shape.width, shape.channels};
    Workspace scratch;
    Index sample = 0;
    for (auto _ : state) {
      f(view_random(1, {sample++, 0}, 0), source, out, scratch);
      benchmark::ClobberMemory();
    }
  })->UseRealTime();
}

// An operation in place gets the same pixels each time.
template <PixelOperation O>
void add_in_place(const std::string& name, Shape shape, const O& operation) {
  std::vector<float> start;
  for (const std::uint8_t byte : picture(shape)) start.push_back(static_cast<float>(byte) / 255);
  add_operation(name, shape,
                [=](const Random& random, const Source&, Pixels out, Workspace& scratch) {
                  std::copy(start.begin(), start.end(), out.data);
                  operation.apply(random, out, scratch);
                });
}

bool add_profile(const std::string& name, Shape shape, const TwoViews& augmenter) {
  const auto apply = [](const auto& operation) {
    return [=](const Random& random, const Source& source, Pixels out, Workspace& scratch) {
      operation.apply(random, source, out, scratch);
    };
  };
  const auto jitter = [&](const std::string& what, auto strength) {
    if (augmenter.jitter.*strength == 0) return;
    ColourJitter one{0, 0, 0, 0, augmenter.jitter.probability};
    one.*strength = augmenter.jitter.*strength;
    add_in_place(name + "/" + what, shape, one);
  };
  add_operation(name + "/all", shape, apply(augmenter));
  add_in_place(name + "/copy", shape, Flip{.probability = 0});
  add_operation(name + "/crop", shape, apply(augmenter.crop));
  add_in_place(name + "/flip", shape, augmenter.flip);
  jitter("brightness", &ColourJitter::brightness);
  jitter("contrast", &ColourJitter::contrast);
  jitter("saturation", &ColourJitter::saturation);
  jitter("hue", &ColourJitter::hue);
  if (augmenter.greyscale.probability > 0)
    add_in_place(name + "/greyscale", shape, augmenter.greyscale);
  return true;
}

const bool added = add_row("views_28", [](Row& row) { views(row, grey); }) &&
                   add_row("views_32", [](Row& row) { views(row, colour); }) &&
                   add_profile("profile_views_28", {1, 28, 28, 1}, grey) &&
                   add_profile("profile_views_32", {1, 32, 32, 3}, colour);

}  // namespace
}  // namespace selfsame::bench
