/// @file
/// What is in a folder of images, whatever its links do.
#pragma once
#include <selfsame/data/image_list.hpp>
#include <selfsame/io/utf8.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace selfsame::detail {

inline bool is_image_name(const std::filesystem::path& path) {
  std::string end = path.extension().string();
  for (char& c : end) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  constexpr std::array<const char*, 3> ends{".png", ".jpg", ".jpeg"};
  return std::find(ends.begin(), ends.end(), end) != ends.end();
}

// What systems and programs put beside people's files.
inline bool is_left_out(const std::string& name) {
  constexpr std::array<const char*, 6> names{"__MACOSX",     "__pycache__",
                                             "@eaDir",       "lost+found",
                                             "$RECYCLE.BIN", "System Volume Information"};
  return name.starts_with('.') || std::find(names.begin(), names.end(), name) != names.end();
}

inline std::string quoted(const std::filesystem::path& path) {
  return "'" + printable(path.string()) + "'";
}

// Of one folder, by name.
struct FolderEntries {
  std::vector<std::filesystem::path> folders, images;
  std::vector<SkippedImage> unread;
};

inline FolderEntries entries_of(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  FolderEntries found;
  const auto unread = [&](const fs::path& path, const std::string& why) {
    found.unread.push_back({path, "selfsame: " + quoted(path) + " " + why});
  };
  std::error_code fault;
  std::vector<fs::path> all;
  for (fs::directory_iterator entry(folder, fault), end; !fault && entry != end;
       entry.increment(fault))
    all.push_back(entry->path());
  if (fault) unread(folder, "cannot be listed: " + fault.message());
  std::sort(all.begin(), all.end());
  for (const fs::path& path : all) {
    if (is_left_out(path.filename().string())) continue;
    const fs::file_status status = fs::status(path, fault);
    if (status.type() == fs::file_type::directory)
      found.folders.push_back(path);
    else if (status.type() == fs::file_type::not_found)
      unread(path, "is a link that leads nowhere");
    else if (status.type() == fs::file_type::none)
      unread(path, "cannot be looked at: " + fault.message());
    else if (is_image_name(path) && status.type() != fs::file_type::regular)
      unread(path, "is no file");
    else if (is_image_name(path))
      found.images.push_back(path);
  }
  return found;
}

// Folders that were walked through, whatever their names.
class Walked {
 public:
  // Whether it is a new one.
  bool add(const std::filesystem::path& folder) {
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0) return true;  // listing it will say why
    return seen_.emplace(status.st_dev, status.st_ino).second;
  }

 private:
  std::set<std::pair<dev_t, ino_t>> seen_;
};

// All images of a folder and of those in it; each folder once, so a link to one above it ends there.
inline void add_images_below(const std::filesystem::path& folder, Walked& walked, ImageList& list) {
  std::vector<std::filesystem::path> open{folder}, files;
  while (!open.empty()) {
    const std::filesystem::path next = open.back();
    open.pop_back();
    if (!walked.add(next)) {
      list.unread.push_back({next, "selfsame: " + quoted(next) +
                                       " is a folder that is already listed under another name; "
                                       "remove the link"});
      continue;
    }
    FolderEntries entries = entries_of(next);
    files.insert(files.end(), entries.images.begin(), entries.images.end());
    list.unread.insert(list.unread.end(), entries.unread.begin(), entries.unread.end());
    open.insert(open.end(), entries.folders.rbegin(), entries.folders.rend());
  }
  std::sort(files.begin(), files.end());
  list.files.insert(list.files.end(), files.begin(), files.end());
}

}  // namespace selfsame::detail
