namespace SsdForecast.Runtime.Kernels;

/// <summary>Which vector width the SSD kernels use.</summary>
public enum SimdWidth
{
    /// <summary>The widest that the processor has and that suits the head's width. The default.</summary>
    Auto = 0,

    /// <summary>128 bits: the portable path, on any processor.</summary>
    Bits128 = 128,

    /// <summary>256 bits (AVX2).</summary>
    Bits256 = 256,

    /// <summary>512 bits (AVX-512).</summary>
    Bits512 = 512,
}

/// <summary>What is folded into the SSD operator, and how it is run. Results do not depend on <see cref="MaxDegreeOfParallelism"/>, to the bit.</summary>
public sealed record SsdKernelOptions
{
    /// <summary>The defaults: dt is taken as it is, all cores.</summary>
    public static SsdKernelOptions Default { get; } = new();

    /// <summary>Whether dt is softplus(dt + dt_bias) of what is given; softplus(v) = v for v &gt; 20. Default false: dt is already positive.</summary>
    public bool DtSoftplus { get; init; }

    /// <summary>Lower limit of dt after bias and softplus, before elapsed; at least 0. Default 0.</summary>
    public double DtLimitLow { get; init; }

    /// <summary>Upper limit of dt after bias and softplus, before elapsed. Default none.</summary>
    public double DtLimitHigh { get; init; } = double.PositiveInfinity;

    /// <summary>Most threads used at once. Default: one for each processor.</summary>
    public int MaxDegreeOfParallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>Vector width; anything but <see cref="SimdWidth.Auto"/> is for tests and measurements. A width that the hardware lacks runs, slowly.</summary>
    public SimdWidth Simd { get; init; }

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentException">A limit is negative, not a number or above the other, or the degree of parallelism is below 1.</exception>
    public void Validate()
    {
        if (!(DtLimitLow >= 0) || !(DtLimitHigh >= DtLimitLow))
            throw new ArgumentException($"SSD dt limits ({DtLimitLow}, {DtLimitHigh}) must satisfy 0 <= low <= high.");
        if (MaxDegreeOfParallelism < 1)
            throw new ArgumentException($"SSD degree of parallelism {MaxDegreeOfParallelism} must be at least 1.");
        if (Simd is not (SimdWidth.Auto or SimdWidth.Bits128 or SimdWidth.Bits256 or SimdWidth.Bits512))
            throw new ArgumentException($"SSD vector width {(int)Simd} is unknown; choose 128, 256, 512 or 0 for the best.");
    }
}
