using System.Numerics;
using System.Runtime.Intrinsics;

namespace SsdForecast.Runtime.Kernels;

public static unsafe partial class SsdKernels
{
    /// <summary>Computes y (b, l, h, p) of the bidirectional operator in one merged pass.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <exception cref="ArgumentException">A size or an option is out of range, or an input is null.</exception>
    public static void BidirectionalForward<T>(in SsdShape shape, in SsdBidirectionalInputs<T> inputs, T* y, SsdKernelOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        options = Check(shape, inputs, options);
        if (y == null)
            throw new ArgumentException("SSD bidirectional: y is null.");
        UnitJob job = Width<T>(shape, options) switch
        {
            SimdWidth.Bits512 => new BidirectionalJob<Simd512<T>, T, Vector512<T>>(shape, inputs, y, options),
            SimdWidth.Bits256 => new BidirectionalJob<Simd256<T>, T, Vector256<T>>(shape, inputs, y, options),
            _ => new BidirectionalJob<Simd128<T>, T, Vector128<T>>(shape, inputs, y, options),
        };
        UnitRunner.Run(job, options.MaxDegreeOfParallelism);
    }

    /// <summary>Computes the gradients of the bidirectional operator that are wanted: through the diagonal, then one directional pass each, without a copy in reversed order.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <exception cref="ArgumentException">A size or an option is out of range, or an input is null.</exception>
    public static void BidirectionalBackward<T>(
        in SsdShape shape, in SsdBidirectionalInputs<T> inputs, in SsdBidirectionalGradients<T> gradients, SsdKernelOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        options = Check(shape, inputs, options);
        if (gradients.GradY == null)
            throw new ArgumentException("SSD bidirectional backward: grad_y is null.");
        UnitJob diagonal = Width<T>(shape, options) switch
        {
            SimdWidth.Bits512 => new DiagonalJob<Simd512<T>, T, Vector512<T>>(shape, inputs, gradients),
            SimdWidth.Bits256 => new DiagonalJob<Simd256<T>, T, Vector256<T>>(shape, inputs, gradients),
            _ => new DiagonalJob<Simd128<T>, T, Vector128<T>>(shape, inputs, gradients),
        };
        UnitRunner.Run(diagonal, options.MaxDegreeOfParallelism);

        T[] sums = new T[4 * shape.Heads];
        fixed (T* forwardA = sums)
        {
            T* forwardBias = forwardA + shape.Heads, reverseA = forwardBias + shape.Heads, reverseBias = reverseA + shape.Heads;
            SsdGradients<T> forward = new()
            {
                GradY = gradients.GradY, X = gradients.X, Dt = gradients.ForwardDt, Gain = gradients.ForwardGain, B = gradients.ForwardB, C = gradients.ForwardC, A = forwardA, DtBias = forwardBias,
            };
            SsdGradients<T> reverse = new()
            {
                GradY = gradients.GradY, X = gradients.X, Dt = gradients.ReverseDt, Gain = gradients.ReverseGain, B = gradients.ReverseB, C = gradients.ReverseC, A = reverseA, DtBias = reverseBias,
            };
            RunBackward(shape, new SsdPass(shape.Length, Strict: true, AddsToX: true), inputs.Forward, forward, options);
            RunBackward(shape, new SsdPass(shape.Length, Reversed: true, Strict: true, AddsToX: true), inputs.Reverse, reverse, options);
            for (int head = 0; head < shape.Heads; head++)
            {
                if (gradients.A != null)
                    gradients.A[head] = forwardA[head] + reverseA[head];
                if (gradients.DtBias != null)
                    gradients.DtBias[head] = forwardBias[head] + reverseBias[head];
            }
        }
    }

    private static SsdKernelOptions Check<T>(in SsdShape shape, in SsdBidirectionalInputs<T> inputs, SsdKernelOptions? options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (inputs.Diagonal == null)
            throw new ArgumentException("SSD bidirectional: the diagonal is null; pass zeros if there is none.");
        _ = Check(shape, inputs.Reverse, options);
        return Check(shape, inputs.Forward, options);
    }
}
