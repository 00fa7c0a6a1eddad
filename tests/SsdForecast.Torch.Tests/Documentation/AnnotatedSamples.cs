using System.Runtime.CompilerServices;
using MathNet.Numerics.LinearAlgebra;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Documentation;

/// <summary>
/// A part of the samples of <c>docs/annotated-ssd.md</c>: each public method holds a region of its own name, which the page shows, and what it
/// prints is what the page shows below it. What samples use beside the project's API and MathNet is here.
/// </summary>
public abstract class AnnotatedSamples
{
    private readonly List<string> _lines = [];

    /// <summary>What was printed, in lines that each end with a line feed.</summary>
    public string Printed => string.Concat(_lines.Select(l => l.TrimEnd() + "\n"));

    /// <summary>Prints a line.</summary>
    protected void Print(string line) => _lines.Add(line);

    /// <summary>Prints a name and numbers to four decimals.</summary>
    // TorchSharp converts arrays to tensors by itself: without a priority, an array would fit both overloads.
    [OverloadResolutionPriority(1)]
    protected void Print(string name, IEnumerable<double> numbers) => Print($"{name,-14}{string.Concat(numbers.Select(x => $"{Shown(x),9}"))}");

    /// <summary>Prints a tensor's numbers.</summary>
    protected void Print(string name, Tensor numbers) => Print(name, Values(numbers));

    /// <summary>Prints a matrix, a row a line.</summary>
    protected void Print(Matrix<double> matrix)
    {
        foreach (var row in matrix.EnumerateRows()) Print(string.Concat(row.Select(x => $"{Shown(x),9}")));
    }

    /// <summary>Independent, normally distributed numbers, the same at every call.</summary>
    protected static double[] Normal(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))];
    }

    /// <summary>The same as a matrix.</summary>
    protected static Matrix<double> Normal(int seed, int rows, int columns) => Matrix<double>.Build.Dense(rows, columns, Normal(seed, rows * columns));

    /// <summary>The same as a float64 tensor.</summary>
    protected static Tensor NormalTensor(int seed, params long[] shape)
        => from_array(Normal(seed, (int)shape.Aggregate(1L, (a, n) => a * n))).reshape(shape);

    /// <summary>A matrix from its entries.</summary>
    protected static Matrix<double> Dense(int rows, int columns, Func<int, int, double> entry) => Matrix<double>.Build.Dense(rows, columns, entry);

    /// <summary>A tensor's numbers in row-major order.</summary>
    protected static double[] Values(Tensor t) => t.detach().to_type(ScalarType.Float64).contiguous().data<double>().ToArray();

    /// <summary>Whether two results agree to a tolerance relative to the largest number of the second.</summary>
    [OverloadResolutionPriority(1)]
    protected static bool Same(IEnumerable<double> a, IEnumerable<double> b, double tolerance = 1e-12)
    {
        double[] expected = [.. b];
        var size = expected.Max(Math.Abs);
        return a.Zip(expected).Count() == expected.Length && a.Zip(expected).All(p => Math.Abs(p.First - p.Second) <= tolerance * size);
    }

    /// <summary>Whether two matrices agree.</summary>
    protected static bool Same(Matrix<double> a, Matrix<double> b, double tolerance = 1e-12) => Same(a.ToRowMajorArray(), b.ToRowMajorArray(), tolerance);

    /// <summary>Whether two tensors agree.</summary>
    protected static bool Same(Tensor a, Tensor b, double tolerance = 1e-12) => Same(Values(a), Values(b), tolerance);

    // Without a negative zero.
    private static string Shown(double x) => (Math.Round(x, 4) + 0.0).ToString("0.0000", System.Globalization.CultureInfo.InvariantCulture);
}
