using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // What the factories of this folder share.

    private static Tensor Filled(string op, long[] size, ScalarType? dtype, Device? device, bool requiresGrad, string[]? names)
    {
        Tensor result = Aten.Call(op, size, dtype ?? get_default_dtype(), Value.None, InitializeDevice(device));
        return Named(result.requires_grad_(requiresGrad), names);
    }

    private static Tensor Full(long[] size, Scalar value, ScalarType? dtype, Device? device, bool requiresGrad, string[]? names)
    {
        Tensor result = Aten.Call("full", size, value, dtype ?? get_default_dtype(), Value.None, InitializeDevice(device));
        return Named(result.requires_grad_(requiresGrad), names);
    }

    private static Tensor Random(
        string op, long[] size, ScalarType? dtype, Device? device, bool requiresGrad, Generator? generator, string[]? names)
    {
        Tensor result = Aten.Call(op, size, generator, dtype ?? get_default_dtype(), Value.None, InitializeDevice(device));
        return Named(result.requires_grad_(requiresGrad), names);
    }

    private static Tensor Named(Tensor tensor, string[]? names) =>
        names is null || names.Length == 0 ? tensor : throw new NotSupportedException("Named dimensions are not part of this subset.");

    private static Tensor Single<T>(T value, ScalarType? dtype, Device? device, bool requiresGrad)
        where T : unmanaged => Copied<T>(new ReadOnlySpan<T>(in value), [], dtype, device, requiresGrad, null);

    private static Tensor Copied<T>(Array array, ScalarType? dtype, Device? device, bool requiresGrad, string[]? names)
        where T : unmanaged
    {
        ref T first = ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array));
        ReadOnlySpan<T> elements = MemoryMarshal.CreateReadOnlySpan(ref first, array.Length);
        return Copied(elements, ShapeOf(array), dtype, device, requiresGrad, names);
    }

    private static Tensor Copied<T>(
        ReadOnlySpan<T> elements, ReadOnlySpan<long> shape, ScalarType? dtype, Device? device, bool requiresGrad, string[]? names)
        where T : unmanaged
    {
        long count = 1;
        foreach (long length in shape) count *= length;
        if (count > elements.Length)
            throw new ArgumentException($"mismatched total size creating a tensor from an array: {count} vs. {elements.Length}");

        ScalarType type = ToScalarType(typeof(T));
        Tensor tensor = Aten.Call("empty.memory_format", shape.ToArray(), type, Value.None, CPU);
        MemoryMarshal.AsBytes(elements[..(int)count]).CopyTo(tensor.bytes);
        return Named(Converted(tensor, dtype ?? type, InitializeDevice(device)).requires_grad_(requiresGrad), names);
    }

    /// <summary>Takes ownership of the tensor and gives back one of the type and on the device.</summary>
    private static Tensor Converted(Tensor tensor, ScalarType type, Device device)
    {
        if (tensor.dtype == type && device.type == DeviceType.CPU) return tensor;
        using (tensor) return tensor.to(type, device);
    }

    private static long[] ShapeOf(Array array)
    {
        long[] shape = new long[array.Rank];
        for (int i = 0; i < shape.Length; i++) shape[i] = array.GetLongLength(i);
        return shape;
    }
}
