// Random numbers: the seed of all devices, and generators. A generator's handle is a c10::GeneratorImpl* that owns one reference.
#include <ATen/Context.h>
#include <ATen/core/Generator.h>

#include "handles.h"

SSDF_EXPORT int32_t ssdf_manual_seed(int64_t seed) {
  return guarded([&]() -> int32_t { at::manual_seed(static_cast<uint64_t>(seed)); return 0; });
}

// A new generator on the CPU, or (fresh = 0) the one that a device uses by default.
SSDF_EXPORT int64_t ssdf_generator(int32_t device_type, int32_t device_index, int32_t fresh, int64_t seed) {
  return guarded([&]() -> int64_t {
    c10::Device device(static_cast<c10::DeviceType>(device_type), static_cast<c10::DeviceIndex>(device_index));
    at::Generator generator = at::globalContext().defaultGenerator(device);
    if (fresh) {
      generator = generator.clone();
      generator.set_current_seed(static_cast<uint64_t>(seed));
    }
    return reinterpret_cast<int64_t>(c10::intrusive_ptr<c10::GeneratorImpl>(generator.getIntrusivePtr()).release());
  });
}

SSDF_EXPORT void ssdf_generator_release(c10::GeneratorImpl* generator) {
  c10::intrusive_ptr<c10::GeneratorImpl>::reclaim(generator);
}

SSDF_EXPORT int64_t ssdf_generator_seed(c10::GeneratorImpl* generator) { return static_cast<int64_t>(generator->current_seed()); }
SSDF_EXPORT void ssdf_generator_set_seed(c10::GeneratorImpl* generator, int64_t seed) {
  generator->set_current_seed(static_cast<uint64_t>(seed));
}

SSDF_EXPORT int64_t ssdf_generator_state(c10::GeneratorImpl* generator) {
  return guarded([&]() -> int64_t {
    return give(Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(generator->get_state().release())));
  });
}

SSDF_EXPORT int32_t ssdf_generator_set_state(c10::GeneratorImpl* generator, Handle state) {
  return guarded([&]() -> int32_t { generator->set_state(*borrow(state).unsafeGetTensorImpl()); return 0; });
}
