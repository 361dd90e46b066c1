/// @file
/// Weights as .safetensors files. Needs nlohmann-json.
#pragma once
#include <selfsame/io/file.hpp>
#include <selfsame/io/json.hpp>
#include <selfsame/io/json_reader.hpp>
#include <selfsame/io/tensor_file.hpp>

#include <algorithm>
#include <utility>

namespace selfsame {

namespace detail {

inline constexpr std::array<std::string_view, 13> safetensors_names{
    "F64", "F32", "F16", "BF16", "I64", "I32", "I16", "I8", "U8", "BOOL", "U16", "U32", "U64"};

// Of one file, with errors that name it.
class SafetensorsReader {
 public:
  explicit SafetensorsReader(const std::filesystem::path& path)
      : name_(path.string()), file_(read_file(path)) {}

  std::vector<NamedTensor> tensors() const {
    const std::size_t begin = header_end();
    const auto header = parse_json(std::string_view(file_).substr(8, begin - 8), name_, 8);
    if (!header.is_object()) fail(8, "the header is no JSON object");
    std::vector<std::pair<std::size_t, NamedTensor>> placed;
    for (const auto& [name, entry] : header.items())
      if (name != "__metadata__") placed.push_back(tensor(name, entry, begin));
    std::sort(placed.begin(), placed.end(), [](const auto& a, const auto& b) {
      return std::pair(a.first, a.second.bytes.size()) < std::pair(b.first, b.second.bytes.size());
    });
    std::vector<NamedTensor> all;
    std::size_t end = 0;  // tensors follow each other without a gap to the file's end
    for (auto& [at, t] : placed) {
      if (at != end)
        fail(begin + at, "'" + t.name + "' begins at byte " + std::to_string(at) +
                             " of the data, those before it end at " + std::to_string(end));
      end += t.bytes.size();
      all.push_back(std::move(t));
    }
    if (end != file_.size() - begin)
      fail(begin + end, "the tensors have " + std::to_string(end) + " bytes, the file has " +
                            std::to_string(file_.size() - begin) + " of data");
    return all;
  }

 private:
  [[noreturn]] void fail(std::size_t byte, const std::string& why) const {
    byte_error(name_, byte, why);
  }
  std::size_t header_end() const {
    std::uint64_t length = 0;
    if (file_.size() < sizeof length)
      fail(file_.size(), "no safetensors: the length of the header takes 8 bytes");
    std::memcpy(&length, file_.data(), sizeof length);
    if (length > file_.size() - sizeof length)
      fail(0, "no safetensors: a header of " + std::to_string(length) + " bytes, " +
                  std::to_string(file_.size() - sizeof length) + " are left");
    return static_cast<std::size_t>(length) + sizeof length;
  }
  // Where it begins in the data, and what it is.
  std::pair<std::size_t, NamedTensor> tensor(const std::string& name, const nlohmann::json& entry,
                                             std::size_t begin) const {
    const auto wrong = [&](const std::string& why) { fail(8, "tensor '" + name + "' " + why); };
    const auto member = [&](const char* key) {
      if (!entry.is_object() || !entry.contains(key)) wrong("has no " + std::string(key));
      return entry[key];
    };
    const auto whole = [&](const nlohmann::json& x) {
      constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<Index>::max());
      if (!x.is_number_unsigned() || x.get<std::uint64_t>() > most)
        wrong("has " + x.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) +
              " where a whole number must stand");
      return x.get<std::size_t>();
    };
    const nlohmann::json kind = member("dtype"), shape = member("shape"),
                         offsets = member("data_offsets");
    if (!kind.is_string()) wrong("has a dtype that is no text");
    NamedTensor t;
    t.name = name;
    t.type = kind.get<std::string>();
    const auto known = std::find(safetensors_names.begin(), safetensors_names.end(), t.type);
    t.scalar = known == safetensors_names.end()
                   ? Scalar::other
                   : static_cast<Scalar>(known - safetensors_names.begin());
    if (!shape.is_array()) wrong("has a shape that is no list");
    std::size_t bytes = static_cast<std::size_t>(bytes_of(t.scalar));
    bool empty = false, large = false;
    for (const auto& extent : shape) {
      const std::size_t e = whole(extent);
      t.extents.push_back(static_cast<Index>(e));
      empty = empty || e == 0;
      large = large || (e > 0 && bytes > file_.size() / e);
      if (!large) bytes *= e;
    }
    if (empty) bytes = 0;
    if (large && !empty && t.scalar != Scalar::other)
      wrong("is larger than the file: " + to_string(t.extents));
    if (!offsets.is_array() || offsets.size() != 2) wrong("has data_offsets that are no pair");
    const std::size_t from = whole(offsets[0]), to = whole(offsets[1]);
    if (from > to || to > file_.size() - begin)
      wrong("has data_offsets " + offsets.dump() + ", the file has " +
            std::to_string(file_.size() - begin) + " bytes of data");
    if (to - from != bytes && t.scalar != Scalar::other)
      wrong("is " + t.type + " " + to_string(t.extents) + " of " + std::to_string(bytes) +
            " bytes, its data_offsets span " + std::to_string(to - from));
    if (t.scalar != Scalar::other) t.type.clear();
    t.bytes = file_.substr(begin + from, to - from);
    return {from, std::move(t)};
  }

  std::string name_, file_;
};

}  // namespace detail

/// The tensors of a .safetensors file, in the order of their data. Those of a type that is not read (8-bit
/// floats ...) are there by their names, as Scalar::other.
///
/// Throws std::system_error where it cannot be read, std::runtime_error that names the file and a byte
/// where it is no such file, is cut off, has a name twice (which the format disallows), or where offsets
/// and shapes do not agree or leave gaps.
/// @see https://github.com/huggingface/safetensors, format
inline std::vector<NamedTensor> read_safetensors(const std::filesystem::path& path) {
  return detail::SafetensorsReader(path).tensors();
}

/// Writes tensors in their order; replaces the file as AtomicFile does, and throws what it throws.
/// @throws std::invalid_argument  where two have one name, a shape does not agree with its bytes, or one is
///                                of Scalar::other
inline void write_safetensors(const std::filesystem::path& path,
                              const std::vector<NamedTensor>& tensors) {
  JsonObject header;
  if (const std::string* twice = repeated_name(tensors))
    throw std::invalid_argument("selfsame: two tensors are named '" + *twice + "'");
  std::size_t begin = 0;
  for (const NamedTensor& t : tensors) {
    if (t.scalar == Scalar::other)
      throw std::invalid_argument("selfsame: " + to_string(t) + ", which is not written here");
    if (t.name == "__metadata__")
      throw std::invalid_argument("selfsame: no tensor may be named '__metadata__' in this format");
    t.check_bytes();
    JsonArray shape;
    for (const Index e : t.extents) shape.add(e);
    header.add(t.name,
               JsonObject()
                   .add("dtype", detail::safetensors_names[static_cast<std::size_t>(t.scalar)])
                   .add("shape", shape)
                   .add("data_offsets", JsonArray().add(begin).add(begin + t.bytes.size())));
    begin += t.bytes.size();
  }
  std::string text = header.text();
  text.resize((text.size() + 7) / 8 * 8, ' ');  // the data begins at a multiple of 8
  const std::uint64_t length = text.size();
  AtomicFile file(path);
  file.write({reinterpret_cast<const char*>(&length), sizeof length});
  file.write(text);
  for (const NamedTensor& t : tensors) file.write(t.bytes);
  file.commit();
}

}  // namespace selfsame
