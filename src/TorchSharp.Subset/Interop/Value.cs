using System.Numerics;

namespace TorchSharp.Interop;

/// <summary>
/// An argument of an operator before it is laid out for the bridge. The conversions are implicit so that a call reads as
/// <c>Aten.Call("sum.dim_IntList", tensor, dims, keepdim, type)</c>.
/// </summary>
internal readonly struct Value
{
    internal readonly ValueKind Kind;
    internal readonly int Index;
    internal readonly long Bits;
    internal readonly object? Reference;

    private Value(ValueKind kind, long bits, object? reference = null, int index = 0)
    {
        Kind = kind;
        Bits = bits;
        Reference = reference;
        Index = index;
    }

    internal static Value None => default;

    public static implicit operator Value(torch.Tensor? tensor) => tensor is null ? None : new(ValueKind.Tensor, tensor.Handle, tensor);
    public static implicit operator Value(int number) => new(ValueKind.Int, number);
    public static implicit operator Value(long number) => new(ValueKind.Int, number);
    public static implicit operator Value(long? number) => number.HasValue ? number.Value : None;
    public static implicit operator Value(double number) => new(ValueKind.Double, BitConverter.DoubleToInt64Bits(number));
    public static implicit operator Value(double? number) => number.HasValue ? number.Value : None;
    public static implicit operator Value(bool flag) => new(ValueKind.Bool, flag ? 1 : 0);
    public static implicit operator Value(string? text) => text is null ? None : new(ValueKind.String, 0, text);
    public static implicit operator Value(torch.ScalarType type) => new(ValueKind.Int, (long)type);
    public static implicit operator Value(torch.ScalarType? type) => type.HasValue ? type.Value : None;
    public static implicit operator Value(long[]? list) => list is null ? None : new(ValueKind.IntList, 0, list);
    public static implicit operator Value(double[]? list) => list is null ? None : new(ValueKind.DoubleList, 0, list);
    public static implicit operator Value(bool[] list) => new(ValueKind.BoolList, 0, list);
    public static implicit operator Value(torch.Tensor[] list) => new(ValueKind.TensorList, 0, list);

    public static implicit operator Value(torch.Device? device) =>
        device is null ? None : new(ValueKind.Device, (long)device.type, null, device.index);

    public static implicit operator Value(torch.Generator? generator) =>
        generator is null ? None : new(ValueKind.Generator, generator.Handle, generator);

    public static implicit operator Value(Scalar? scalar) => scalar is null ? None : scalar.ToValue();

    internal static Value Complex(Complex number) => new(ValueKind.Complex, 0, number);

    internal static Value Optional(torch.Tensor?[] list) => new(ValueKind.OptionalTensorList, 0, list);
}
