using FsCheck;
using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace SsdForecast.Structure.Tests;

/// <summary>Random recurrences of at most 40 steps and 6 state numbers, from a seed.</summary>
public static class RandomRecurrence
{
    public static Arbitrary<int> Seeds { get; } = Gen.Choose(1, 1_000_000).ToArbitrary();

    /// <summary>Scalar, diagonal with and without zeros, full, singular; with rows of b and c that are zero.</summary>
    public static LinearRecurrence Any(Random random) => random.Next(6) switch
    {
        0 => Scalar(random),
        1 => Diagonal(random),
        2 => PartialResets(random),
        3 => WholeResets(random),
        4 => Rotated(Diagonal(random), random),
        _ => Rotated(PartialResets(random), random),
    };

    public static DiagonalSsm Scalar(Random random)
    {
        var (length, size) = Shape(random);
        return DiagonalSsm.Scalar([.. Enumerable.Range(0, length).Select(_ => Gain(random))], Ends(random, length, size), Ends(random, length, size));
    }

    /// <summary>Every transition has an inverse.</summary>
    public static DiagonalSsm Diagonal(Random random, int? length = null, int? size = null)
    {
        var (t, n) = Shape(random);
        return Diagonal(random, length ?? t, size ?? n, (_, _) => false);
    }

    /// <summary>Now and then one state number is forgotten.</summary>
    public static DiagonalSsm PartialResets(Random random)
    {
        var (length, size) = Shape(random);
        var zeros = random.NextDouble() * 0.3;
        return Diagonal(random, length, size, (_, _) => random.NextDouble() < zeros);
    }

    /// <summary>Now and then the whole state is forgotten.</summary>
    public static DiagonalSsm WholeResets(Random random)
    {
        var (length, size) = Shape(random);
        var reset = Enumerable.Range(0, length).Select(_ => random.Next(8) == 0).ToArray();
        return Diagonal(random, length, size, (t, _) => reset[t]);
    }

    /// <summary>The same matrix from a state in turned coordinates, turned anew at every step.</summary>
    public static StateSpaceModel Rotated(DiagonalSsm model, Random random)
    {
        var (length, size) = (model.Length, model.StateSize);
        var (a, b, c) = (new double[length, size, size], new double[length, size], new double[length, size]);
        var before = Rotation(random, size);
        for (var t = 0; t < length; t++)
        {
            var turn = Rotation(random, size);
            var turned = turn * DenseMatrix.Create(size, size, (i, j) => i == j ? model.A[t, i] : 0) * before.Transpose();
            for (var i = 0; i < size; i++)
            {
                for (var j = 0; j < size; j++)
                {
                    a[t, i, j] = turned[i, j];
                    b[t, i] += turn[i, j] * model.B[t, j];
                    c[t, i] += turn[i, j] * model.C[t, j];
                }
            }

            before = turn;
        }

        return new StateSpaceModel(a, b, c);
    }

    public static double[,] Normal(Random random, int rows, int columns)
    {
        var m = new double[rows, columns];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++) m[i, j] = Normal(random);
        return m;
    }

    public static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static DiagonalSsm Diagonal(Random random, int length, int size, Func<int, int, bool> zero)
    {
        var a = new double[length, size];
        for (var t = 0; t < length; t++)
            for (var n = 0; n < size; n++) a[t, n] = zero(t, n) ? 0 : Gain(random);
        return new DiagonalSsm(a, Ends(random, length, size), Ends(random, length, size));
    }

    private static double Gain(Random random) => (0.8 + (0.2 * random.NextDouble())) * (random.Next(5) == 0 ? -1 : 1);

    /// <summary>b or c: normally distributed, some rows zero.</summary>
    private static double[,] Ends(Random random, int length, int size)
    {
        var m = Normal(random, length, size);
        for (var t = 0; t < length; t++)
            if (random.Next(9) == 0) for (var n = 0; n < size; n++) m[t, n] = 0;
        return m;
    }

    private static (int Length, int Size) Shape(Random random) => (random.Next(1, 41), random.Next(1, 7));

    private static Matrix<double> Rotation(Random random, int size) => DenseMatrix.OfArray(Normal(random, size, size)).QR().Q;
}
