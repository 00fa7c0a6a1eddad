using System.Numerics;
using System.Runtime.Intrinsics;

namespace SsdForecast.Runtime.Kernels;

/// <summary>
/// The SSD operator on the CPU, h_t = exp(dt_t·A)·h_{t−1} + gain_t·x_t·B_tᵀ (gain = dt unless given), y_t = h_t·C_t + D·x_t, and its gradient, by chunks of 16 steps in SIMD,
/// parallel over sequences and heads. Source: Dao and Gu 2024 (arXiv 2405.21060). Any number of threads gives the same bits. The overloads with pointers
/// check sizes and options only; those with spans check lengths too.
/// </summary>
/// <remarks>
/// <para>Why chunks: per head and 16 steps the recurrence does 3·16·n·p vector operations, chunks do 2·16·n·p and a little for what stays inside the chunk.
/// With AVX-512 (Zen 5) both run at over 90 % of the peak of their operations, and chunks take 0.8 of the time at n = p = 64, the same at 32,
/// 1.2 at n = 16, p = 32, where memory decides. Larger chunks spend more inside than they spare on passing the state.</para>
/// <para>No exponent is positive and no decay is a difference of sums. Results are finite wherever the products C·B and x·grad_y of two steps, and the results
/// themselves, are within the range of the element type.</para>
/// </remarks>
public static unsafe partial class SsdKernels
{
    /// <summary>Elements of the checkpoints that <see cref="Forward{T}(in SsdShape, in SsdInputs{T}, in SsdOutputs{T}, SsdKernelOptions?)"/> may leave:
    /// one state a head every 128 steps, b·h·⌈l/128⌉·n·p.</summary>
    public static long CheckpointLength(in SsdShape shape) => SsdCheckpoints.Length(shape);

    /// <summary>Computes y, the final states and the checkpoints, as far as they are wanted.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <exception cref="ArgumentException">A size or an option is out of range, or a required input is null.</exception>
    public static void Forward<T>(in SsdShape shape, in SsdInputs<T> inputs, in SsdOutputs<T> outputs, SsdKernelOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        RunForward(shape, new SsdPass(shape.Length), inputs, outputs, Check(shape, inputs, options));

    /// <summary>Computes the gradients that are wanted; beyond the results and the checkpoints it takes memory for one segment of 128 steps a thread.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <exception cref="ArgumentException">A size or an option is out of range, or a required input is null.</exception>
    public static void Backward<T>(in SsdShape shape, in SsdInputs<T> inputs, in SsdGradients<T> gradients, SsdKernelOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        options = Check(shape, inputs, options);
        if (gradients.GradY == null)
            throw new ArgumentException("SSD backward: grad_y is null; pass zeros if y was not used.");
        RunBackward(shape, new SsdPass(shape.Length), inputs, gradients, options);
    }

    private static void RunForward<T>(SsdShape shape, SsdPass pass, SsdInputs<T> inputs, SsdOutputs<T> outputs, SsdKernelOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        UnitJob job = Width<T>(shape, options) switch
        {
            SimdWidth.Bits512 => new ForwardJob<Simd512<T>, T, Vector512<T>>(shape, pass, inputs, outputs, options),
            SimdWidth.Bits256 => new ForwardJob<Simd256<T>, T, Vector256<T>>(shape, pass, inputs, outputs, options),
            _ => new ForwardJob<Simd128<T>, T, Vector128<T>>(shape, pass, inputs, outputs, options),
        };
        UnitRunner.Run(job, options.MaxDegreeOfParallelism);
    }

    private static void RunBackward<T>(SsdShape shape, SsdPass pass, SsdInputs<T> inputs, SsdGradients<T> gradients, SsdKernelOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (gradients.Checkpoints == null)
        {
            (nint Memory, nuint Bytes) block = WorkspacePool.Rent((nuint)CheckpointLength(shape) * (nuint)sizeof(T));
            try
            {
                var checkpoints = (T*)block.Memory;
                RunForward(shape, pass, inputs, new SsdOutputs<T> { Checkpoints = checkpoints }, options);
                RunBackward(shape, pass, inputs, gradients.With(checkpoints), options);
            }
            finally
            {
                WorkspacePool.Return(block);
            }

            return;
        }

        using var sums = new GradientSums<T>(shape, pass, gradients);
        BackwardPass job = Width<T>(shape, options) switch
        {
            SimdWidth.Bits512 => new BackwardJob<Simd512<T>, T, Vector512<T>>(shape, pass, inputs, gradients, sums, options),
            SimdWidth.Bits256 => new BackwardJob<Simd256<T>, T, Vector256<T>>(shape, pass, inputs, gradients, sums, options),
            _ => new BackwardJob<Simd128<T>, T, Vector128<T>>(shape, pass, inputs, gradients, sums, options),
        };
        job.RunAll(sums, ChunkLayout<T>.SegmentCount(shape), options.MaxDegreeOfParallelism);
    }

    private static SsdKernelOptions Check<T>(in SsdShape shape, in SsdInputs<T> inputs, SsdKernelOptions? options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ElementType.Require<T>("SSD");
        shape.Validate();
        options ??= SsdKernelOptions.Default;
        options.Validate();
        if (inputs.X == null || inputs.Dt == null || inputs.A == null || inputs.B == null || inputs.C == null)
            throw new ArgumentException("SSD inputs x, dt, A, B and C are required; one of them is null.");
        return options;
    }

    /// <summary>The widest vectors of the processor, unless a head is so narrow that half of each would be padding.</summary>
    private static SimdWidth Width<T>(in SsdShape shape, SsdKernelOptions options)
        where T : unmanaged
    {
        if (options.Simd != SimdWidth.Auto)
            return options.Simd;
        if (Vector512.IsHardwareAccelerated && 2 * shape.HeadDim > Vector512<T>.Count)
            return SimdWidth.Bits512;
        return Vector256.IsHardwareAccelerated && 2 * shape.HeadDim > Vector256<T>.Count ? SimdWidth.Bits256 : SimdWidth.Bits128;
    }
}
