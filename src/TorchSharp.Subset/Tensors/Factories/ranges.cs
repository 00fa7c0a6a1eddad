using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor arange(
        Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        bool integers = is_integral(start.Type) && is_integral(stop.Type) && is_integral(step.Type);
        ScalarType type = dtype ?? (integers ? ScalarType.Int64 : get_default_dtype());
        return Aten.Call("arange.start_step", start, stop, step, type, Value.None, InitializeDevice(device)).requires_grad_(requires_grad);
    }

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype, device, requires_grad);

    public static Tensor linspace(
        double start, double end, long steps, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        Value type = dtype ?? get_default_dtype();
        return Aten.Call("linspace", start, end, steps, type, Value.None, InitializeDevice(device)).requires_grad_(requires_grad);
    }

    public static Tensor logspace(
        double start, double end, long steps, double @base = 10, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false)
    {
        Value type = dtype ?? get_default_dtype();
        return Aten.Call("logspace", start, end, steps, @base, type, Value.None, InitializeDevice(device)).requires_grad_(requires_grad);
    }

    public static Tensor eye(
        long rows, long columns = -1, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null)
    {
        Value type = dtype ?? get_default_dtype();
        Tensor result = Aten.Call("eye.m", rows, columns == -1 ? rows : columns, type, Value.None, InitializeDevice(device));
        return Named(result.requires_grad_(requires_grad), names);
    }

    public static Tensor normal(
        double mean, double std, ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null, string[]? names = null) =>
        randn(size, dtype, device, requires_grad: false, generator, names).mul_(std).add_(mean).requires_grad_(requires_grad);
}
