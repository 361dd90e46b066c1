/// @file
/// selfsame pack: image files become data sets of one shape.
#include "images.hpp"
#include "options.hpp"

#include <selfsame/image_files.hpp>

namespace selfsame::program {

namespace {

namespace fs = std::filesystem;

void check_is_there(const fs::path& asked) {
  if (!fs::exists(asked))
    throw std::invalid_argument("selfsame: there is no '" + asked.string() +
                                "'; images are in a folder, or a file names them");
}

// What was packed before would be a class the next time.
void check_is_apart(const fs::path& out, const fs::path& data) {
  const fs::path in = fs::weakly_canonical(data), to = fs::weakly_canonical(out);
  if (std::mismatch(in.begin(), in.end(), to.begin(), to.end()).first == in.end())
    throw std::invalid_argument("selfsame: --out " + out.string() + " is inside --data " +
                                data.string() + "; it must be elsewhere");
}

// Classes of which there is no image, on stderr: a training with labels would miss them.
void name_empty_classes(const fs::path& out) {
  const Dataset set = map_packed(out);
  std::vector<bool> seen(set.names().size());
  for (const Index label : set.labels())
    if (label >= 0) seen[static_cast<std::size_t>(label)] = true;
  for (std::size_t c = 0; c < seen.size(); ++c)
    if (!seen[c])
      std::fprintf(stderr, "%s: class %zu, '%s', has no image\n", out.c_str(), c,
                   set.names()[c].c_str());
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
  name_empty_classes(out);
}

}  // namespace

int pack(const Options& o) {
  if (o.data.empty() || o.out.empty())
    throw std::invalid_argument(
        "selfsame: pack needs --data, a folder of images or a file that names them, and --out DIR");
  const fs::path data = o.data, out = o.out, more = o.unlabelled;
  check_is_there(data);
  check_is_apart(out, data);
  auto [train, test] = fs::is_directory(data) ? list_split(data) : ImageSplit{list_file(data), {}};
  if (test.files.empty() && is_packed(out / "test"))
    throw std::invalid_argument("selfsame: " + (out / "test").string() +
                                " is of another set, and this one has no test images");
  if (!more.empty()) {
    check_is_there(more);
    train = with_unlabelled(std::move(train),
                            fs::is_directory(more) ? list_images(more) : list_file(more));
  }
  pack(o, train, out / "train");
  if (!test.files.empty()) pack(o, test, out / "test");
  return 0;
}

}  // namespace selfsame::program
