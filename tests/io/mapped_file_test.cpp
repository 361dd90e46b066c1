#include <selfsame/io/mapped_file.hpp>
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("a mapped file has the bytes of the file, also when it is replaced", "[io]") {
  const TemporaryFolder folder;
  write_file(folder / "f", "old bytes");
  const MappedFile mapped(folder / "f");
  CHECK(mapped.bytes() == "old bytes");
  write_file(folder / "f", "new");
  CHECK(mapped.bytes() == "old bytes");
  CHECK(MappedFile(folder / "f").bytes() == "new");
}

TEST_CASE("an empty file maps to nothing, a folder and a missing file are errors", "[io]") {
  const TemporaryFolder folder;
  write_file(folder / "empty", "");
  CHECK(MappedFile(folder / "empty").bytes().empty());
  CHECK_THROWS_WITH(MappedFile(folder / "none"), ContainsSubstring("none"));
  CHECK_THROWS_AS(MappedFile(folder / "."), std::system_error);
}
