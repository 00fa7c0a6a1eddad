using System.Numerics;
using SsdForecast.Runtime.Kernels;

namespace SsdForecast.Runtime.Tests.Kernels.Ssd;

/// <summary>Inputs of the bidirectional operator, in the order of <see cref="Names"/>.</summary>
internal sealed unsafe record BidirectionalProblem(SsdShape Shape, double[][] Inputs, double[] GradY)
{
    public static readonly string[] Names = ["x", "diagonal", "A", "dt_bias", "dt_f", "B_f", "C_f", "dt_r", "B_r", "C_r", "gain_f", "gain_r"];

    private static readonly SsdKernelOptions Options = new() { DtSoftplus = true };

    public static BidirectionalProblem Random(Random random, SsdShape shape, bool? gainIsGiven = null)
    {
        double[] Values(long count, double low, double high) => SsdProblem.RandomValues(random, count, low, high);
        double[] Dt() => Values(shape.DtLength, -5, 1);
        bool given = gainIsGiven ?? random.Next(2) == 0;
        double[] Gain() => given ? Values(shape.DtLength, -0.2, 0.5) : [];
        double[] Map() => Values(shape.BCLength, -1, 1);
        return new BidirectionalProblem(
            shape,
            [Values(shape.XLength, -1, 1), Values(shape.DtLength, -1, 1), Values(shape.Heads, -8, -0.1), Values(shape.Heads, -1, 1), Dt(), Map(), Map(), Dt(), Map(), Map(), Gain(), Gain()],
            Values(shape.XLength, -1, 1));
    }

    public double[] Dense()
    {
        SsdSpans<double> forward = new() { X = Inputs[0], A = Inputs[2], DtBias = Inputs[3], Dt = Inputs[4], Gain = Inputs[10], B = Inputs[5], C = Inputs[6] };
        SsdSpans<double> reverse = new() { X = Inputs[0], A = Inputs[2], DtBias = Inputs[3], Dt = Inputs[7], Gain = Inputs[11], B = Inputs[8], C = Inputs[9] };
        return SsdBidirectionalReference.Apply(Shape, forward, reverse, Inputs[1], Options);
    }

    public double[] Forward<T>(int threads = 2, SimdWidth simd = SimdWidth.Auto)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[][] v = [.. Inputs.Select(SsdProblem.To<T>)];
        T[] y = new T[Shape.XLength];
        fixed (T* x = v[0], diagonal = v[1], a = v[2], bias = v[3], dtF = v[4], bF = v[5], cF = v[6], dtR = v[7], bR = v[8], cR = v[9], gainF = v[10], gainR = v[11], to = y)
        {
            SsdBidirectionalInputs<T> inputs = new()
            {
                X = x, Diagonal = diagonal, A = a, DtBias = bias, ForwardDt = dtF, ForwardB = bF, ForwardC = cF, ReverseDt = dtR, ReverseB = bR, ReverseC = cR,
                ForwardGain = gainF, ReverseGain = gainR,
            };
            SsdKernels.BidirectionalForward(Shape, inputs, to, Options with { MaxDegreeOfParallelism = threads, Simd = simd });
        }

        return SsdProblem.From(y);
    }

    public double[][] Backward<T>(int threads = 2)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[][] v = [.. Inputs.Select(SsdProblem.To<T>)], g = [.. Inputs.Select(i => new T[i.Length])];
        fixed (T* x = v[0], diagonal = v[1], a = v[2], bias = v[3], dtF = v[4], bF = v[5], cF = v[6], dtR = v[7], bR = v[8], cR = v[9], gainF = v[10], gainR = v[11])
        fixed (T* dX = g[0], dDiagonal = g[1], dA = g[2], dBias = g[3], dDtF = g[4], dBF = g[5], dCF = g[6], dDtR = g[7], dBR = g[8], dCR = g[9], dGainF = g[10], dGainR = g[11])
        fixed (T* gradY = SsdProblem.To<T>(GradY))
        {
            SsdBidirectionalInputs<T> inputs = new()
            {
                X = x, Diagonal = diagonal, A = a, DtBias = bias, ForwardDt = dtF, ForwardB = bF, ForwardC = cF, ReverseDt = dtR, ReverseB = bR, ReverseC = cR,
                ForwardGain = gainF, ReverseGain = gainR,
            };
            SsdBidirectionalGradients<T> gradients = new()
            {
                GradY = gradY, X = dX, Diagonal = dDiagonal, A = dA, DtBias = dBias,
                ForwardDt = dDtF, ForwardB = dBF, ForwardC = dCF, ReverseDt = dDtR, ReverseB = dBR, ReverseC = dCR,
                ForwardGain = dGainF, ReverseGain = dGainR,
            };
            SsdKernels.BidirectionalBackward(Shape, inputs, gradients, Options with { MaxDegreeOfParallelism = threads });
        }

        return [.. g.Select(SsdProblem.From)];
    }
}
