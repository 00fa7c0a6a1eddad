using System.Numerics;
using System.Runtime.Intrinsics;

namespace SsdForecast.Runtime.Kernels;

/// <summary>
/// SiLU of a depthwise convolution over time, and its gradient, in one pass over memory: y_t = SiLU(bias + Σ_k w_k·x_{t+k−back}), back = width − 1 − look-ahead.
/// Nothing is kept for the gradient: the convolution is computed again, which costs less than reading it would. Any number of threads gives the same bits.
/// </summary>
public static unsafe class ConvKernels
{
    /// <summary>Computes y (b, l, channels), contiguous.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="threads">Most threads; 0: one for each processor.</param>
    /// <param name="simd">Vector width; anything but Auto is for tests.</param>
    /// <exception cref="ArgumentException">A size is out of range or a pointer is null.</exception>
    public static void Forward<T>(in ConvShape shape, in ConvInputs<T> inputs, T* y, int threads = 0, SimdWidth simd = SimdWidth.Auto)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Check(shape, inputs);
        if (y == null)
            throw new ArgumentException("convolution: y is null.");
        UnitJob job = VectorChoice.For<T>(shape.Channels, simd) switch
        {
            SimdWidth.Bits512 => new ConvForwardJob<Simd512<T>, T, Vector512<T>>(shape, inputs, y),
            SimdWidth.Bits256 => new ConvForwardJob<Simd256<T>, T, Vector256<T>>(shape, inputs, y),
            _ => new ConvForwardJob<Simd128<T>, T, Vector128<T>>(shape, inputs, y),
        };
        UnitRunner.Run(job, threads == 0 ? Environment.ProcessorCount : threads);
    }

    /// <summary>Computes the gradients of inputs, taps and bias.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="threads">Most threads; 0: one for each processor.</param>
    /// <param name="simd">Vector width; anything but Auto is for tests.</param>
    /// <exception cref="ArgumentException">A size is out of range or a pointer is null.</exception>
    public static void Backward<T>(in ConvShape shape, in ConvInputs<T> inputs, in ConvGradients<T> gradients, int threads = 0, SimdWidth simd = SimdWidth.Auto)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Check(shape, inputs);
        if (gradients.GradY == null || gradients.X == null || gradients.Weight == null || gradients.Bias == null)
            throw new ArgumentException("convolution backward: a gradient is null.");
        using ConvBackwardJob<T> job = VectorChoice.For<T>(shape.Channels, simd) switch
        {
            SimdWidth.Bits512 => new ConvBackwardJob<Simd512<T>, T, Vector512<T>>(shape, inputs, gradients),
            SimdWidth.Bits256 => new ConvBackwardJob<Simd256<T>, T, Vector256<T>>(shape, inputs, gradients),
            _ => new ConvBackwardJob<Simd128<T>, T, Vector128<T>>(shape, inputs, gradients),
        };
        UnitRunner.Run(job, threads == 0 ? Environment.ProcessorCount : threads);
        job.Finish();
    }

    private static void Check<T>(in ConvShape shape, in ConvInputs<T> inputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ElementType.Require<T>("convolution");
        shape.Validate();
        if (inputs.X == null || inputs.Weight == null || inputs.Bias == null)
            throw new ArgumentException("convolution: x, weight and bias are required; one of them is null.");
        if (inputs.RowStride < shape.Channels)
            throw new ArgumentException($"convolution: rows of {shape.Channels} channels cannot lie {inputs.RowStride} apart.");
    }
}
