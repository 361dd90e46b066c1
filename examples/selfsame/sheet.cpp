#include "sheet.hpp"
#include "png.hpp"
#include "utf8.hpp"

#include <selfsame/augmenter/one_view.hpp>
#include <selfsame/io/file.hpp>
#include <selfsame/io/json.hpp>
#include <selfsame/io/npy.hpp>

#include <map>

namespace selfsame::program {

std::vector<Index> one_of_each_class(const Dataset& images, Index count) {
  std::map<Index, std::vector<Index>> classes;  // the first images of each
  for (Index i = 0; i < images.size(); ++i)
    if (auto& of = classes[std::max<Index>(0, images.label(i))]; std::ssize(of) < count)
      of.push_back(i);
  std::vector<Index> chosen;
  for (std::size_t round = 0; std::ssize(chosen) < std::min(count, images.size()); ++round)
    for (const auto& [label, of] : classes)
      if (round < of.size() && std::ssize(chosen) < count) chosen.push_back(of[round]);
  return chosen;
}

Sheet draw_sheet(const Dataset& images, const AnyAugmenter& augmenter, std::uint64_t seed,
                 const std::vector<Index>& chosen, Index views) {
  const Shape whole = images.image();
  const std::vector<ViewSpec> each = augmenter.views;
  Workspace scratch;
  const Index line = whole.width * whole.channels;
  Sheet sheet{.pixels = {static_cast<Index>(chosen.size()) * whole.height, (views + 1) * line},
              .image = whole,
              .columns = views + 1};
  Buffer<float> plain_memory(whole.size());
  std::vector<Buffer<float>> memory;
  for (const ViewSpec& v : each) memory.emplace_back(v.shape.size());
  const auto pixels = [](Buffer<float>& b, Shape s) {
    return Pixels{b.data(), s.height, s.width, s.channels};
  };
  const auto place = [&](std::size_t row, Index column, Pixels image) {
    for (Index y = 0; y < whole.height;
         ++y)  // a view of another size is shown at the image's, by its nearest pixels
      for (Index x = 0; x < whole.width; ++x)
        std::copy_n(image.row(y * image.height / whole.height) +
                        x * image.width / whole.width * whole.channels,
                    whole.channels,
                    sheet.pixels.out().row(static_cast<Index>(row) * whole.height + y) +
                        column * line + x * whole.channels);
  };
  for (std::size_t r = 0; r < chosen.size(); ++r) {
    const Index i = chosen[r], label = images.label(i);
    sheet.labels.push_back(label >= 0 && label < static_cast<Index>(images.names().size())
                               ? images.names()[static_cast<std::size_t>(label)]
                               : "");
    const Pixels plain[] = {pixels(plain_memory, whole)};
    std::vector<Pixels> turn;
    for (std::size_t v = 0; v < each.size(); ++v) turn.push_back(pixels(memory[v], each[v].shape));
    Plain{}.make(seed, Draw{i, 0}, images[i], plain, scratch);
    place(r, 0, plain[0]);
    const auto count = static_cast<Index>(each.size());
    for (Index v = 0; v < views; ++v) {
      if (v % count == 0)
        augmenter.make(seed, Draw{i, static_cast<std::uint32_t>(v / count)}, images[i], turn,
                       scratch);
      place(r, v + 1, turn[static_cast<std::size_t>(v % count)]);
    }
  }
  return sheet;
}

void write_sheet(const std::filesystem::path& folder, const Sheet& sheet) {
  JsonArray labels;
  for (const std::string& label : sheet.labels) labels.add(to_utf8(label));
  write_npy(folder / "views.npy", sheet.pixels.in());
  write_file(folder / "views.json", JsonObject()
                                            .add("rows", labels)
                                            .add("columns", sheet.columns)
                                            .add("height", sheet.image.height)
                                            .add("width", sheet.image.width)
                                            .add("channels", sheet.image.channels)
                                            .text() +
                                        "\n");
  if (sheet.image.channels == 1 || sheet.image.channels == 3)
    write_file(folder / "views.png", png(sheet.pixels.in(), sheet.image.channels));
}

}  // namespace selfsame::program
