/// @file
/// selfsame pack: image files become data sets of one shape.
#include "images.hpp"
#include "options.hpp"

#include <selfsame/image_files.hpp>

namespace selfsame::program {

namespace {

namespace fs = std::filesystem;

ImageList list(const fs::path& asked) {
  if (!fs::exists(asked))
    throw std::invalid_argument("selfsame: there is no '" + asked.string() +
                                "'; images are in a folder, or a file names them");
  return fs::is_directory(asked) ? list_folder(asked) : list_file(asked);
}

// Whether a folder's folders are parts of a set, not classes.
bool is_parted(const fs::path& folder) {
  if (!fs::is_directory(folder / "train")) return false;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const fs::path name = entry.path().filename();
    if (entry.is_directory() && name != "train" && name != "val" && name != "test") return false;
  }
  return true;
}

void pack(const Options& o, const ImageList& images, const fs::path& out) {
  std::vector<SkippedImage> skipped;
  const Index count =
      pack_images(Cpu{.threads = o.threads}, images, {1, o.size, o.size, o.channels}, out,
                  o.skip ? &skipped : nullptr, static_cast<std::uint8_t>(o.background));
  for (const SkippedImage& s : skipped) std::fprintf(stderr, "skipped: %s\n", s.why.c_str());
  std::printf("%s: %td images of %td x %td x %td, %td classes, %td skipped\n",
              (out / "images.npy").c_str(), count, o.size, o.size, o.channels,
              static_cast<Index>(images.names.size()), static_cast<Index>(skipped.size()));
}

}  // namespace

int pack(const Options& o) {
  if (o.data.empty() || o.out.empty())
    throw std::invalid_argument(
        "selfsame: pack needs --data, a folder of images or a file that names them, and --out DIR");
  const fs::path data = o.data, out = o.out;
  const bool parted = fs::is_directory(data) && is_parted(data);
  ImageList train = list(parted ? data / "train" : data), test;
  if (parted && fs::is_directory(data / "val") && fs::is_directory(data / "test"))
    throw std::invalid_argument("selfsame: " + data.string() +
                                " has val and test; what is to be tested with must be alone");
  for (const fs::path& place : {data / "val", data / "test"}) {
    if (!parted || !fs::is_directory(place)) continue;
    test = list(place);
    if (test.names != train.names)
      throw std::invalid_argument("selfsame: " + place.string() + " has " +
                                  std::to_string(test.names.size()) + " classes, train has " +
                                  std::to_string(train.names.size()) +
                                  " or others; they must agree");
  }
  if (test.files.empty() && is_packed(out / "test"))
    throw std::invalid_argument("selfsame: " + (out / "test").string() +
                                " is of another set, and this one has no test images");
  if (!o.unlabelled.empty()) train = with_unlabelled(std::move(train), list(o.unlabelled));
  pack(o, train, out / "train");
  if (!test.files.empty()) pack(o, test, out / "test");
  return 0;
}

}  // namespace selfsame::program
