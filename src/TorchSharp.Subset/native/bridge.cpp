// The bridge between TorchSharp.Subset and libtorch.
//
// libtorch can call every operator by its name, so there is no code per operator here: find a schema, push the arguments,
// call, pop the results. What is left are the things that are no operators: lifetime, autograd, devices, threads and errors.
//
// Conventions
//   * A handle is a c10::TensorImpl* (or c10::GeneratorImpl*) that owns one reference; 0 is "no tensor".
//   * Arguments are borrowed; what is returned is owned by the caller, who gives it back with ssdf_tensor_release.
//   * A function that can fail returns a negative number, and ssdf_last_error() then has torch's text, without a backtrace.
//   * Every name starts with ssdf_ since the C library's short names (sync, stat, ...) would win over ours.
// The same source builds against libtorch 1.13 (Debian 12) and 2.11 (a PyTorch wheel), with CUDA or without.

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/Generator.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/grad_mode.h>
#include <ATen/core/ivalue.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/saved_variable.h>
#include <torch/version.h>

#include <atomic>
#include <string>
#include <vector>

#define SSDF_EXPORT extern "C" __attribute__((visibility("default")))

namespace {

using at::Tensor;
using torch::autograd::variable_list;
using Handle = int64_t;

thread_local std::string last_error;
std::atomic<int64_t> live_handles{0};

template <class Work>
auto guarded(Work work) -> decltype(work()) {
  try {
    return work();
  } catch (const c10::Error& e) {
    last_error = e.what_without_backtrace();
  } catch (const std::exception& e) {
    last_error = e.what();
  } catch (...) {
    last_error = "an unknown error inside libtorch";
  }
  return static_cast<decltype(work())>(-1);
}

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

// ---- Values: what crosses the border; TorchSharp.Subset's Interop/NativeValue.cs mirrors them. ----

enum class Kind : int32_t {
  None, Tensor, Int, Double, Bool, Complex, String, Device, Generator,
  IntList, DoubleList, BoolList, TensorList, OptionalTensorList
};

struct Value {
  Kind kind;
  int32_t count;  // of list elements, or bytes of a string
  int64_t bits;   // the number itself, a handle, or the address of the elements
};

struct Operator {
  c10::OperatorHandle handle;
  size_t arity;
  std::string name;
};

template <class T>
c10::List<T> list_of(const Value& value) {
  auto items = reinterpret_cast<const T*>(value.bits);
  c10::List<T> list;
  list.reserve(value.count);
  for (int32_t i = 0; i < value.count; i++) list.push_back(items[i]);
  return list;
}

c10::IValue to_ivalue(const Value& value) {
  switch (value.kind) {
    case Kind::None: return c10::IValue();
    case Kind::Tensor: return c10::IValue(borrow(value.bits));
    case Kind::Int: return c10::IValue(value.bits);
    case Kind::Double: {
      double number;
      std::memcpy(&number, &value.bits, sizeof number);
      return c10::IValue(number);
    }
    case Kind::Bool: return c10::IValue(value.bits != 0);
    case Kind::Complex: {
      auto parts = reinterpret_cast<const double*>(value.bits);
      return c10::IValue(c10::complex<double>(parts[0], parts[1]));
    }
    case Kind::String: return c10::IValue(std::string(reinterpret_cast<const char*>(value.bits), value.count));
    case Kind::Device:
      return c10::IValue(c10::Device(static_cast<c10::DeviceType>(value.bits), static_cast<c10::DeviceIndex>(value.count)));
    case Kind::Generator:
      return c10::IValue(at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(
          reinterpret_cast<c10::GeneratorImpl*>(value.bits))));
    case Kind::IntList: return c10::IValue(list_of<int64_t>(value));
    case Kind::DoubleList: return c10::IValue(list_of<double>(value));
    case Kind::BoolList: return c10::IValue(list_of<bool>(value));
    case Kind::TensorList: {
      c10::List<Tensor> list;
      list.reserve(value.count);
      for (auto& t : borrow_all(reinterpret_cast<const Handle*>(value.bits), value.count)) list.push_back(std::move(t));
      return c10::IValue(std::move(list));
    }
    case Kind::OptionalTensorList: {
      c10::List<c10::optional<Tensor>> list;
      list.reserve(value.count);
      for (auto& t : borrow_all(reinterpret_cast<const Handle*>(value.bits), value.count))
        list.push_back(t.defined() ? c10::optional<Tensor>(std::move(t)) : c10::nullopt);
      return c10::IValue(std::move(list));
    }
  }
  TORCH_CHECK(false, "unknown kind of argument ", static_cast<int32_t>(value.kind));
}

// Elements of a returned list; valid until the next call on this thread.
thread_local std::vector<int64_t> returned_items;
thread_local c10::complex<double> returned_complex;

Value from_ivalue(const c10::IValue& result) {
  Value value{Kind::None, 0, 0};
  if (result.isTensor()) {
    value = {Kind::Tensor, 0, give(result.toTensor())};
  } else if (result.isInt()) {
    value = {Kind::Int, 0, result.toInt()};
  } else if (result.isDouble()) {
    double number = result.toDouble();
    value.kind = Kind::Double;
    std::memcpy(&value.bits, &number, sizeof number);
  } else if (result.isBool()) {
    value = {Kind::Bool, 0, result.toBool()};
  } else if (result.isComplexDouble()) {
    returned_complex = result.toComplexDouble();
    value = {Kind::Complex, 0, reinterpret_cast<int64_t>(&returned_complex)};
  } else if (result.isTensorList()) {
    returned_items.clear();
    for (const Tensor& t : result.toTensorVector()) returned_items.push_back(give(t));
    value = {Kind::TensorList, static_cast<int32_t>(returned_items.size()), reinterpret_cast<int64_t>(returned_items.data())};
  } else {
    TORCH_CHECK(result.isNone(), "a result of type ", result.tagKind(), " is not supported");
  }
  return value;
}

// ---- Autograd functions written in C#. ----

// Gets owned gradients of the outputs, returns owned gradients of the inputs; negative when it failed, with ssdf_set_error called.
using ApplyCallback = int32_t (*)(void* context, const Handle* grads, int32_t count, Handle* results, int32_t capacity);
using ReleaseCallback = void (*)(void* context);

struct ManagedNode final : torch::autograd::Node {
  ManagedNode(void* context, ApplyCallback callback, ReleaseCallback release, int32_t inputs)
      : context_(context), callback_(callback), release_(release), inputs_(inputs) {}
  ~ManagedNode() override { release_(context_); }

  variable_list apply(variable_list&& grads) override {
    std::lock_guard<std::mutex> lock(mutex_);
    at::OptionalDeviceGuard guard;
    std::vector<Handle> handles;
    handles.reserve(grads.size());
    for (size_t i = 0; i < grads.size(); i++) {
      if (!grads[i].defined() && materialize && i < outputs.size()) grads[i] = outputs[i].zeros(guard);
      handles.push_back(give(std::move(grads[i])));
    }
    std::vector<Handle> results(inputs_, 0);
    int32_t count = callback_(context_, handles.data(), static_cast<int32_t>(handles.size()), results.data(), inputs_);
    variable_list gradients;
    gradients.reserve(inputs_);
    for (Handle result : results) gradients.push_back(take(result));
    if (count < 0) throw std::runtime_error(last_error);
    return gradients;
  }

  std::string name() const override { return "ManagedFunction"; }

  void release_variables() override {
    std::lock_guard<std::mutex> lock(mutex_);
    saved.clear();
    released = true;
  }

  std::vector<torch::autograd::SavedVariable> saved;
  std::vector<torch::autograd::VariableInfo> outputs;
  bool materialize = true;
  bool released = false;

 private:
  void* context_;
  ApplyCallback callback_;
  ReleaseCallback release_;
  int32_t inputs_;
};

using NodeReference = std::shared_ptr<ManagedNode>;

std::unordered_set<c10::TensorImpl*> set_of(const Handle* handles, int32_t count) {
  std::unordered_set<c10::TensorImpl*> set;
  for (int32_t i = 0; i < count; i++)
    if (handles[i] != 0) set.insert(reinterpret_cast<c10::TensorImpl*>(handles[i]));
  return set;
}

std::vector<c10::optional<Tensor>> wrap_outputs(
    const variable_list& inputs, const std::unordered_set<c10::TensorImpl*>& constants,
    const std::unordered_set<c10::TensorImpl*>& dirty, const std::vector<c10::optional<Tensor>>& outputs, const NodeReference& node) {
  auto no_jvp = [](const variable_list&, const variable_list&) -> variable_list {
    TORCH_CHECK(false, "forward mode differentiation is not supported by functions written in C#");
  };
#if TORCH_VERSION_MAJOR == 1
  return torch::autograd::_wrap_outputs(inputs, constants, dirty, outputs, node, no_jvp);
#else
  auto view_as_self = [](const Tensor& x) { return x.view_as(x); };
  return torch::autograd::_wrap_outputs(inputs, constants, dirty, outputs, node, no_jvp, {}, view_as_self, false);
#endif
}

}  // namespace

// libtorch_cuda may be absent: then this stays null.
namespace c10 { namespace cuda { __attribute__((weak)) void device_synchronize(); } }

// ---- Operators ----

SSDF_EXPORT const char* ssdf_last_error() { return last_error.c_str(); }
SSDF_EXPORT void ssdf_set_error(const char* text) { last_error = text; }
SSDF_EXPORT const char* ssdf_version() { return TORCH_VERSION; }

SSDF_EXPORT int64_t ssdf_operator_find(const char* name, const char* overload) {
  return guarded([&]() -> int64_t {
    auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
    auto op = new Operator{handle, handle.schema().arguments().size(), std::string(name) + "." + overload};
    return reinterpret_cast<int64_t>(op);
  });
}

// The trailing arguments that are not given take the defaults of the operator's schema.
SSDF_EXPORT int32_t ssdf_operator_call(const Operator* op, const Value* arguments, int32_t count, Value* results, int32_t capacity) {
  return guarded([&]() -> int32_t {
    TORCH_CHECK(static_cast<size_t>(count) <= op->arity, op->name, " takes ", op->arity, " arguments, not ", count);
    torch::jit::Stack stack;
    stack.reserve(op->arity);
    for (int32_t i = 0; i < count; i++) stack.push_back(to_ivalue(arguments[i]));
    for (size_t i = count; i < op->arity; i++) {
      const auto& argument = op->handle.schema().arguments()[i];
      TORCH_CHECK(argument.default_value().has_value(), op->name, " needs the argument ", argument.name());
      stack.push_back(*argument.default_value());
    }
    op->handle.callBoxed(&stack);
    TORCH_CHECK(stack.size() <= static_cast<size_t>(capacity), op->name, " returned ", stack.size(), " values");
    for (size_t i = 0; i < stack.size(); i++) results[i] = from_ivalue(stack[i]);
    return static_cast<int32_t>(stack.size());
  });
}

// ---- Tensors ----

struct TensorInfo {
  int64_t numel;
  int32_t dim, dtype, device_type, device_index, element_size, flags;
};
enum Flags : int32_t { requires_grad = 1, is_leaf = 2, is_contiguous = 4, is_sparse = 8 };

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

// ---- Autograd ----

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

// A node that leads to the inputs; the context is released when the graph no longer needs the node.
SSDF_EXPORT int64_t ssdf_node_new(
    void* context, ApplyCallback callback, ReleaseCallback release, const Handle* inputs, int32_t input_count) {
  return guarded([&]() -> int64_t {
    NodeReference node(new ManagedNode(context, callback, release, input_count), torch::autograd::deleteNode);
    node->set_next_edges(torch::autograd::collect_next_edges(borrow_all(inputs, input_count)));
    node->clear_input_metadata();
    return reinterpret_cast<int64_t>(new NodeReference(std::move(node)));
  });
}

SSDF_EXPORT void ssdf_node_release(NodeReference* node) { delete node; }
SSDF_EXPORT ManagedNode* ssdf_node_address(const NodeReference* node) { return node->get(); }

// Ties the outputs to the node (null: the outputs need no gradient) and keeps what backward will want.
SSDF_EXPORT int32_t ssdf_node_finish(
    NodeReference* node, const Handle* inputs, int32_t input_count, Handle* outputs, int32_t output_count, const Handle* constants,
    int32_t constant_count, const Handle* dirty, int32_t dirty_count, int32_t materialize) {
  return guarded([&]() -> int32_t {
    std::vector<c10::optional<Tensor>> raw;
    for (int32_t i = 0; i < output_count; i++)
      raw.push_back(outputs[i] == 0 ? c10::nullopt : c10::optional<Tensor>(borrow(outputs[i])));
    auto modified = set_of(dirty, dirty_count);
    for (auto impl : modified) impl->bump_version();
    auto wrapped = wrap_outputs(borrow_all(inputs, input_count), set_of(constants, constant_count), modified, raw,
        node == nullptr ? nullptr : *node);
    for (int32_t i = 0; i < output_count; i++) {
      Tensor output = wrapped[i].has_value() ? *wrapped[i] : Tensor();
      if (node != nullptr) (*node)->outputs.emplace_back(output);
      outputs[i] = give(std::move(output));
    }
    if (node != nullptr) (*node)->materialize = materialize != 0;
    return 0;
  });
}

SSDF_EXPORT int32_t ssdf_node_save(NodeReference* node, const Handle* tensors, int32_t count) {
  return guarded([&]() -> int32_t {
    for (const Tensor& t : borrow_all(tensors, count))
      (*node)->saved.emplace_back(t, t.defined() && t.grad_fn().get() == node->get());
    return 0;
  });
}

// Fails, as torch does, when a saved tensor was changed in place since or the graph was freed by a first backward.
SSDF_EXPORT int32_t ssdf_node_saved(ManagedNode* node, Handle* results, int32_t count) {
  return guarded([&]() -> int32_t {
    TORCH_CHECK(!node->released, torch::autograd::ERR_BACKWARD_TWICE);
    auto owner = node->shared_from_this();
    for (int32_t i = 0; i < count; i++) results[i] = give(node->saved[i].unpack(owner));
    return 0;
  });
}

// ---- Devices, threads, random numbers ----

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
