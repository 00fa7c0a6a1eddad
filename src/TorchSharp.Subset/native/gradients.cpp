// Gradients: which tensors need them, running backward, and the modes of a thread.
#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>

#include "handles.h"

SSDF_EXPORT int32_t ssdf_set_requires_grad(Handle handle, int32_t value) {
  return guarded([&]() -> int32_t { borrow(handle).set_requires_grad(value != 0); return 0; });
}

SSDF_EXPORT int64_t ssdf_grad(Handle handle) {
  return guarded([&]() -> int64_t { return give(borrow(handle).grad()); });
}

SSDF_EXPORT int32_t ssdf_set_grad(Handle handle, Handle grad) {
  return guarded([&]() -> int32_t { borrow(handle).mutable_grad() = borrow(grad); return 0; });
}

SSDF_EXPORT int32_t ssdf_retain_grad(Handle handle) {
  return guarded([&]() -> int32_t { borrow(handle).retain_grad(); return 0; });
}

SSDF_EXPORT int32_t ssdf_backward(
    const Handle* tensors, int32_t count, const Handle* grads, int32_t grad_count, int32_t retain_graph, int32_t create_graph,
    const Handle* inputs, int32_t input_count) {
  return guarded([&]() -> int32_t {
    torch::autograd::backward(borrow_all(tensors, count), borrow_all(grads, grad_count), retain_graph != 0, create_graph != 0,
        borrow_all(inputs, input_count));
    return 0;
  });
}

// Writes one owned handle an input, 0 where the input was not used.
SSDF_EXPORT int32_t ssdf_gradients(
    const Handle* outputs, int32_t count, const Handle* inputs, int32_t input_count, const Handle* grads, int32_t grad_count,
    int32_t retain_graph, int32_t create_graph, int32_t allow_unused, Handle* results) {
  return guarded([&]() -> int32_t {
    auto gradients = torch::autograd::grad(borrow_all(outputs, count), borrow_all(inputs, input_count), borrow_all(grads, grad_count),
        retain_graph != 0, create_graph != 0, allow_unused != 0);
    for (size_t i = 0; i < gradients.size(); i++) results[i] = give(gradients[i]);
    return 0;
  });
}

SSDF_EXPORT int32_t ssdf_grad_mode() { return at::GradMode::is_enabled(); }
SSDF_EXPORT void ssdf_set_grad_mode(int32_t enabled) { at::GradMode::set_enabled(enabled != 0); }
SSDF_EXPORT int32_t ssdf_inference_mode() { return c10::InferenceMode::is_enabled(); }
SSDF_EXPORT c10::InferenceMode* ssdf_inference_guard(int32_t enabled) { return new c10::InferenceMode(enabled != 0); }
SSDF_EXPORT void ssdf_inference_guard_release(c10::InferenceMode* guard) { delete guard; }
