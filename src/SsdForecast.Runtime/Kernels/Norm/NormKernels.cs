using System.Numerics;
using System.Runtime.Intrinsics;

namespace SsdForecast.Runtime.Kernels;

/// <summary>
/// The gated root-mean-square norm, q / √(mean q² + ε) · weight with q = x·SiLU(z), or with q = x and the result times SiLU(z), and its gradient, in one
/// pass over memory. Nothing is kept for the gradient. Any number of threads gives the same bits.
/// </summary>
public static unsafe class NormKernels
{
    /// <summary>Computes y (rows, features), contiguous.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="threads">Most threads; 0: one for each processor.</param>
    /// <param name="simd">Vector width; anything but Auto is for tests.</param>
    /// <exception cref="ArgumentException">A size is out of range or a pointer is null.</exception>
    public static void Forward<T>(in NormShape shape, in NormInputs<T> inputs, T* y, int threads = 0, SimdWidth simd = SimdWidth.Auto)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Check(shape, inputs);
        if (y == null)
            throw new ArgumentException("norm: y is null.");
        UnitJob job = VectorChoice.For<T>(shape.GroupSize, simd) switch
        {
            SimdWidth.Bits512 => new NormForwardJob<Simd512<T>, T, Vector512<T>>(shape, inputs, y),
            SimdWidth.Bits256 => new NormForwardJob<Simd256<T>, T, Vector256<T>>(shape, inputs, y),
            _ => new NormForwardJob<Simd128<T>, T, Vector128<T>>(shape, inputs, y),
        };
        UnitRunner.Run(job, threads == 0 ? Environment.ProcessorCount : threads);
    }

    /// <summary>Computes the gradients of values, gate and weight.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="threads">Most threads; 0: one for each processor.</param>
    /// <param name="simd">Vector width; anything but Auto is for tests.</param>
    /// <exception cref="ArgumentException">A size is out of range or a pointer is null.</exception>
    public static void Backward<T>(in NormShape shape, in NormInputs<T> inputs, in NormGradients<T> gradients, int threads = 0, SimdWidth simd = SimdWidth.Auto)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Check(shape, inputs);
        if (gradients.GradY == null || gradients.X == null || gradients.Weight == null || (gradients.Z == null) != (inputs.Z == null))
            throw new ArgumentException("norm backward: a gradient is null, or there is one of a gate that is not.");
        using NormBackwardJob<T> job = VectorChoice.For<T>(shape.GroupSize, simd) switch
        {
            SimdWidth.Bits512 => new NormBackwardJob<Simd512<T>, T, Vector512<T>>(shape, inputs, gradients),
            SimdWidth.Bits256 => new NormBackwardJob<Simd256<T>, T, Vector256<T>>(shape, inputs, gradients),
            _ => new NormBackwardJob<Simd128<T>, T, Vector128<T>>(shape, inputs, gradients),
        };
        UnitRunner.Run(job, threads == 0 ? Environment.ProcessorCount : threads);
        job.Finish();
    }

    private static void Check<T>(in NormShape shape, in NormInputs<T> inputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ElementType.Require<T>("norm");
        shape.Validate();
        if (inputs.X == null || inputs.Weight == null)
            throw new ArgumentException("norm: x and weight are required; one of them is null.");
    }
}
