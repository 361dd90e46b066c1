/// @file
/// Which image files there are, and what they show.
#pragma once
#include <selfsame/io/file.hpp>
#include <selfsame/tensor/device.hpp>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace selfsame {

/// An image, or a folder of some, that was left out, and why: a message with its name.
struct SkippedImage {
  std::filesystem::path file;
  std::string why;
};

/// Files of images with their labels.
struct ImageList {
  std::vector<std::filesystem::path> files;
  std::vector<Index> labels;       ///< one a file; -1: unlabelled
  std::vector<std::string> names;  ///< of the classes
  std::vector<SkippedImage>
      unread{};  ///< what may have been images: `read_images` refuses or skips them

  Index size() const { return static_cast<Index>(files.size()); }
};

/// The files that a text file names, a line each: `path` or `path<TAB>class`. Paths may be relative to
/// the text file's folder. Classes are numbered by name; an image without one is unlabelled. A file that
/// is named twice is there twice, with one class.
///
/// @throws std::runtime_error  with the line, where it names no file or one that is not there, has a third
///                             column, or gives a file another class than a line before
inline ImageList list_file(const std::filesystem::path& path) {
  ImageList list;
  std::vector<std::string> shown;  // class of each file, or empty
  std::map<std::string, Index> classes;
  std::map<std::filesystem::path, std::pair<std::size_t, std::string>> before;  // line and class
  std::size_t number = 0;
  for (const std::string& line : read_lines(path)) {
    ++number;
    if (line.empty()) continue;
    const std::size_t tab = line.find('\t');
    const auto refuse = [&](const std::string& why) {
      throw std::runtime_error("selfsame: '" + path.string() + "', line " + std::to_string(number) +
                               ": " + why);
    };
    list.files.push_back(path.parent_path() / line.substr(0, tab));
    shown.push_back(tab == line.npos ? "" : line.substr(tab + 1));
    const std::string& name = shown.back();
    if (!name.empty()) classes[name] = 0;
    if (name.find('\t') != name.npos) refuse("more than a path and a class, with a tab between");
    if (tab == 0 || !std::filesystem::is_regular_file(list.files.back()))
      refuse("there is no file '" + line.substr(0, tab) + "'");
    const auto [first, is_new] =
        before.try_emplace(list.files.back().lexically_normal(), number, name);
    if (!is_new && first->second.second != name)
      refuse("'" + line.substr(0, tab) + "' is of class '" + name + "', in line " +
             std::to_string(first->second.first) + " it is of class '" + first->second.second +
             "'");
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

/// The same images with labels that are numbers of other names: so a test set has the classes of what was
/// trained on.
/// @throws std::invalid_argument  with the names of classes that are none of these
inline ImageList numbered_as(ImageList list, const std::vector<std::string>& names) {
  std::vector<Index> number(list.names.size());
  std::string missing;
  for (std::size_t c = 0; c < number.size(); ++c) {
    const auto found = std::find(names.begin(), names.end(), list.names[c]);
    number[c] = found - names.begin();
    if (found == names.end()) missing += (missing.empty() ? "'" : ", '") + list.names[c] + "'";
  }
  if (!missing.empty())
    throw std::invalid_argument("selfsame: the classes to test with have " + missing +
                                ", which the " + std::to_string(names.size()) +
                                " classes to train with have not");
  for (Index& label : list.labels) {
    if (label >= static_cast<Index>(number.size()))
      throw std::invalid_argument("selfsame: label " + std::to_string(label) + " is none of " +
                                  std::to_string(number.size()) + " classes");
    if (label >= 0) label = number[static_cast<std::size_t>(label)];
  }
  list.names = names;
  return list;
}

/// Labelled images, and further ones whose labels are not looked at: what FixMatch and Noisy Student
/// learn from.
inline ImageList with_unlabelled(ImageList labelled, const ImageList& extra_negatives) {
  labelled.files.insert(labelled.files.end(), extra_negatives.files.begin(),
                        extra_negatives.files.end());
  labelled.labels.resize(labelled.files.size(), -1);
  labelled.unread.insert(labelled.unread.end(), extra_negatives.unread.begin(),
                         extra_negatives.unread.end());
  return labelled;
}

}  // namespace selfsame
