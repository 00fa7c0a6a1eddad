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
//
// A concept has a file, and all are compiled as one, since nearly all of the time goes into torch's headers. build.sh reads this
// list too: what is not named here is neither built nor counted in the name under which the built bridge is cached.

#include "errors.h"
#include "handles.h"
#include "values.h"
#include "operators.cpp"
#include "tensors.cpp"
#include "gradients.cpp"
#include "nodes.cpp"
#include "devices.cpp"
#include "generators.cpp"
