// expected-error: this matrix of Eigen is column-major. Declare it with Eigen::RowMajor
#include <selfsame/interop/eigen.hpp>
void bad(Eigen::MatrixXf& m) { selfsame::view<selfsame::Cpu>(m); }
