using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>The functions of the bridge; the opening comment of native/bridge.cpp says who owns what.</summary>
internal static unsafe partial class NativeMethods
{
    private const string Library = BridgeLocator.LibraryName;

    static NativeMethods() => BridgeLocator.Register();

    [LibraryImport(Library)] internal static partial byte* ssdf_last_error();
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] internal static partial void ssdf_set_error(string text);
    [LibraryImport(Library)] internal static partial byte* ssdf_version();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial long ssdf_operator_find(string name, string overload);

    [LibraryImport(Library)]
    internal static partial int ssdf_operator_call(nint op, NativeValue* arguments, int count, NativeValue* results, int capacity);

    [LibraryImport(Library)] internal static partial long ssdf_live_handles();
    [LibraryImport(Library)] internal static partial void ssdf_tensor_release(nint handle);
    [LibraryImport(Library)] internal static partial nint ssdf_tensor_retain(nint handle);
    [LibraryImport(Library)] internal static partial int ssdf_tensor_info(nint handle, TensorInfo* info);
    [LibraryImport(Library)] internal static partial int ssdf_tensor_sizes(nint handle, long* sizes, long* strides);
    [LibraryImport(Library)] internal static partial nint ssdf_tensor_data(nint handle);
    [LibraryImport(Library)] internal static partial nint ssdf_tensor_storage(nint handle, long* bytes);

    [LibraryImport(Library)]
    internal static partial nint ssdf_tensor_over(
        void* data, long* sizes, int dim, int type, nint context, delegate* unmanaged<nint, void> release);

    [LibraryImport(Library)] internal static partial int ssdf_set_requires_grad(nint handle, int value);
    [LibraryImport(Library)] internal static partial nint ssdf_grad(nint handle);
    [LibraryImport(Library)] internal static partial int ssdf_set_grad(nint handle, nint grad);
    [LibraryImport(Library)] internal static partial int ssdf_retain_grad(nint handle);

    [LibraryImport(Library)]
    internal static partial int ssdf_backward(
        nint* tensors, int count, nint* grads, int gradCount, int retainGraph, int createGraph, nint* inputs, int inputCount);

    [LibraryImport(Library)]
    internal static partial int ssdf_gradients(
        nint* outputs, int count, nint* inputs, int inputCount, nint* grads, int gradCount, int retainGraph, int createGraph,
        int allowUnused, nint* results);

    [LibraryImport(Library)] internal static partial int ssdf_grad_mode();
    [LibraryImport(Library)] internal static partial void ssdf_set_grad_mode(int enabled);
    [LibraryImport(Library)] internal static partial int ssdf_inference_mode();
    [LibraryImport(Library)] internal static partial nint ssdf_inference_guard(int enabled);
    [LibraryImport(Library)] internal static partial void ssdf_inference_guard_release(nint guard);

    [LibraryImport(Library)]
    internal static partial nint ssdf_node_new(
        nint context, delegate* unmanaged<nint, nint*, int, nint*, int, int> apply, delegate* unmanaged<nint, void> release,
        nint* inputs, int inputCount);

    [LibraryImport(Library)] internal static partial void ssdf_node_release(nint node);
    [LibraryImport(Library)] internal static partial nint ssdf_node_address(nint node);

    [LibraryImport(Library)]
    internal static partial int ssdf_node_finish(
        nint node, nint* inputs, int inputCount, nint* outputs, int outputCount, nint* constants, int constantCount, nint* dirty,
        int dirtyCount, int materialize);

    [LibraryImport(Library)] internal static partial int ssdf_node_save(nint node, nint* tensors, int count);
    [LibraryImport(Library)] internal static partial int ssdf_node_saved(nint node, nint* results, int count);

    [LibraryImport(Library)] internal static partial int ssdf_cuda_count();
    [LibraryImport(Library)] internal static partial int ssdf_cuda_synchronize(int index);
    [LibraryImport(Library)] internal static partial int ssdf_allow_tf32(int which, int value);
    [LibraryImport(Library)] internal static partial void ssdf_set_threads(int count);
    [LibraryImport(Library)] internal static partial int ssdf_threads();
    [LibraryImport(Library)] internal static partial int ssdf_interop_threads();
    [LibraryImport(Library)] internal static partial int ssdf_set_interop_threads(int count);
    [LibraryImport(Library)] internal static partial int ssdf_manual_seed(long seed);

    [LibraryImport(Library)] internal static partial nint ssdf_generator(int deviceType, int deviceIndex, int fresh, long seed);
    [LibraryImport(Library)] internal static partial void ssdf_generator_release(nint generator);
    [LibraryImport(Library)] internal static partial long ssdf_generator_seed(nint generator);
    [LibraryImport(Library)] internal static partial void ssdf_generator_set_seed(nint generator, long seed);
    [LibraryImport(Library)] internal static partial nint ssdf_generator_state(nint generator);
    [LibraryImport(Library)] internal static partial int ssdf_generator_set_state(nint generator, nint state);

    /// <summary>Throws what torch said when a function of the bridge returned a negative number.</summary>
    internal static nint Check(nint result)
    {
        if (result == -1) throw new ExternalException(Marshal.PtrToStringUTF8((nint)ssdf_last_error()));
        return result;
    }
}
