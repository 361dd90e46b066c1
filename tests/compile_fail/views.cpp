// Memory that no view may name.
#include <selfsame/interop/eigen.hpp>
#include <selfsame/tensor/view.hpp>

// expected-error: this matrix of Eigen is column-major. Declare it with Eigen::RowMajor
namespace column_major_matrix {
void bad(Eigen::MatrixXf& m) { selfsame::view<selfsame::Cpu>(m); }
}  // namespace column_major_matrix

// expected-error: a view of a temporary matrix would outlive its numbers
namespace view_of_a_temporary_matrix {
auto bad() { return selfsame::view<selfsame::Cpu>(selfsame::RowMajor<float>(2, 2)); }
}  // namespace view_of_a_temporary_matrix

// expected-error: this expression of Eigen has no memory
namespace view_of_an_expression {
void bad(selfsame::RowMajor<float>& m) { selfsame::view<selfsame::Cpu>(m + m); }
}  // namespace view_of_an_expression

// expected-error: no viable conversion|could not convert|cannot convert|conversion from .* to non-scalar type
namespace view_of_another_device {
selfsame::In<selfsame::Cpu> bad(
    selfsame::MatrixView<float, selfsame::BasicCpu<double, float>> rows) {
  return rows;
}
}  // namespace view_of_another_device

// expected-error: no viable conversion|could not convert|cannot convert|conversion from .* to non-scalar type
namespace reals_where_activations_belong {
using Mixed = selfsame::BasicCpu<double, float>;  // weights in double, activations in float
selfsame::In<Mixed> bad(selfsame::MatrixView<double, Mixed> statistics) { return statistics; }
}  // namespace reals_where_activations_belong

// expected-error: no viable conversion|could not convert|cannot convert|conversion from .* to non-scalar type
namespace writing_into_a_constant {
selfsame::Out<selfsame::Cpu> bad(selfsame::In<selfsame::Cpu> rows) { return rows; }
}  // namespace writing_into_a_constant
