using System.Runtime.InteropServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, null, device ?? CPU);

    /// <summary>
    /// A tensor over the array itself, which stays pinned while the tensor lives; a copy when it is of another type or on another
    /// device.
    /// </summary>
    public static unsafe Tensor from_array(
        Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        ScalarType type = ToScalarType(rawArray.GetType().GetElementType()!);
        device = InitializeDevice(device);
        GCHandle pin = GCHandle.Alloc(rawArray, GCHandleType.Pinned);
        nint handle;
        fixed (long* sizes = ShapeOf(rawArray))
        {
            void* data = (void*)pin.AddrOfPinnedObject();
            handle = NativeMethods.ssdf_tensor_over(data, sizes, rawArray.Rank, (int)type, GCHandle.ToIntPtr(pin), &Unpin);
        }
        if (handle == -1) pin.Free();
        var tensor = new Tensor(NativeMethods.Check(handle));
        return Named(Converted(tensor, dtype ?? type, device).requires_grad_(requires_grad), names);
    }

    [UnmanagedCallersOnly]
    private static void Unpin(nint pin) => GCHandle.FromIntPtr(pin).Free();
}
