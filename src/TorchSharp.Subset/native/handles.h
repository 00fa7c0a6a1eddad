// Tensors as numbers: who owns a reference, and how many are out.
#pragma once

#include <ATen/core/Tensor.h>
#include <torch/csrc/autograd/variable.h>

#include <atomic>

#include "errors.h"

namespace {

using at::Tensor;
using torch::autograd::variable_list;
using Handle = int64_t;
using ReleaseCallback = void (*)(void* context);

std::atomic<int64_t> live_handles{0};

Tensor borrow(Handle handle) {
  if (handle == 0) return Tensor();
  return Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(
      reinterpret_cast<c10::TensorImpl*>(handle)));
}

Handle give(Tensor tensor) {
  if (!tensor.defined()) return 0;
  live_handles.fetch_add(1, std::memory_order_relaxed);
  return reinterpret_cast<Handle>(tensor.unsafeReleaseTensorImpl());
}

Tensor take(Handle handle) {
  if (handle == 0) return Tensor();
  live_handles.fetch_sub(1, std::memory_order_relaxed);
  return Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(
      reinterpret_cast<c10::TensorImpl*>(handle)));
}

variable_list borrow_all(const Handle* handles, int64_t count) {
  variable_list tensors;
  tensors.reserve(count);
  for (int64_t i = 0; i < count; i++) tensors.push_back(borrow(handles[i]));
  return tensors;
}

}  // namespace
