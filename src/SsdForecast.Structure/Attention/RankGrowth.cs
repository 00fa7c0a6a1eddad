namespace SsdForecast.Structure;

/// <summary>
/// Why softmax attention has no masked-attention dual of fixed width: the rank of the corner block <c>M[T/2:, :T/2]</c> of one length.
/// </summary>
/// <param name="Length"><c>T</c>.</param>
/// <param name="Certified">
/// The rank of softmax attention for the scores <c>ln 3 · (i+1)(j+1)</c>, which have rank 1, proven: see <see cref="CertifiedRank"/>.
/// </param>
/// <param name="Linear">Numerical rank for linear attention of random queries and keys.</param>
/// <param name="Uniform">Numerical rank for uniform attention.</param>
/// <param name="Softmax">Numerical rank for causal softmax attention of the same queries and keys.</param>
public sealed record RankGrowth(int Length, int Certified, int Linear, int Uniform, int Softmax)
{
    private const double LinearTolerance = 1e-9;

    /// <summary>Measures several lengths.</summary>
    /// <param name="lengths">Lengths, 2 or more.</param>
    /// <param name="width">Width <c>d</c> of queries and keys.</param>
    /// <param name="beta">Inverse temperature of the softmax.</param>
    /// <param name="tolerance">Of the softmax's numerical rank.</param>
    /// <param name="seed">Of the normally distributed queries and keys.</param>
    public static IReadOnlyList<RankGrowth> Measure(IEnumerable<int> lengths, int width = 8, double beta = 1, double tolerance = 1e-6, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        var random = new Random(seed);
        return [.. lengths.Select(length =>
        {
            var (q, k) = (Normal(random, length, width), Normal(random, length, width));
            return new RankGrowth(
                length,
                CertifiedRank(length),
                AttentionMatrix.CornerRank(AttentionMatrix.Linear(q, k), LinearTolerance),
                AttentionMatrix.CornerRank(AttentionMatrix.Uniform(length), LinearTolerance),
                AttentionMatrix.CornerRank(AttentionMatrix.Softmax(q, k, beta), tolerance));
        })];
    }

    /// <summary>
    /// The exact certificate. The corner of <c>exp(ln 3 · (i+1)(j+1)) = 3^{(i+1)(j+1)}</c> is a matrix of integers; its rank is found modulo
    /// <c>2⁶¹ − 1</c>, where nothing is rounded, and a rank found there is a lower bound of the true one. The division by row sums, which makes it
    /// softmax, changes no rank. The result is <c>T/2</c>, the block's full size, so it is the true rank. (Base 2 would prove nothing: it has order
    /// 61 modulo this prime.)
    /// </summary>
    /// <param name="length"><c>T</c>, 2 or more.</param>
    public static int CertifiedRank(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        var half = length / 2;
        var corner = new ulong[length - half, half];
        for (var i = half; i < length; i++)
            for (var j = 0; j < half; j++) corner[i - half, j] = PrimeField.Power(3, (ulong)(i + 1) * (ulong)(j + 1));
        return PrimeField.Rank(corner);
    }

    private static double[,] Normal(Random random, int rows, int columns)
    {
        var m = new double[rows, columns];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++) m[i, j] = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return m;
    }
}
