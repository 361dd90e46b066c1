/// @file
/// Numbers that other implementations computed: text files of named arrays in tests/golden.
#pragma once
#include <cstddef>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace selfsame {

/// A golden file: lines that begin with # say which package, version, seed and command made it;
/// then arrays, each a line "name rows cols" and rows * cols numbers.
///
///     const auto golden = Golden::read("optimizer/adamw.txt");
///     golden["weights"].values
///
/// Throws std::runtime_error that names the file when it or an array is missing or short.
class Golden {
 public:
  struct Array {
    std::ptrdiff_t rows = 0, cols = 0;
    std::vector<double> values{};  ///< row by row

    template <class T>
    std::vector<T> as() const {
      std::vector<T> v;
      for (const double x : values) v.push_back(static_cast<T>(x));
      return v;
    }
  };

  static Golden read(const std::string& name) {
    Golden golden;
    golden.path_ = std::string(SELFSAME_GOLDEN_DIR) + "/" + name;
    std::ifstream file(golden.path_);
    if (!file) throw std::runtime_error("cannot open " + golden.path_);
    std::string text, line;
    while (std::getline(file, line))
      if (!line.starts_with('#')) text += line + "\n";
    std::istringstream words(text);
    std::string array;
    while (words >> array) {
      Array a;
      if (!(words >> a.rows >> a.cols)) golden.fail(array + " has no extents");
      a.values.resize(static_cast<std::size_t>(a.rows * a.cols));
      for (double& x : a.values) {
        std::string number;  // operator>> of doubles refuses nan
        if (!(words >> number)) golden.fail(array + " is short");
        x = std::stod(number);
      }
      golden.arrays_[array] = std::move(a);
    }
    return golden;
  }

  const Array& operator[](const std::string& name) const {
    const auto found = arrays_.find(name);
    if (found == arrays_.end()) fail("no array " + name);
    return found->second;
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw std::runtime_error(path_ + ": " + why);
  }

  std::string path_;
  std::map<std::string, Array> arrays_;
};

}  // namespace selfsame
