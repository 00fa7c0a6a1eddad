using System.Numerics;
using SsdForecast.Runtime.Kernels;

namespace SsdForecast.Runtime.Tests.Kernels.Ssd;

/// <summary>Inputs and upstream gradients of one SSD call in float64, exact in float32 too, so that both precisions see the same numbers.</summary>
internal sealed record SsdProblem(SsdShape Shape)
{
    public SsdKernelOptions Options { get; init; } = SsdKernelOptions.Default;

    public double[] X { get; init; } = [];

    public double[] Dt { get; init; } = [];

    public double[] Gain { get; init; } = [];

    public double[] A { get; init; } = [];

    public double[] B { get; init; } = [];

    public double[] C { get; init; } = [];

    public double[] D { get; init; } = [];

    public double[] DtBias { get; init; } = [];

    public double[] Elapsed { get; init; } = [];

    public int[] SeqIdx { get; init; } = [];

    public double[] InitialStates { get; init; } = [];

    public double[] GradY { get; init; } = [];

    public double[] GradFinalStates { get; init; } = [];

    /// <summary>A problem with every option drawn, or with all of them.</summary>
    public static SsdProblem Random(Random random, SsdShape shape, bool everything = false)
    {
        bool Maybe() => everything || random.Next(2) == 0;
        double[] Values(long count, double low, double high) => RandomValues(random, count, low, high);
        bool softplus = Maybe();
        int sequences = 0;
        return new SsdProblem(shape)
        {
            Options = softplus ? new SsdKernelOptions { DtSoftplus = true, DtLimitLow = 0.01, DtLimitHigh = 1.5 } : SsdKernelOptions.Default,
            X = Values(shape.XLength, -1, 1),
            Dt = softplus ? Values(shape.DtLength, -5, 2) : Values(shape.DtLength, 0, 0.3),
            Gain = Maybe() ? Values(shape.DtLength, -0.2, 0.5) : [],
            A = Values(shape.Heads, -8, -0.1),
            B = Values(shape.BCLength, -1, 1),
            C = Values(shape.BCLength, -1, 1),
            D = Maybe() ? Values(shape.Heads, -1, 1) : [],
            DtBias = softplus && Maybe() ? Values(shape.Heads, -1, 1) : [],
            Elapsed = Maybe() ? Values(shape.TokenCount, 0, 2) : [],
            SeqIdx = Maybe() ? [.. Enumerable.Range(0, (int)shape.TokenCount).Select(_ => sequences += random.Next(20) == 0 ? 1 : 0)] : [],
            InitialStates = Maybe() ? Values(shape.StatesLength, -1, 1) : [],
            GradY = Values(shape.XLength, -1, 1),
            GradFinalStates = Maybe() ? Values(shape.StatesLength, -1, 1) : [],
        };
    }

    /// <summary>Shapes off every boundary: chunks, vectors, register tiles; few and many groups.</summary>
    public static SsdShape RandomShape(Random random)
    {
        int[] widths = [1, 2, 3, 5, 8, 9, 15, 16, 17, 24, 32, 33, 40];
        int[] lengths = [1, 2, 15, 16, 17, 31, 50, 127, 128, 129, 145, 260];
        int heads = random.Next(1, 7);
        int[] groups = [.. Enumerable.Range(1, heads).Where(g => heads % g == 0)];
        return new SsdShape(random.Next(1, 4), Pick(lengths), heads, Pick(widths), Pick(groups), Pick(widths));

        int Pick(int[] from) => from[random.Next(from.Length)];
    }

    public static double[] RandomValues(Random random, long count, double low, double high)
    {
        double[] values = new double[count];
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(low + (high - low) * random.NextDouble());
        return values;
    }

    /// <summary>The reference, by the recurrence.</summary>
    public SsdResults Reference()
    {
        SsdResults results = new(Shape);
        SsdReference.Recurrent(Shape, Inputs(), results.Y, results.FinalStates, Options);
        SsdReference.Gradient(Shape, Inputs(), results.Gradients(GradY, GradFinalStates), Options);
        return results;
    }

    public SsdSpans<double> Inputs() => new()
    {
        X = X, Dt = Dt, Gain = Gain, A = A, B = B, C = C, D = D, DtBias = DtBias, Elapsed = Elapsed, SeqIdx = SeqIdx, InitialStates = InitialStates,
    };

    /// <summary>The kernels, in float or double, on the given number of threads with the given vectors.</summary>
    public SsdResults Kernels<T>(int threads = 2, SimdWidth simd = SimdWidth.Auto)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        SsdKernelOptions options = Options with { MaxDegreeOfParallelism = threads, Simd = simd };
        SsdSpans<T> inputs = new()
        {
            X = To<T>(X), Dt = To<T>(Dt), Gain = To<T>(Gain), A = To<T>(A), B = To<T>(B), C = To<T>(C), D = To<T>(D), DtBias = To<T>(DtBias),
            Elapsed = To<T>(Elapsed), SeqIdx = SeqIdx, InitialStates = To<T>(InitialStates),
        };
        SsdResults results = new(Shape);
        T[] y = To<T>(results.Y), final = To<T>(results.FinalStates), x = To<T>(results.X), dt = To<T>(results.Dt), gain = To<T>(results.Gain), a = To<T>(results.A);
        T[] b = To<T>(results.B), c = To<T>(results.C), d = To<T>(results.D), bias = To<T>(results.DtBias), initial = To<T>(results.InitialStates);
        SsdKernels.Forward<T>(Shape, inputs, y, final, options);
        SsdKernels.Backward(
            Shape,
            inputs,
            new SsdGradientSpans<T>
            {
                GradY = To<T>(GradY), GradFinalStates = To<T>(GradFinalStates), X = x, Dt = dt, Gain = gain, A = a, B = b, C = c, D = d, DtBias = bias,
                InitialStates = initial,
            },
            options);
        return new SsdResults(Shape)
        {
            Y = From(y), FinalStates = From(final), X = From(x), Dt = From(dt), Gain = From(gain), A = From(a), B = From(b), C = From(c), D = From(d),
            DtBias = From(bias), InitialStates = From(initial),
        };
    }

    public static T[] To<T>(double[] values)
        where T : unmanaged, INumberBase<T> => Array.ConvertAll(values, T.CreateTruncating);

    public static double[] From<T>(T[] values)
        where T : unmanaged, INumberBase<T> => Array.ConvertAll(values, double.CreateTruncating);
}
