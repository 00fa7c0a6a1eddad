// Arguments and results of operators as they cross the border; TorchSharp.Subset's Interop/NativeValue.cs mirrors them.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/List.h>
#include <ATen/core/ivalue.h>

#include <cstring>
#include <vector>

#include "handles.h"

namespace {

enum class Kind : int32_t {
  None, Tensor, Int, Double, Bool, Complex, String, Device, Generator,
  IntList, DoubleList, BoolList, TensorList, OptionalTensorList
};

struct Value {
  Kind kind;
  int32_t count;  // of list elements, or bytes of a string
  int64_t bits;   // the number itself, a handle, or the address of the elements
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

}  // namespace
