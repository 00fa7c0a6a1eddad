// What is asked of a tensor itself: lifetime, shape, memory.
#include <ATen/ops/from_blob.h>

#include "handles.h"

namespace {

struct TensorInfo {
  int64_t numel;
  int32_t dim, dtype, device_type, device_index, element_size, flags;
};
enum Flags : int32_t { requires_grad = 1, is_leaf = 2, is_contiguous = 4, is_sparse = 8 };

}  // namespace

SSDF_EXPORT int64_t ssdf_live_handles() { return live_handles.load(std::memory_order_relaxed); }
SSDF_EXPORT void ssdf_tensor_release(Handle handle) { take(handle); }
SSDF_EXPORT Handle ssdf_tensor_retain(Handle handle) { return give(borrow(handle)); }

SSDF_EXPORT int32_t ssdf_tensor_info(Handle handle, TensorInfo* info) {
  return guarded([&]() -> int32_t {
    Tensor t = borrow(handle);
    bool strided = t.layout() == c10::kStrided;
    info->numel = t.numel();
    info->dim = static_cast<int32_t>(t.dim());
    info->dtype = static_cast<int32_t>(t.scalar_type());
    info->device_type = static_cast<int32_t>(t.device().type());
    info->device_index = t.device().has_index() ? t.device().index() : -1;
    info->element_size = static_cast<int32_t>(t.element_size());
    info->flags = (t.requires_grad() ? requires_grad : 0) | (t.is_leaf() ? is_leaf : 0) |
        (strided && t.is_contiguous() ? is_contiguous : 0) | (strided ? 0 : is_sparse);
    return 0;
  });
}

SSDF_EXPORT int32_t ssdf_tensor_sizes(Handle handle, int64_t* sizes, int64_t* strides) {
  return guarded([&]() -> int32_t {
    Tensor t = borrow(handle);
    for (int64_t i = 0; i < t.dim(); i++) {
      if (sizes) sizes[i] = t.size(i);
      if (strides) strides[i] = t.stride(i);
    }
    return 0;
  });
}

SSDF_EXPORT int64_t ssdf_tensor_data(Handle handle) {
  return guarded([&]() -> int64_t { return reinterpret_cast<int64_t>(borrow(handle).data_ptr()); });
}

// The first byte of the storage that a tensor is a view of, and the storage's length in bytes.
SSDF_EXPORT int64_t ssdf_tensor_storage(Handle handle, int64_t* bytes) {
  return guarded([&]() -> int64_t {
    auto storage = borrow(handle).storage();
    *bytes = static_cast<int64_t>(storage.nbytes());
    return reinterpret_cast<int64_t>(storage.data_ptr().get());
  });
}

// A tensor over memory of the caller's, who hears by `release` when nothing needs it any more.
SSDF_EXPORT Handle ssdf_tensor_over(void* data, const int64_t* sizes, int32_t dim, int32_t dtype, void* context, ReleaseCallback release) {
  return guarded([&]() -> Handle {
    auto options = at::TensorOptions().dtype(static_cast<c10::ScalarType>(dtype));
    return give(at::from_blob(data, at::IntArrayRef(sizes, dim), [context, release](void*) { release(context); }, options));
  });
}
