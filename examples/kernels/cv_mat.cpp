// NT-Xent on memory that another library owns, its rows padded as those of a cv::Mat: nothing is copied.
#include <selfsame/loss/nt_xent.hpp>

#include <cmath>
#include <cstdio>
#include <vector>

using namespace selfsame;

// What OpenCV keeps of a matrix of floats; `step` is the distance of two rows in bytes.
struct Mat {
  int rows, cols;
  std::size_t step;
  unsigned char* data;

  float* row(int r) const {
    return reinterpret_cast<float*>(data + static_cast<std::size_t>(r) * step);
  }
};

// All that has to be said: where the numbers are, how many, and how far apart in numbers.
MatrixView<float, Cpu> view(const Mat& m) {
  return {m.row(0), m.rows, m.cols, static_cast<Index>(m.step / sizeof(float))};
}

int main() {
  constexpr int rows = 64, cols = 30, padded = 32;  // rows i and i + 32: two views of an image
  constexpr float behind = 7;
  std::vector<float> numbers(rows * padded, behind), slopes(rows * padded, behind);
  const Mat z{rows, cols, padded * sizeof(float), reinterpret_cast<unsigned char*>(numbers.data())};
  const Mat gradient{rows, cols, z.step, reinterpret_cast<unsigned char*>(slopes.data())};
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < cols; ++c) z.row(r)[c] = std::sin(static_cast<float>(r * cols + c));

  const float loss = nt_xent(Cpu{}, with_gradient(view(z), view(gradient)), 0.5f);

  // The same without padding; what stands behind the columns must be as it was.
  std::vector<float> dense, slope(rows * cols);
  for (int r = 0; r < rows; ++r) dense.insert(dense.end(), z.row(r), z.row(r) + cols);
  const float again = nt_xent(
      Cpu{}, Differentiable<Cpu>{{dense.data(), rows, cols}, {slope.data(), rows, cols}}, 0.5f);
  bool right = std::abs(loss - again) < 1e-6f;
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < padded; ++c) {
      const float wanted = c < cols ? slope.data()[r * cols + c] : behind;
      right = right && std::abs(gradient.row(r)[c] - wanted) < 1e-6f;
    }
  std::printf("loss %.4f on padded rows, %.4f on dense ones: %s\n", loss, again,
              right ? "right" : "WRONG");
  return right ? 0 : 1;
}
