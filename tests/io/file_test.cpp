#include <selfsame/io/file.hpp>
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("A file reads back as it was written, whatever its size", "[io]") {
  const TemporaryFolder folder;
  const std::size_t size = GENERATE(0u, 1u, 4096u, 1000001u);
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 7);
  write_file(folder / "a", "something older");
  write_file(folder / "a", bytes);
  CHECK(read_file(folder / "a") == bytes);
  CHECK_FALSE(std::filesystem::exists(folder / "a.partial"));
}

TEST_CASE("An error of a file has its name and the system's reason", "[io]") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(read_file(folder / "absent"),
                    ContainsSubstring("absent") && ContainsSubstring("No such file"));
  CHECK_THROWS_WITH(read_file(folder / ""), ContainsSubstring("Is a directory"));
  CHECK_THROWS_WITH(write_file(folder / "no/where", "x"),
                    ContainsSubstring("no/where") && ContainsSubstring("No such file"));
  CHECK_THROWS_WITH(write_file(folder / "", "x"), ContainsSubstring("Is a directory"));
  CHECK_THROWS_AS(read_file(folder / "absent"), std::system_error);
}

TEST_CASE("A device is not replaced by a file", "[io]") {
  CHECK_THROWS_WITH(write_file("/dev/full", "x"), ContainsSubstring("/dev/full"));
}

TEST_CASE("What has no size is read to its end", "[io]") {
  CHECK(read_file("/proc/self/status").size() > 100);
}

TEST_CASE("Without a commit the old file stays, and nothing else", "[io]") {
  const TemporaryFolder folder;
  write_file(folder / "a", "old");
  {
    AtomicFile file(folder / "a");
    file.write("new");
  }
  CHECK(read_file(folder / "a") == "old");
  CHECK_FALSE(std::filesystem::exists(folder / "a.partial"));
}

TEST_CASE("A link stays, and the file it leads to is written", "[io]") {
  const TemporaryFolder folder;
  write_file(folder / "target", "old");
  std::filesystem::create_symlink("target", folder / "link");
  write_file(folder / "link", "new");
  CHECK(std::filesystem::is_symlink(folder / "link"));
  CHECK(read_file(folder / "target") == "new");
}

TEST_CASE("A write that fails throws and leaves the old file", "[io]") {
  const TemporaryFolder folder;
  write_file(folder / "a", "old");
  const auto child = ::fork();
  if (child == 0) {  // the limit is for a process: a child of its own
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1000, 1000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    int code = 1;
    try {
      write_file(folder / "a", std::string(5000, 'x'));
    } catch (const std::system_error& e) {
      code = std::string(e.what()).find("File too large") != std::string::npos ? 0 : 2;
    }
    ::_exit(code);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(read_file(folder / "a") == "old");
  CHECK_FALSE(std::filesystem::exists(folder / "a.partial"));
}

TEST_CASE("lines of a file come without their ends, whichever they have", "[io]") {
  const TemporaryFolder folder;
  const auto lines = [&](const std::string& text) {
    write_file(folder / "f", text);
    return read_lines(folder / "f");
  };
  CHECK(lines("").empty());
  CHECK(lines("a\nb\r\n\nc") == std::vector<std::string>{"a", "b", "", "c"});
  CHECK(lines("a\n") == std::vector<std::string>{"a"});
}

TEST_CASE("a mark of UTF-8 before the first line is no part of it", "[io]") {
  const TemporaryFolder folder;
  write_file(folder / "f",
             "\xef\xbb\xbf"
             "a\n\xef\xbb\xbf");
  CHECK(read_lines(folder / "f") == std::vector<std::string>{"a", "\xef\xbb\xbf"});
}

TEST_CASE("the beginning of a file can be written anew before it is committed", "[io]") {
  const TemporaryFolder folder;
  AtomicFile file(folder / "f");
  file.write("0000 then");
  file.rewrite("12");
  file.write(" more");
  file.commit();
  CHECK(read_file(folder / "f") == "1200 then more");
}
