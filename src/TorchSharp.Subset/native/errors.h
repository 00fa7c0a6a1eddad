// How a failure inside libtorch reaches C#: as a negative result and, on the same thread, a text.
#pragma once

#include <c10/util/Exception.h>

#include <string>

#define SSDF_EXPORT extern "C" __attribute__((visibility("default")))

namespace {

thread_local std::string last_error;

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

}  // namespace

SSDF_EXPORT const char* ssdf_last_error() { return last_error.c_str(); }
SSDF_EXPORT void ssdf_set_error(const char* text) { last_error = text; }
