// Autograd functions written in C#: a node of libtorch's graph that calls back.
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/saved_variable.h>
#include <torch/version.h>

#include <mutex>
#include <unordered_set>

#include "handles.h"

namespace {

// Gets owned gradients of the outputs, returns owned gradients of the inputs; negative when it failed, with ssdf_set_error called.
using ApplyCallback = int32_t (*)(void* context, const Handle* grads, int32_t count, Handle* results, int32_t capacity);

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
