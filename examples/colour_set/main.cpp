/// @file
/// Fashion-MNIST-M: grey garments laid over patches of photos, so that shape says what an image shows and colour
/// does not. The idea is MNIST-M's (Ganin et al. 2016, arXiv:1505.07818). Written as CIFAR-10 is.
///
/// usage: colour_set PHOTOS OUT [FASHION_MNIST]
#include <selfsame/core/random.hpp>
#include <selfsame/image/crop_resize.hpp>
#include <selfsame/image_files.hpp>

#include <selfsame/data.hpp>

#include <array>
#include <cmath>
#include <cstdio>

namespace {

using namespace selfsame;
namespace fs = std::filesystem;

constexpr Index side = 32, plane = side * side;

struct Photo {
  xt::xtensor<std::uint8_t, 3> pixels;
  Index height() const { return static_cast<Index>(pixels.shape(0)); }
  Index width() const { return static_cast<Index>(pixels.shape(1)); }
};

// Photos of colour; others, and those too small for a patch, are left out.
std::vector<Photo> read_photos(const fs::path& folder) {
  std::vector<Photo> photos;
  for (const fs::path& file : list_folder(folder).files) {
    try {
      Photo photo{read_image(file)};
      bool colour = false;
      for (std::size_t i = 0; i < photo.pixels.size(); i += 3)
        colour = colour || photo.pixels.data()[i] != photo.pixels.data()[i + 1] ||
                 photo.pixels.data()[i] != photo.pixels.data()[i + 2];
      if (colour && photo.height() >= 2 * side && photo.width() >= 2 * side)
        photos.push_back(std::move(photo));
    } catch (const std::runtime_error& e) {
      std::fprintf(stderr, "left out: %s\n", e.what());
    }
  }
  if (photos.empty())
    throw std::runtime_error("selfsame: '" + folder.string() +
                             "' has no photo of colour, 64 x 64 or more");
  return photos;
}

// A record of CIFAR-10: the label, then red, green and blue; |patch - tint garment| in each.
std::array<char, 1 + 3 * plane> record(const std::vector<Photo>& photos, const Dataset& garments,
                                       Index i, const Random& random, Workspace& scratch) {
  const Workspace::Scope scope(scratch);
  const Photo& photo =
      photos[static_cast<std::size_t>(random.below(0, static_cast<Index>(photos.size())))];
  const Index edge = side + random.below(1, side + 1);  // of the patch, before it is resized
  const Box box{random.below(2, photo.height() - edge + 1),
                random.below(3, photo.width() - edge + 1), edge, edge};
  const Pixels patch{scratch.take<float>(3 * plane), side, side, 3};
  crop_resize(PixelsOf<const std::uint8_t>{photo.pixels.data(), photo.height(), photo.width(), 3},
              box, Interpolation::bilinear, patch, scratch);
  const auto garment = std::get<PixelsOf<const std::uint8_t>>(garments[i]);
  const Index margin = (side - garment.height) / 2;
  std::array<char, 1 + 3 * plane> bytes{};
  bytes[0] = static_cast<char>(garments.label(i));
  for (Index c = 0; c < 3; ++c) {
    const double tint = random.uniform(4 + c, 0.5, 1);
    for (Index y = 0; y < side; ++y)
      for (Index x = 0; x < side; ++x) {
        const Index v = y - margin, u = x - margin;
        const bool covered = v >= 0 && v < garment.height && u >= 0 && u < garment.width;
        const double grey = covered ? garment(v, u, 0) / 255.0 : 0;
        const double colour = std::abs(static_cast<double>(patch(y, x, c)) - tint * grey);
        bytes[static_cast<std::size_t>(1 + c * plane + y * side + x)] =
            static_cast<char>(static_cast<unsigned char>(std::lround(255 * colour)));
      }
  }
  return bytes;
}

void write_part(const fs::path& file, const std::vector<Photo>& photos, const Dataset& garments,
                Index first, Index count, std::uint64_t seed) {
  Workspace scratch;
  AtomicFile out(file);
  for (Index i = first; i < first + count; ++i) {
    const Random random(seed, Stream::view, 0, Key{.draw = {i, 0}});
    const auto bytes = record(photos, garments, i, random, scratch);
    out.write({bytes.data(), bytes.size()});
  }
  out.commit();
  std::printf("%s: %td images\n", file.c_str(), count);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3 || argc > 4) {
    std::fprintf(stderr, "usage: colour_set PHOTOS OUT [FASHION_MNIST]\n");
    return 2;
  }
  try {
    const std::vector<Photo> photos = read_photos(argv[1]);
    const Split garments = fashion_mnist(argc == 4 ? argv[3] : "");
    const fs::path out = argv[2];
    fs::create_directories(out);
    const Index each = garments.train.size() / 5;
    for (Index b = 0; b < 5; ++b)
      write_part(out / ("data_batch_" + std::to_string(b + 1) + ".bin"), photos, garments.train,
                 b * each, b < 4 ? each : garments.train.size() - 4 * each, 0);
    std::string names;
    for (const std::string& name : garments.train.names()) names += name + "\n";
    write_file(out / "batches.meta.txt", names);
    write_part(out / "test_batch.bin", photos, garments.test, 0, garments.test.size(), 1);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
}
