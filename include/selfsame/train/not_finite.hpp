/// @file
/// What a training throws instead of going on with numbers that are not finite.
#pragma once
#include <selfsame/core/store.hpp>
#include <selfsame/kernel/cpu/finite.hpp>

#include <cmath>
#include <span>
#include <stdexcept>
#include <string>

namespace selfsame {

/// A loss, a gradient or an entry of the store is NaN or infinite; the message says in which step and which one.
/// What lives across steps is still that of the last step that was finite.
struct NotFinite : std::runtime_error {
  using std::runtime_error::runtime_error;
};

namespace detail {

inline std::string step_text(const Progress& progress) {
  return "selfsame: step " + std::to_string(progress.step + 1) + ": ";
}
/// "nan", "inf" or "-inf".
inline std::string odd_text(double x) { return std::isnan(x) ? "nan" : x > 0 ? "inf" : "-inf"; }
inline constexpr const char* what_to_look_at =
    " Lower the learning rate or let it warm up, and look at the images of this step.";

/// Throws NotFinite on all ranks where the loss is not finite on one of them.
template <class D>
void require_finite_loss(const Pass<D>& pass, Real<D> value) {
  Index odd = std::isfinite(value) ? 0 : 1;
  if (pass.ranks->size() > 1) pass.ranks->sum(&odd, 1, Number::integer);
  if (odd == 0) return;
  const std::string here = std::isfinite(value)
                               ? "not finite on " + std::to_string(odd) + " other ranks"
                               : odd_text(static_cast<double>(value));
  throw NotFinite(step_text(pass.progress) + "the loss is " + here + "." + what_to_look_at);
}

/// Throws NotFinite that names the first segment whose gradient is not finite. Gradients are those that
/// all ranks have summed, so all ranks throw.
template <class D>
void require_finite_gradients(const Pass<D>& pass, std::span<const Trained<D>> networks) {
  const auto odd = [&](Vector<const Real<D>, D> v) {
    return first_not_finite(*pass.device, *pass.workspace, v) >= 0;
  };
  std::string first;
  Index count = 0;
  for (const Trained<D>& network : networks) {
    if (!odd(network.gradient.all)) continue;
    for (Index k = 0; k < network.gradient.count(); ++k) {
      if (!odd(network.gradient[k])) continue;
      if (++count == 1) first = network.gradient.segments[static_cast<std::size_t>(k)].name;
    }
  }
  if (count > 0)
    throw NotFinite(step_text(pass.progress) + "the gradient of '" + first + "' is not finite" +
                    (count > 1 ? " (first of " + std::to_string(count) + " segments)." : ".") +
                    what_to_look_at);
}

/// Throws NotFinite where parameters that a target is about to follow are not finite.
template <class D>
void require_finite_parameters(const Pass<D>& pass, Vector<const Real<D>, D> online) {
  const Index odd = first_not_finite(*pass.device, *pass.workspace, online);
  if (odd >= 0)
    throw NotFinite(step_text(pass.progress) + "number " + std::to_string(odd) + " of " +
                    std::to_string(online.size) + " online parameters is " +
                    odd_text(static_cast<double>(online[odd])) + "." + what_to_look_at);
}

/// Throws NotFinite that names an entry of the store that must not be saved. A memory may hold -infinity, the
/// logarithm of nothing, until a loss has been there; weights, buffers and moments may not.
template <class D>
void require_finite_entries(const D& device, const Store<D>& store, const Progress& progress) {
  Workspace scratch;
  for (const auto& e : store) {
    if (e.life != Life::kept) continue;
    as_type(e.number, [&]<class T>(T*) {
      if constexpr (!std::is_integral_v<T>) {
        const VectorView<const T, D> x{reinterpret_cast<const T*>(e.bytes.data()), e.count};
        Index i = first_not_finite(device, scratch, x);
        const auto value = [&] { return static_cast<double>(x[i]); };
        if (e.segments.empty())
          while (i >= 0 && i < x.size && (std::isfinite(value()) || value() < 0)) ++i;
        if (i < 0 || i == x.size) return;
        std::string where = "'" + e.name + "'";
        for (const Segment& s : e.segments)
          if (s.offset <= i && i < s.offset + s.size()) where += ", segment '" + s.name + "',";
        throw NotFinite("selfsame: after step " + std::to_string(progress.step) + ": " + where +
                        " has a number that is not finite (" + odd_text(value()) +
                        "), so no checkpoint was written, and an earlier one stays." +
                        what_to_look_at);
      }
    });
  }
}

}  // namespace detail
}  // namespace selfsame
