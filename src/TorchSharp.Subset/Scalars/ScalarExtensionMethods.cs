using System.Numerics;

namespace TorchSharp;

public static class ScalarExtensionMethods
{
    public static Scalar ToScalar(this byte value) => new((long)value);
    public static Scalar ToScalar(this sbyte value) => new((long)value);
    public static Scalar ToScalar(this short value) => new((long)value);
    public static Scalar ToScalar(this int value) => new((long)value);
    public static Scalar ToScalar(this long value) => new(value);
    public static Scalar ToScalar(this float value) => new((double)value);
    public static Scalar ToScalar(this double value) => new(value);
    public static Scalar ToScalar(this (float, float) value) => new(new Complex(value.Item1, value.Item2));
    public static Scalar ToScalar(this Complex value) => new(value);
    public static Scalar ToScalar(this bool value) => new(value);
    public static Scalar ToScalar(this Half value) => new((double)value);
    public static Scalar ToScalar(this BFloat16 value) => new((double)value.ToSingle());
    public static Scalar ToBFloat16Scalar(this float value) => new BFloat16(value).ToScalar();

    public static Half ToHalf(this Scalar value) => (Half)value.AsDouble;
    public static BFloat16 ToBFloat16(this Scalar value) => new((float)value.AsDouble);
    public static float ToSingle(this Scalar value) => (float)value.AsDouble;
    public static double ToDouble(this Scalar value) => value.AsDouble;
    public static sbyte ToSByte(this Scalar value) => (sbyte)value.AsInteger;
    public static byte ToByte(this Scalar value) => (byte)value.AsInteger;
    public static short ToInt16(this Scalar value) => (short)value.AsInteger;
    public static int ToInt32(this Scalar value) => (int)value.AsInteger;
    public static long ToInt64(this Scalar value) => value.AsInteger;
    public static bool ToBoolean(this Scalar value) => value.AsComplex != Complex.Zero;

    public static (float Real, float Imaginary) ToComplexFloat32(this Scalar value) =>
        ((float)value.AsComplex.Real, (float)value.AsComplex.Imaginary);

    public static Complex ToComplexFloat64(this Scalar value) => value.AsComplex;
}
