#include <selfsame/tensor/buffer.hpp>

#include "support/catch.hpp"

using namespace selfsame;

namespace {
bool on_a_line(const void* p) { return reinterpret_cast<std::uintptr_t>(p) % alignment == 0; }
}  // namespace

TEST_CASE("A buffer keeps its memory when it shrinks and grows within it", "[tensor]") {
  Buffer<float> b(100);
  const float* memory = b.data();
  CHECK(on_a_line(memory));
  b.resize(3);
  CHECK((b.size() == 3 && b.capacity() == 100));
  b.resize(100);
  CHECK(b.data() == memory);
  b.resize(101);
  CHECK((b.size() == 101 && b.capacity() == 101));
  CHECK(on_a_line(b.data()));
}

TEST_CASE("A buffer of nothing has no memory and moves like any other", "[tensor]") {
  Buffer<double> none(0), some(2);
  CHECK((none.data() == nullptr && none.begin() == none.end()));
  some[0] = 1;
  const double* memory = some.data();
  Buffer<double> moved = std::move(some);
  CHECK((moved.data() == memory && moved[0] == 1));
  none = std::move(moved);
  CHECK(none.data() == memory);
  CHECK_FALSE(std::is_copy_constructible_v<Buffer<double>>);
}

TEST_CASE("A buffer is filled with a value, and viewed without a copy", "[tensor]") {
  Buffer<Index> b;
  b.assign(5, 7);
  CHECK(std::count(b.begin(), b.end(), 7) == 5);
  const Vector<Index, Cpu> v = view<Cpu>(b);
  CHECK((v.data == b.data() && v.size == 5));
  CHECK(view<Cpu>(std::as_const(b)).data == b.data());
}

TEST_CASE("Rows are a matrix with its memory", "[tensor]") {
  Rows<BasicCpu<double, float>> rows(3, 4);
  rows.out()(2, 3) = 5;
  CHECK(rows.in()(2, 3) == 5);
  CHECK((rows.in().data == rows.out().data && rows.in().stride == 4));
  const float* memory = rows.data.data();
  rows.resize(2, 5);
  CHECK((rows.in().data == memory && rows.in().rows == 2 && rows.in().cols == 5));
  CHECK(Rows<Cpu>{}.in().rows == 0);
}

TEST_CASE("Scratch is lent on cache lines, in stack order, without overlap", "[tensor]") {
  Workspace w;
  const Workspace::Scope outer(w);
  char* a = w.take<char>(1);
  double* b = w.take<double>(3);
  CHECK((on_a_line(a) && on_a_line(b)));
  CHECK(reinterpret_cast<char*>(b) >= a + 1);
  double* first = nullptr;
  {
    const Workspace::Scope inner(w);
    first = w.take<double>(100);
    CHECK(first >= b + 3);
  }
  CHECK(w.take<double>(50) == first);  // what the scope gave back
}

TEST_CASE("Scratch of no numbers may be taken", "[tensor]") {
  Workspace w;
  const Workspace::Scope scope(w);
  float* a = w.take<float>(0);
  float* b = w.take<float>(1);
  CHECK(a == b);
}

TEST_CASE("What was lent stays where it is while a workspace grows", "[tensor]") {
  Workspace w;
  const Workspace::Scope scope(w);
  float* first = w.take<float>(4);
  first[0] = 3;
  for (int i = 0; i < 50; ++i) {
    float* more = w.take<float>(30'000);
    std::fill_n(more, 30'000, 1.f);
  }
  CHECK(first[0] == 3);
}

TEST_CASE("A workspace allocates nothing after the first step of a shape, nor for fewer rows",
          "[tensor]") {
  Workspace w;
  const auto step = [&](Index rows) {
    const Workspace::Scope scope(w);
    w.take<float>(rows * 100);
    {
      const Workspace::Scope inner(w);
      w.take<double>(rows * 300);
      w.take<char>(7);
    }
    w.take<float>(rows * 200);
    w.split(3);
    for (Index t = 0; t < 3; ++t) {
      const Workspace::Scope own(w.piece(t));
      w.piece(t).take<float>(rows * 50);
    }
  };
  step(512);
  const std::size_t held = w.capacity();
  CHECK(held > 0);
  for (const Index rows : {512, 1, 300, 512, 511}) step(rows);
  CHECK(w.capacity() == held);
}

TEST_CASE("A workspace holds no more than what was lent at one time, whatever the order of sizes",
          "[tensor]") {
  Workspace w;
  const Workspace::Scope outer(w);
  w.take<char>(1 << 16);
  std::size_t most = 0;
  for (const Index mib : {3, 5, 2, 8, 13, 4}) {
    const Workspace::Scope scope(w);
    w.take<char>(mib << 20);
    w.take<char>(mib << 19);
    most = std::max(most, static_cast<std::size_t>(3 * mib) << 19);
    CHECK(w.capacity() <= most + (std::size_t{1} << 21));  // it grows by so much at least
  }
}

TEST_CASE("The pieces of a workspace are apart and stay where they are", "[tensor]") {
  Workspace w;
  w.split(2);
  Workspace* second = &w.piece(1);
  float* a = w.piece(0).take<float>(10);
  float* b = second->take<float>(10);
  CHECK(a != b);
  w.split(5);
  CHECK(&w.piece(1) == second);
  w.split(1);  // keeps what it has
  CHECK(&w.piece(1) == second);
}
