using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>What kind of argument or result a <see cref="NativeValue"/> is; the order is that of <c>Kind</c> in native/values.h.</summary>
internal enum ValueKind
{
    None, Tensor, Int, Double, Bool, Complex, String, Device, Generator,
    IntList, DoubleList, BoolList, TensorList, OptionalTensorList,
}

/// <summary>One argument or result as it crosses to the bridge; mirrors <c>Value</c> in native/values.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeValue
{
    internal ValueKind Kind;

    /// <summary>The number of elements of a list, of bytes of a string, or a device's index.</summary>
    internal int Count;

    /// <summary>The number itself, a handle, or the address of the elements.</summary>
    internal long Bits;
}

/// <summary>What is asked of a tensor most often, in one call; mirrors <c>TensorInfo</c> in native/tensors.cpp.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TensorInfo
{
    internal long NumberOfElements;
    internal int Dimensions;
    internal int Type;
    internal int DeviceType;
    internal int DeviceIndex;
    internal int ElementSize;
    internal TensorFlags Flags;
}

[Flags]
internal enum TensorFlags
{
    None = 0,
    RequiresGrad = 1,
    IsLeaf = 2,
    IsContiguous = 4,
    IsSparse = 8,
}
