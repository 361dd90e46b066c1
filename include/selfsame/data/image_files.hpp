/// @file
/// Data sets of image files: decoded once, at one size.
#pragma once
#include <selfsame/data/image_folder.hpp>
#include <selfsame/data/packed.hpp>
#include <selfsame/image/fit.hpp>
#include <selfsame/io/image_file.hpp>
#include <selfsame/kernel/cpu/parallel.hpp>

#include <cmath>
#include <exception>

namespace selfsame {

namespace detail {

inline void check_image_files(const ImageList& list, Shape shape) {
  if (list.labels.size() != list.files.size())
    throw std::invalid_argument("selfsame: " + std::to_string(list.files.size()) + " files, " +
                                std::to_string(list.labels.size()) +
                                " labels; there must be one a file, -1 where it is not known");
  check_class_names(list.names);
  for (std::size_t i = 0; i < list.labels.size(); ++i)
    if (list.labels[i] < -1 ||
        (!list.names.empty() && list.labels[i] >= static_cast<Index>(list.names.size())))
      throw std::invalid_argument("selfsame: '" + list.files[i].string() + "' has label " +
                                  std::to_string(list.labels[i]) + "; it must be -1 or one of " +
                                  std::to_string(list.names.size()) + " classes");
  if (shape.height < 1 || shape.width < 1)
    throw std::invalid_argument("selfsame: images of " + std::to_string(shape.height) + " x " +
                                std::to_string(shape.width) + " have no pixel");
  if (shape.channels != 1 && shape.channels != 3)
    throw std::invalid_argument("selfsame: images of files have 1 or 3 channels, asked for " +
                                std::to_string(shape.channels));
}

// Calls add(pixels, label) for the images of a list in their order.
template <class F>
void each_image(const Cpu& device, const ImageList& list, Shape shape, std::uint8_t background,
                std::vector<SkippedImage>* skipped, F&& add) {
  for (const SkippedImage& u : list.unread) {
    if (skipped == nullptr) throw std::runtime_error(u.why);
    skipped->push_back(u);
  }
  const ImageOptions options{.channels = shape.channels, .background = background};
  Index read = 0;
  std::string why;
  struct Slot {
    std::vector<std::uint8_t> pixels;
    std::exception_ptr fault;
  };
  const Index size = shape.with_images(1).size();
  std::vector<Slot> slots(static_cast<std::size_t>(std::min<Index>(list.size(), 64)));
  Workspace scratch;
  const Index threads = workers(device, static_cast<Index>(slots.size()));
  scratch.split(threads);
  std::vector<Buffer<float>> numbers(static_cast<std::size_t>(threads));
  for (Index first = 0; first < list.size(); first += static_cast<Index>(slots.size())) {
    const Index count = std::min(static_cast<Index>(slots.size()), list.size() - first);
    parallel(device, count, [&](Index i, Index thread) {
      Slot& slot = slots[static_cast<std::size_t>(i)];
      slot.fault = nullptr;
      try {
        const auto image = read_image(list.files[static_cast<std::size_t>(first + i)], options);
        Buffer<float>& all = numbers[static_cast<std::size_t>(thread)];
        all.resize(size);
        fit(PixelsOf<const std::uint8_t>{image.data(), static_cast<Index>(image.shape(0)),
                                         static_cast<Index>(image.shape(1)), shape.channels},
            {all.data(), shape.height, shape.width, shape.channels}, scratch.piece(thread));
        slot.pixels.resize(static_cast<std::size_t>(size));
        std::transform(all.begin(), all.end(), slot.pixels.begin(),
                       [](float x) { return static_cast<std::uint8_t>(std::lround(255 * x)); });
      } catch (...) {
        slot.fault = std::current_exception();
      }
    });
    for (Index i = 0; i < count; ++i) {
      const auto at = static_cast<std::size_t>(first + i);
      const Slot& slot = slots[static_cast<std::size_t>(i)];
      if (slot.fault == nullptr) {
        add(slot.pixels.data(), list.labels[at]);
        ++read;
        continue;
      }
      if (skipped == nullptr) std::rethrow_exception(slot.fault);
      try {
        std::rethrow_exception(slot.fault);
      } catch (const std::runtime_error& e) {  // of a file; memory that is short is not skipped
        skipped->push_back({list.files[at], e.what()});
        if (why.empty()) why = e.what();
      }
    }
  }
  if (read == 0 && !why.empty())
    throw std::runtime_error(why + " (and none of " + std::to_string(list.size()) +
                             " images can be read)");
}

}  // namespace detail

/// Decodes the images of a list into memory, each fitted to (height, width) as `fit` does.
///
/// @param device   the threads that decode; the result does not depend on them
/// @param image    height, width and channels (1 or 3) of the set
/// @param skipped  null: the first image that cannot be read throws, with its name and the byte;
///                 else those are left out and listed here, unless there is no other
inline Dataset read_images(const Cpu& device, const ImageList& list, Shape image,
                           std::vector<SkippedImage>* skipped = nullptr,
                           std::uint8_t background = 255) {
  detail::check_image_files(list, image);
  std::vector<std::uint8_t> pixels;
  std::vector<Index> labels;
  const Index size = image.with_images(1).size();
  detail::each_image(device, list, image, background, skipped,
                     [&](const std::uint8_t* one, Index label) {
                       pixels.insert(pixels.end(), one, one + size);
                       labels.push_back(label);
                     });
  const auto owner = std::make_shared<const std::vector<std::uint8_t>>(std::move(pixels));
  const Shape shape = image.with_images(static_cast<Index>(labels.size()));
  return Dataset::borrow(owner->data(), shape, std::move(labels), list.names, owner);
}

/// The same into a folder, for `map_packed`: memory holds 64 images at a time. Says how many there are.
inline Index pack_images(const Cpu& device, const ImageList& list, Shape image,
                         const std::filesystem::path& folder,
                         std::vector<SkippedImage>* skipped = nullptr,
                         std::uint8_t background = 255) {
  detail::check_image_files(list, image);
  PackedWriter writer(folder, image, list.names);
  detail::each_image(device, list, image, background, skipped,
                     [&](const std::uint8_t* one, Index label) { writer.add(one, label); });
  writer.commit();
  return writer.size();
}

}  // namespace selfsame
