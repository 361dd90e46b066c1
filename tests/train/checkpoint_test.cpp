#include <selfsame/train/checkpoint.hpp>
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>

using namespace selfsame;
using Catch::Matchers::ContainsSubstring;

namespace {

const std::string recipe = R"({"loss": {"temperature": 0.1}, "batch": 256})";

Layout layout(Index width) {
  Layout l = Layout::on<Cpu>();
  l.enter("encoder");
  l.weight("weight", Kind::weight, {3, width}, zeros);
  l.weight("bias", Kind::bias, {3}, zeros);
  return l;
}

// Weights, a scratch entry, integers and bytes, with one value everywhere.
struct Run {
  Store<Cpu> store;
  Slice<float, Cpu> weights;
  Vector<Index, Cpu> integers;
  Vector<std::uint8_t, Cpu> bytes;

  explicit Run(float value = 0, Index width = 5)
      : weights(store.segmented("online", layout(width).parameters())),
        integers(store.integers("sampler.position", 2)),
        bytes(store.vector<std::uint8_t>("mask", 3)) {
    store.vector<float>("online.gradient", 7, 9, Life::scratch);
    store.integers("empty", 0);
    set(value);
  }
  void set(float value) {
    for (Index k = 0; k < weights.count(); ++k)
      std::fill(weights[k].begin(), weights[k].end(), value);
    std::fill(integers.begin(), integers.end(), static_cast<Index>(value));
    std::fill(bytes.begin(), bytes.end(), static_cast<std::uint8_t>(value));
  }
  bool is(float value) const {
    bool all = true;
    for (Index k = 0; k < weights.count(); ++k)
      for (const float w : weights[k]) all = all && w == value;
    for (const Index i : integers) all = all && i == static_cast<Index>(value);
    for (const auto b : bytes) all = all && b == static_cast<std::uint8_t>(value);
    return all;
  }
};

}  // namespace

TEST_CASE("A checkpoint gives back every kept entry and the progress", "[checkpoint]") {
  const TemporaryFolder folder;
  const Run saved(3);
  save_checkpoint(folder / "c", saved.store, recipe, {70, 100, 7, 10});
  Run run(1);
  CHECK(load_checkpoint(folder / "c", run.store, recipe) == Progress{70, 100, 7, 10});
  CHECK(run.is(3));
}

TEST_CASE("A checkpoint of version 2 that another program wrote is read, and is what is written",
          "[checkpoint]") {
  const std::string golden = std::string(SELFSAME_GOLDEN_DIR) + "/train/checkpoint_v2.selfsame";
  Run run(1);
  CHECK(load_checkpoint(golden, run.store, recipe) == Progress{70, 100, 7, 10});
  CHECK(run.is(3));
  const TemporaryFolder folder;
  save_checkpoint(folder / "c", run.store, recipe, {70, 100, 7, 10});
  CHECK(read_file(folder / "c") == read_file(golden));
}

TEST_CASE("A checkpoint keeps entries of every kind of number", "[checkpoint]") {
  const TemporaryFolder folder;
  using D = BasicCpu<float, BFloat16>;
  const auto run = [](Store<D>& store, int value) {
    return std::tuple(store.vector<float>("float", 3, static_cast<float>(value)),
                      store.vector<double>("double", 3, value),
                      store.vector<Index>("index", 3, value),
                      store.vector<std::uint8_t>("byte", 3, static_cast<std::uint8_t>(value)),
                      store.vector<BFloat16>("bfloat16", 3, BFloat16(value)));
  };
  Store<D> from, to;
  run(from, 3);
  const auto read = run(to, 1);
  save_checkpoint(folder / "c", from, recipe, {});
  load_checkpoint(folder / "c", to, recipe);
  std::apply(
      [](const auto&... each) {
        const auto is_3 = [](const auto& v) {
          for (const auto x : v) CHECK(static_cast<double>(x) == 3);
        };
        (is_3(each), ...);
      },
      read);
}

TEST_CASE("A checkpoint does not hold scratch", "[checkpoint]") {
  const TemporaryFolder folder;
  Store<Cpu> store;
  store.vector<float>("gradient", 10000, 0, Life::scratch);
  save_checkpoint(folder / "c", store, recipe, {});
  CHECK(std::filesystem::file_size(folder / "c") < 1000);
  CHECK(load_checkpoint(folder / "c", store, recipe) == Progress{});
}

TEST_CASE("A loaded entry is as filled as the saved one", "[checkpoint]") {
  const TemporaryFolder folder;
  Run saved(3), run(1);
  run.store.find("online")->filled = false;
  save_checkpoint(folder / "c", saved.store, recipe, {});
  load_checkpoint(folder / "c", run.store, recipe);
  CHECK_NOTHROW(run.store.require_filled());
}

TEST_CASE("Another recipe is refused with both sides where they first differ", "[checkpoint]") {
  const TemporaryFolder folder;
  save_checkpoint(folder / "c", Run(3).store, recipe, {});
  Run run(1);
  CHECK_THROWS_WITH(
      load_checkpoint(folder / "c", run.store, R"({"loss": {"temperature": 0.5}, "batch": 256})"),
      ContainsSubstring("\"temperature\": 0.1") && ContainsSubstring("\"temperature\": 0.5"));
  CHECK_THROWS_WITH(load_checkpoint(folder / "c", run.store, ""),
                    ContainsSubstring("another recipe"));
  CHECK_THROWS_WITH(load_checkpoint(folder / "c", run.store, recipe + " "),
                    ContainsSubstring("another recipe"));
  CHECK(run.is(1));
}

TEST_CASE("Every truncated checkpoint is refused, and the store is as before", "[checkpoint]") {
  const TemporaryFolder folder;
  save_checkpoint(folder / "c", Run(3).store, recipe, {});
  const std::string whole = read_file(folder / "c");
  Run run(1);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    write_file(folder / "cut", std::string_view(whole).substr(0, size));
    CHECK_THROWS_WITH(load_checkpoint(folder / "cut", run.store, recipe),
                      ContainsSubstring("cut") && ContainsSubstring("offset"));
  }
  write_file(folder / "long", whole + "x");
  CHECK_THROWS_WITH(load_checkpoint(folder / "long", run.store, recipe),
                    ContainsSubstring("1 bytes too many at offset"));
  CHECK(run.is(1));
}

TEST_CASE("A checkpoint with any byte changed is refused, and the store is as before",
          "[checkpoint]") {
  const TemporaryFolder folder;
  save_checkpoint(folder / "c", Run(3).store, recipe, {});
  const std::string whole = read_file(folder / "c");
  Run run(1);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    CAPTURE(at);
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x40);
    write_file(folder / "changed", changed);
    CHECK_THROWS_AS(load_checkpoint(folder / "changed", run.store, recipe), std::runtime_error);
  }
  CHECK(run.is(1));
}

TEST_CASE("A newer and an older format and a foreign file are refused by what they are",
          "[checkpoint]") {
  const TemporaryFolder folder;
  save_checkpoint(folder / "c", Run(3).store, recipe, {});
  std::string bytes = read_file(folder / "c");
  Run run(1);
  bytes[8] = 3;
  write_file(folder / "newer", bytes);
  CHECK_THROWS_WITH(load_checkpoint(folder / "newer", run.store, recipe),
                    ContainsSubstring("version 3, these headers read version 2"));
  bytes[8] = 1;
  write_file(folder / "older", bytes);
  CHECK_THROWS_WITH(
      load_checkpoint(folder / "older", run.store, recipe),
      ContainsSubstring("version 1, whose policies and numbers have names of before"));
  write_file(folder / "foreign", "PK and so on, a zip file");
  CHECK_THROWS_WITH(load_checkpoint(folder / "foreign", run.store, recipe),
                    ContainsSubstring("not a checkpoint"));
  CHECK_THROWS_WITH(load_checkpoint(folder / "absent", run.store, recipe),
                    ContainsSubstring("No such file"));
}

TEST_CASE("Entries that are missing, too many or different are named, and the store is as before",
          "[checkpoint]") {
  const TemporaryFolder folder;
  save_checkpoint(folder / "c", Run(3).store, recipe, {});
  Run more(1);
  more.store.reals("queue", 4);
  CHECK_THROWS_WITH(load_checkpoint(folder / "c", more.store, recipe),
                    ContainsSubstring("'queue' is in the store, not in the file"));
  CHECK(more.is(1));
  save_checkpoint(folder / "more", more.store, recipe, {});
  Run run(1);
  CHECK_THROWS_WITH(load_checkpoint(folder / "more", run.store, recipe),
                    ContainsSubstring("'queue' is in the file, not in the store"));
  Run wide(1, GENERATE(4, 6));  // 4: as long as before, by its padding
  CHECK_THROWS_WITH(load_checkpoint(folder / "c", wide.store, recipe),
                    ContainsSubstring("'encoder.weight' (3, 5) in the file") &&
                        ContainsSubstring("'encoder.weight' (3, "));
  CHECK(wide.is(1));
  Store<Cpu> a, b, c;
  a.integers("n", 1);
  b.integers("n", 2);
  c.reals("n", 1);
  save_checkpoint(folder / "a", a, recipe, {});
  CHECK_THROWS_WITH(load_checkpoint(folder / "a", b, recipe),
                    ContainsSubstring("'n' is 1 of integer in the file and 2 of integer"));
  CHECK_THROWS_WITH(load_checkpoint(folder / "a", c, recipe),
                    ContainsSubstring("1 of real32 in the store"));
}

TEST_CASE("A save that fails throws and leaves the old checkpoint", "[checkpoint]") {
  const TemporaryFolder folder;
  save_checkpoint(folder / "c", Run(3).store, recipe, {});
  const auto child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{200, 200};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    int code = 1;
    try {
      save_checkpoint(folder / "c", Run(4).store, recipe, {});
    } catch (const std::system_error&) {
      code = 0;
    }
    ::_exit(code);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  Run run(1);
  load_checkpoint(folder / "c", run.store, recipe);
  CHECK(run.is(3));
}

TEST_CASE("After SIGKILL at any moment the checkpoint is one that was saved", "[checkpoint]") {
  const TemporaryFolder folder;
  save_checkpoint(folder / "c", Run(0, 20000).store, recipe, {});
  Index last = 0;
  for (int trial = 0; trial < 25; ++trial) {
    const auto child = ::fork();
    if (child == 0) {
      Run run(0, 20000);
      for (Index step = last;; ++step) {
        run.set(static_cast<float>(step % 200));
        save_checkpoint(folder / "c", run.store, recipe, {step, step + 1, 0, 1});
      }
    }
    ::usleep(static_cast<useconds_t>(500 + 1300 * trial));
    ::kill(child, SIGKILL);
    REQUIRE(::waitpid(child, nullptr, 0) == child);
    Run run(-1, 20000);
    Progress progress;
    REQUIRE_NOTHROW(progress = load_checkpoint(folder / "c", run.store, recipe));
    CHECK(run.is(static_cast<float>(progress.step % 200)));
    CHECK(progress.step >= last);
    last = progress.step;
  }
  CHECK(last > 10);
}

namespace {

// A network of parts, each a matrix and a buffer, all numbers `value`.
struct Parts {
  Store<Cpu> store;
  Trained<Cpu> weights;

  Parts(const std::vector<std::pair<std::string, Index>>& parts, float value) {
    Layout l = Layout::on<Cpu>();
    for (const auto& [name, width] : parts) {
      l.enter(name);
      l.weight("weight", Kind::weight, {3, width}, zeros);
      l.buffer("mean", {width}, zeros);
      l.leave();
    }
    weights = reserve_trained(store, l, 1);
    for (Index k = 0; k < weights.parameters.count(); ++k) {
      std::fill(weights.parameters[k].begin(), weights.parameters[k].end(),
                value + static_cast<float>(k));
      std::fill(weights.buffers[k].begin(), weights.buffers[k].end(),
                -value - static_cast<float>(k));
    }
  }
};

}  // namespace

TEST_CASE("Weights of a part are read by their names, whatever trained them", "[checkpoint]") {
  const TemporaryFolder folder;
  const Parts trained({{"stem", 7}, {"encoder", 5}, {"head", 2}}, 10);
  save_checkpoint(folder / "c", trained.store, recipe, {70, 100, 7, 10});
  Parts encoder({{"encoder", 5}}, 1);
  CHECK(load_network<Cpu>(folder / "c", encoder.weights.without_gradient()) ==
        Progress{70, 100, 7, 10});
  for (const float w : encoder.weights.parameters[0]) CHECK(w == 11);
  for (const float b : encoder.weights.buffers[0]) CHECK(b == -11);
}

TEST_CASE("Weights that a checkpoint has not are named, and nothing is changed", "[checkpoint]") {
  const TemporaryFolder folder;
  const Parts trained({{"encoder", 5}}, 10);
  save_checkpoint(folder / "c", trained.store, recipe, {70, 100, 7, 10});
  Parts other({{"encoder", 5}, {"head", 2}}, 1);
  CHECK_THROWS_WITH(load_network<Cpu>(folder / "c", other.weights.without_gradient()),
                    ContainsSubstring("'online' has no 'head.weight' (3, 2)") &&
                        ContainsSubstring("'online.buffers' has no 'head.mean' (2)"));
  for (const float w : other.weights.parameters[0]) CHECK(w == 1);
  Parts wider({{"encoder", 6}}, 1);
  CHECK_THROWS_WITH(load_network<Cpu>(folder / "c", wider.weights.without_gradient()),
                    ContainsSubstring("'encoder.weight' (3, 6)"));
  CHECK_THROWS_WITH(load_network<Cpu>(folder / "c", wider.weights.without_gradient(), "target"),
                    ContainsSubstring("'target' has no"));
}

namespace {

// A checkpoint of these entries, each of three numbers and these segments, with right checksums.
void write_entries(const std::filesystem::path& path, const std::vector<std::string>& entries,
                   const std::vector<Segment>& segments) {
  selfsame::detail::CheckpointWriter file(path);
  file.bytes(selfsame::detail::checkpoint_magic);
  file.number(selfsame::detail::checkpoint_version);
  file.text(recipe);
  file.number(mix(0, recipe));
  for (int i = 0; i < 4; ++i) file.number(std::int64_t{0});
  file.number(static_cast<std::int64_t>(entries.size()));
  file.check();
  for (const std::string& name : entries) {
    file.text(name);
    for (const std::int32_t x : {0, 1}) file.number(x);
    file.number(std::int64_t{3});
    file.number(static_cast<std::int64_t>(segments.size()));
    for (const Segment& s : segments) file.segment(s);
    const std::array<float, 3> numbers{1, 2, 3};
    file.bytes({reinterpret_cast<const char*>(numbers.data()), sizeof numbers});
    file.check();
  }
  file.commit();
}

}  // namespace

TEST_CASE("A checkpoint in which an entry or a segment stands twice is refused by its name",
          "[checkpoint]") {
  const TemporaryFolder folder;
  Store<Cpu> store;
  store.reals("a", 3);
  write_entries(folder / "c", {"a"}, {});
  CHECK_NOTHROW(load_checkpoint(folder / "c", store, recipe));
  store.vector<float>("a2", 3);
  write_entries(folder / "c", {"a", "a2", "a"}, {});
  CHECK_THROWS_WITH(load_checkpoint(folder / "c", store, recipe),
                    ContainsSubstring("entry 'a' is in the file twice"));

  Layout l = Layout::on<Cpu>();
  l.weight("w", Kind::weight, {3}, zeros);
  Store<Cpu> network;
  const Trained<Cpu> weights = reserve_trained(network, l, 1);
  const Segment w{.name = "w", .extents = {3}};
  write_entries(folder / "c", {"online"}, {w});
  load_network<Cpu>(folder / "c", weights.without_gradient());
  CHECK(weights.parameters[0][1] == 2);
  write_entries(folder / "c", {"online"}, {w, {.name = "v", .extents = {3}}, w});
  CHECK_THROWS_WITH(load_network<Cpu>(folder / "c", weights.without_gradient()),
                    ContainsSubstring("entry 'online' has segment 'w' twice"));
}

TEST_CASE("A segment that lies beyond its entry is no segment, wherever it claims to be",
          "[checkpoint]") {
  const TemporaryFolder folder;
  Layout l = Layout::on<Cpu>();
  l.weight("w", Kind::weight, {3}, zeros);
  Store<Cpu> network;
  const Trained<Cpu> weights = reserve_trained(network, l, 1);
  for (const Index offset : {Index{1}, Index{-1}, std::numeric_limits<Index>::max(),
                             std::numeric_limits<Index>::max() / 4}) {
    write_entries(folder / "c", {"online"}, {{.name = "w", .extents = {3}, .offset = offset}});
    CHECK_THROWS_WITH(load_network<Cpu>(folder / "c", weights.without_gradient()),
                      ContainsSubstring("'online' has no 'w' (3)"));
  }
}
