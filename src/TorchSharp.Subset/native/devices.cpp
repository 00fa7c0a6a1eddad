// Devices and threads.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/core/DeviceGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include "errors.h"

// libtorch_cuda may be absent: then this stays null.
namespace c10 { namespace cuda { __attribute__((weak)) void device_synchronize(); } }

SSDF_EXPORT int32_t ssdf_cuda_count() {
  return guarded([&]() -> int32_t {
    if (!at::globalContext().hasCUDA() || !c10::impl::hasDeviceGuardImpl(c10::DeviceType::CUDA)) return 0;
    return c10::impl::getDeviceGuardImpl(c10::DeviceType::CUDA)->deviceCount();
  });
}

SSDF_EXPORT int32_t ssdf_cuda_synchronize(int32_t index) {
  return guarded([&]() -> int32_t {
    TORCH_CHECK(c10::cuda::device_synchronize != nullptr, "this libtorch was built without CUDA");
    c10::OptionalDeviceGuard guard;
    if (index >= 0) guard.reset_device(c10::Device(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(index)));
    c10::cuda::device_synchronize();
    return 0;
  });
}

// Whether float32 products may round their inputs to TF32; which: 0 cuBLAS, 1 cuDNN. A negative value only asks.
SSDF_EXPORT int32_t ssdf_allow_tf32(int32_t which, int32_t value) {
  return guarded([&]() -> int32_t {
    auto& context = at::globalContext();
    if (value >= 0) which == 0 ? context.setAllowTF32CuBLAS(value != 0) : context.setAllowTF32CuDNN(value != 0);
    return which == 0 ? context.allowTF32CuBLAS() : context.allowTF32CuDNN();
  });
}

SSDF_EXPORT void ssdf_set_threads(int32_t count) { at::set_num_threads(count); }
SSDF_EXPORT int32_t ssdf_threads() { return at::get_num_threads(); }
SSDF_EXPORT int32_t ssdf_interop_threads() { return at::get_num_interop_threads(); }

SSDF_EXPORT int32_t ssdf_set_interop_threads(int32_t count) {
  return guarded([&]() -> int32_t { at::set_num_interop_threads(count); return 0; });
}
