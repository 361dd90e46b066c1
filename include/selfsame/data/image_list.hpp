/// @file
/// Which image files there are, and what they show.
#pragma once
#include <selfsame/io/file.hpp>
#include <selfsame/tensor/device.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <vector>

namespace selfsame {

/// Files of images with their labels.
struct ImageList {
  std::vector<std::filesystem::path> files;
  std::vector<Index> labels;       ///< one a file; -1: unlabelled
  std::vector<std::string> names;  ///< of the classes

  Index size() const { return static_cast<Index>(files.size()); }
};

namespace detail {
inline bool is_image_name(const std::filesystem::path& path) {
  std::string end = path.extension().string();
  for (char& c : end) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  constexpr std::array<const char*, 3> ends{".png", ".jpg", ".jpeg"};
  return std::find(ends.begin(), ends.end(), end) != ends.end();
}
// The files of a folder and of those in it, by name.
inline std::vector<std::filesystem::path> image_files_below(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(
           folder, std::filesystem::directory_options::follow_directory_symlink))
    if (entry.is_regular_file() && is_image_name(entry.path())) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}
}  // namespace detail

/// A folder with a folder for each class: `flowers/daisy/1.jpg`, `flowers/rose/...`. Classes are
/// numbered by name, files come by class and name. A folder that has images itself has no classes:
/// all below it are unlabelled. Files that are not named .png, .jpg or .jpeg are left out.
///
/// @throws std::runtime_error  where there is no image
inline ImageList list_folder(const std::filesystem::path& folder) {
  ImageList list;
  std::vector<std::filesystem::path> classes;
  bool flat = false;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.is_directory()) classes.push_back(entry.path());
    flat = flat || (entry.is_regular_file() && detail::is_image_name(entry.path()));
  }
  std::sort(classes.begin(), classes.end());
  if (flat) {
    list.files = detail::image_files_below(folder);
    list.labels.assign(list.files.size(), -1);
  } else {
    for (const auto& each : classes) {
      const auto files = detail::image_files_below(each);
      if (files.empty()) continue;
      list.files.insert(list.files.end(), files.begin(), files.end());
      list.labels.resize(list.files.size(), static_cast<Index>(list.names.size()));
      list.names.push_back(each.filename().string());
    }
  }
  if (list.files.empty())
    throw std::runtime_error("selfsame: '" + folder.string() +
                             "' has no file named .png, .jpg or .jpeg");
  return list;
}

/// The files that a text file names, a line each: `path` or `path<TAB>class`. Paths may be relative to
/// the text file's folder. Classes are numbered by name; an image without one is unlabelled.
///
/// @throws std::runtime_error  with the line, where it names no file or one that is not there
inline ImageList list_file(const std::filesystem::path& path) {
  ImageList list;
  std::vector<std::string> shown;  // class of each file, or empty
  std::map<std::string, Index> classes;
  std::size_t number = 0;
  for (const std::string& line : read_lines(path)) {
    ++number;
    if (line.empty()) continue;
    const std::size_t tab = line.find('\t');
    list.files.push_back(path.parent_path() / line.substr(0, tab));
    shown.push_back(tab == line.npos ? "" : line.substr(tab + 1));
    if (!shown.back().empty()) classes[shown.back()] = 0;
    if (tab == 0 || !std::filesystem::is_regular_file(list.files.back()))
      throw std::runtime_error("selfsame: '" + path.string() + "', line " + std::to_string(number) +
                               ": there is no file '" + line.substr(0, tab) + "'");
  }
  for (auto& [name, label] : classes) {
    label = static_cast<Index>(list.names.size());
    list.names.push_back(name);
  }
  for (const std::string& name : shown) list.labels.push_back(name.empty() ? -1 : classes[name]);
  if (list.files.empty())
    throw std::runtime_error("selfsame: '" + path.string() + "' names no file");
  return list;
}

/// Labelled images, and further ones whose labels are not looked at: what FixMatch and Noisy Student
/// learn from.
inline ImageList with_unlabelled(ImageList labelled, const ImageList& further) {
  labelled.files.insert(labelled.files.end(), further.files.begin(), further.files.end());
  labelled.labels.resize(labelled.files.size(), -1);
  return labelled;
}

}  // namespace selfsame
