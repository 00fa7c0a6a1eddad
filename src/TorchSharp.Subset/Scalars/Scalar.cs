using System.Numerics;
using TorchSharp.Interop;

namespace TorchSharp;

/// <summary>A number of any of torch's types, as operators take it. Made by the implicit conversions.</summary>
public sealed class Scalar : IDisposable
{
    private readonly Value _value;
    private readonly Complex _complex;

    internal Scalar(long value)
    {
        Type = torch.ScalarType.Int64;
        _value = value;
        _complex = value;
    }

    internal Scalar(double value)
    {
        Type = torch.ScalarType.Float64;
        _value = value;
        _complex = value;
    }

    internal Scalar(bool value)
    {
        Type = torch.ScalarType.Bool;
        _value = value;
        _complex = value ? 1 : 0;
    }

    internal Scalar(Complex value)
    {
        Type = torch.ScalarType.ComplexFloat64;
        _value = Value.Complex(value);
        _complex = value;
    }

    public torch.ScalarType Type { get; }

    internal Value ToValue() => _value;

    internal Complex AsComplex => _complex;

    internal double AsDouble => _complex.Real;

    internal long AsInteger => Type == torch.ScalarType.Int64 ? _value.Bits : (long)_complex.Real;

    public static implicit operator Scalar(byte value) => value.ToScalar();
    public static implicit operator Scalar(sbyte value) => value.ToScalar();
    public static implicit operator Scalar(short value) => value.ToScalar();
    public static implicit operator Scalar(int value) => value.ToScalar();
    public static implicit operator Scalar(long value) => value.ToScalar();
    public static implicit operator Scalar(Half value) => value.ToScalar();
    public static implicit operator Scalar(BFloat16 value) => value.ToScalar();
    public static implicit operator Scalar(float value) => value.ToScalar();
    public static implicit operator Scalar(double value) => value.ToScalar();
    public static implicit operator Scalar(bool value) => value.ToScalar();
    public static implicit operator Scalar((float, float) value) => value.ToScalar();
    public static implicit operator Scalar(Complex value) => value.ToScalar();

    /// <summary>Does nothing: unlike TorchSharp's, this scalar has no native part. Here for programs that dispose theirs.</summary>
    public void Dispose() => GC.SuppressFinalize(this);
}
