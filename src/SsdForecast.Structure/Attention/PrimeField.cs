namespace SsdForecast.Structure;

/// <summary>Arithmetic modulo the Mersenne prime <c>p = 2⁶¹ − 1</c>: products of two residues fit 128 bits, and reducing one is two additions.</summary>
public static class PrimeField
{
    /// <summary>The modulus, <c>2⁶¹ − 1</c>.</summary>
    public const ulong Modulus = (1UL << 61) - 1;

    /// <summary><c>a · b mod p</c> of two residues.</summary>
    public static ulong Multiply(ulong a, ulong b)
    {
        var product = (UInt128)a * b;
        // 2^61 = 1 mod p: the digits above are added to those below.
        var sum = (ulong)(product & Modulus) + (ulong)(product >> 61);
        return sum >= Modulus ? sum - Modulus : sum;
    }

    /// <summary><c>a − b mod p</c> of two residues.</summary>
    public static ulong Subtract(ulong a, ulong b) => a >= b ? a - b : a + Modulus - b;

    /// <summary><c>x^exponent mod p</c>.</summary>
    public static ulong Power(ulong x, ulong exponent)
    {
        var result = 1UL;
        for (x %= Modulus; exponent > 0; exponent >>= 1)
        {
            if ((exponent & 1) == 1) result = Multiply(result, x);
            x = Multiply(x, x);
        }

        return result;
    }

    /// <summary><c>1/x mod p</c>, by Fermat's little theorem.</summary>
    /// <exception cref="DivideByZeroException"><paramref name="x"/> is zero modulo <c>p</c>.</exception>
    public static ulong Inverse(ulong x) => x % Modulus == 0 ? throw new DivideByZeroException("0 has no inverse modulo 2^61 - 1") : Power(x, Modulus - 2);

    /// <summary>
    /// The rank of a matrix of residues by Gaussian elimination, without any rounding. It is at most the rank over the rational numbers of every
    /// integer matrix with these residues: full rank here proves full rank there.
    /// </summary>
    public static int Rank(ulong[,] matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var m = (ulong[,])matrix.Clone();
        var (rows, columns, rank) = (m.GetLength(0), m.GetLength(1), 0);
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++) m[i, j] %= Modulus;
        for (var c = 0; c < columns && rank < rows; c++)
        {
            var pivot = rank;
            while (pivot < rows && m[pivot, c] == 0) pivot++;
            if (pivot == rows) continue;
            for (var j = c; j < columns; j++) (m[rank, j], m[pivot, j]) = (m[pivot, j], m[rank, j]);
            var inverse = Inverse(m[rank, c]);
            for (var i = rank + 1; i < rows; i++)
            {
                var factor = Multiply(m[i, c], inverse);
                if (factor == 0) continue;
                for (var j = c; j < columns; j++) m[i, j] = Subtract(m[i, j], Multiply(factor, m[rank, j]));
            }

            rank++;
        }

        return rank;
    }
}
