// Any operator by its name.
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/version.h>

#include "values.h"

namespace {

struct Operator {
  c10::OperatorHandle handle;
  size_t arity;
  std::string name;
};

}  // namespace

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
