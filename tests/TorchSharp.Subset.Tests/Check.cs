using static TorchSharp.torch;

namespace TorchSharp.Tests;

internal static class Check
{
    internal static double[] Values(Tensor tensor)
    {
        using Tensor wide = tensor.detach().to(ScalarType.Float64);
        return wide.data<double>().ToArray();
    }

    internal static void Close(double[] expected, Tensor actual, double tolerance = 1e-6)
    {
        double[] values = Values(actual);
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            bool close = Math.Abs(expected[i] - values[i]) <= tolerance * (1 + Math.Abs(expected[i]));
            Assert.True(close, $"[{i}]: {expected[i]} and {values[i]}");
        }
    }

    internal static void Close(Tensor expected, Tensor actual, double tolerance = 1e-6)
    {
        Assert.Equal(expected.shape, actual.shape);
        Close(Values(expected), actual, tolerance);
    }

    /// <summary>The gradient of a scalar function at x by central differences, x in float64.</summary>
    internal static double[] FiniteDifferences(Func<Tensor, Tensor> function, Tensor x, double step = 1e-6)
    {
        using DisposeScope scope = NewDisposeScope();
        double[] at = Values(x);
        double[] gradient = new double[at.Length];
        for (int i = 0; i < at.Length; i++)
        {
            double Shifted(double by)
            {
                double[] moved = (double[])at.Clone();
                moved[i] += by;
                return function(tensor(moved, x.shape)).ToDouble();
            }

            gradient[i] = (Shifted(step) - Shifted(-step)) / (2 * step);
        }
        return gradient;
    }
}
