/// @file
/// Folders of images: a folder a class, and parts to train and to test.
#pragma once
#include <selfsame/data/detail/image_tree.hpp>

namespace selfsame {

namespace detail {

// Folders by what their names say.
struct Parts {
  std::vector<std::filesystem::path> train, test, others;

  std::string text() const {
    std::string all;
    for (const auto* part : {&train, &test})
      for (const auto& folder : *part)
        all += (all.empty() ? "" : " and ") + quoted(folder.filename());
    return all;
  }
};

// Others without an image, of annotations perhaps, are neither parts nor classes.
inline Parts parts_of(const std::vector<std::filesystem::path>& folders) {
  Parts parts;
  const auto is_one_of = [](const std::string& name, std::initializer_list<const char*> all) {
    return std::find(all.begin(), all.end(), name) != all.end();
  };
  for (const auto& folder : folders) {
    std::string name = folder.filename().string();
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    (is_one_of(name, {"train", "training"})                               ? parts.train
     : is_one_of(name, {"test", "testing", "val", "valid", "validation"}) ? parts.test
                                                                          : parts.others)
        .push_back(folder);
  }
  if (!parts.train.empty() || !parts.test.empty())
    std::erase_if(parts.others, [](const auto& folder) {
      ImageList list;
      Walked walked;
      add_images_below(folder, walked, list);
      return list.files.empty() && list.unread.empty();
    });
  return parts;
}

// Whether the folders in one are parts of a set, not classes; what could be both is refused.
inline bool is_parted(const std::filesystem::path& folder, const Parts& parts) {
  const auto refuse = [&](const std::string& why) {
    throw std::runtime_error("selfsame: " + quoted(folder) + " has " + parts.text() + why);
  };
  if (parts.train.empty() && parts.test.empty()) return false;
  if (!parts.others.empty()) {
    if (parts.test.empty() && parts.train.size() == 1) {  // of cars, planes and trains
      const FolderEntries train = entries_of(parts.train[0]);
      if (!train.images.empty() && train.folders.empty()) return false;
    }
    refuse(", named as parts of a set, beside " + quoted(parts.others[0].filename()) +
           ", which is none; keep parts and classes in folders of their own, or name the files and "
           "their classes in a text file");
  }
  if (parts.train.empty()) refuse(", named as a part to test with, and no part to train with");
  if (parts.train.size() > 1) refuse("; one of them must be 'train' alone");
  if (parts.test.size() > 1)
    refuse("; what is to be tested with must be alone, so move the other away");
  return true;
}

inline ImageList list_classes(const std::filesystem::path& folder, const FolderEntries& entries) {
  ImageList list;
  for (const SkippedImage& u : entries.unread)  // it may be a class
    throw std::runtime_error(u.why + "; mend or remove it, since classes are numbered by name");
  std::string empty;
  for (const auto& each : entries.folders) {
    const std::size_t before = list.files.size() + list.unread.size();
    Walked walked;
    walked.add(folder);
    add_images_below(each, walked, list);
    if (list.files.size() + list.unread.size() == before)
      empty += (empty.empty() ? "" : ", ") + quoted(each.filename());
    list.labels.resize(list.files.size(), static_cast<Index>(list.names.size()));
    list.names.push_back(each.filename().string());
  }
  if (!empty.empty() && !list.files.empty())
    throw std::runtime_error("selfsame: " + quoted(folder) + " has a folder for each class, but " +
                             empty + " without an image; fill it or move it away");
  return list;
}

inline FolderEntries entries_of_root(const std::filesystem::path& folder) {
  if (!std::filesystem::is_directory(folder)) {
    open_file("open", folder, O_RDONLY);  // says why not
    throw std::runtime_error("selfsame: " + quoted(folder) + " is no folder");
  }
  FolderEntries entries = entries_of(folder);
  if (!entries.unread.empty() && entries.unread[0].file == folder)
    throw std::runtime_error(entries.unread[0].why);
  return entries;
}

}  // namespace detail

/// All images of a folder and of the folders in it, by name, unlabelled. Links are followed, each folder
/// once. What is named .png, .jpg or .jpeg in any case is an image. Left out is whatever begins with a
/// full stop, and what systems put beside files ("__MACOSX", "@eaDir", ...). What cannot be looked at,
/// such as a link that leads nowhere or a folder that may not be opened, is in `unread`.
///
/// @throws std::runtime_error  where there is no image; std::system_error where there is no folder
inline ImageList list_images(const std::filesystem::path& folder) {
  detail::entries_of_root(folder);
  ImageList list;
  detail::Walked walked;
  detail::add_images_below(folder, walked, list);
  list.labels.assign(list.files.size(), -1);
  if (!list.files.empty()) return list;
  throw std::runtime_error(list.unread.empty() ? "selfsame: " + detail::quoted(folder) +
                                                     " has no file named .png, .jpg or .jpeg"
                                               : list.unread[0].why);
}

/// A folder with a folder for each class: `flowers/daisy/1.jpg`, `flowers/rose/...`. Classes are
/// numbered by name, files come by class and name. A folder that has images itself has no classes: all
/// below it are unlabelled. What counts as an image, and what is left out, as in `list_images`.
///
/// @throws std::runtime_error  where there is no image; where a folder has none or a link leads nowhere, since
///                             without it the numbers of the classes were others; where folders are parts of
///                             a set ("train", "test"), which `list_split` takes
inline ImageList list_folder(const std::filesystem::path& folder) {
  const detail::FolderEntries entries = detail::entries_of_root(folder);
  const bool flat =
      !entries.images.empty() ||
      std::any_of(entries.unread.begin(), entries.unread.end(),
                  [](const SkippedImage& u) { return detail::is_image_name(u.file); });
  if (flat) return list_images(folder);
  const detail::Parts parts = detail::parts_of(entries.folders);
  if (detail::is_parted(folder, parts))
    throw std::runtime_error("selfsame: " + detail::quoted(folder) + " has " + parts.text() +
                             ", parts of a set and no classes; list_split takes them");
  ImageList list = detail::list_classes(folder, entries);
  return list.files.empty() ? list_images(folder) : list;  // which says that there is none
}

/// Images to train and to test with.
struct ImageSplit {
  ImageList train;
  ImageList test;  ///< may have no files
};

/// A folder with the parts "train" (or "training") and "test" ("testing", "val", "valid", "validation"), in
/// any case, each as `list_folder` takes it; or a folder without parts, all of which is to train with. Test
/// labels are numbered as the classes of train are, by name.
///
/// @throws std::runtime_error  as `list_folder`; where folders beside parts have images or parts are several,
///                             with the names; where test has a class that train lacks, or has none
inline ImageSplit list_split(const std::filesystem::path& folder) {
  const detail::FolderEntries entries = detail::entries_of_root(folder);
  const detail::Parts parts = detail::parts_of(entries.folders);
  if (!entries.images.empty() && (!parts.train.empty() || !parts.test.empty()))
    throw std::runtime_error("selfsame: " + detail::quoted(folder) + " has " + parts.text() +
                             " beside images, " + detail::quoted(entries.images[0].filename()) +
                             " ...; parts of a set must be alone");
  if (!entries.images.empty() || !detail::is_parted(folder, parts))
    return {list_folder(folder), {}};
  ImageSplit split{list_folder(parts.train[0]), {}};
  if (parts.test.empty()) return split;
  split.test = list_folder(parts.test[0]);
  if (split.test.names.empty() != split.train.names.empty())
    throw std::runtime_error(
        "selfsame: of " + detail::quoted(parts.train[0]) + " and " + detail::quoted(parts.test[0]) +
        " one has a folder a class, and the other has images without classes; they must agree");
  split.test = numbered_as(std::move(split.test), split.train.names);
  return split;
}

}  // namespace selfsame
