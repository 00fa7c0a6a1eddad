namespace SsdForecast.Structure;

/// <summary>
/// The dual of a diagonal recurrence whose transitions have an inverse. With <c>φ_n(t) = a_{t,n} … a_{1,n}</c>,
/// <c>M_ij = Σ_n c_{i,n} φ_n(i) / φ_n(j) b_{j,n}</c>: queries <c>c φ</c>, keys <c>b / φ</c>. The mask takes <c>max_n |φ_n|</c> off both, so
/// that only the modes' differences are left in them, and a step at which every <c>a_{t,n}</c> is zero begins a new block.
/// </summary>
internal static class DirectDual
{
    // Half of float64's range in each factor, so that neither a factor nor a product of two leaves it.
    private const double MaxSpread = 650;

    /// <summary>Whether every step after the first is all zero or nowhere zero; with a fine mask, nowhere zero.</summary>
    public static bool Applies(DiagonalSsm model, MaskKind mask)
    {
        for (var t = 1; t < model.Length; t++)
        {
            var zeros = 0;
            for (var n = 0; n < model.StateSize; n++)
                if (model.A[t, n] == 0) zeros++;
            if (zeros != 0 && (mask == MaskKind.Fine || zeros != model.StateSize)) return false;
        }

        return true;
    }

    public static MaskedAttentionDual Build(DiagonalSsm model, int width, MaskKind kind)
    {
        var (length, size) = (model.Length, model.StateSize);
        var mask = new double[length];
        mask[0] = 1;
        var (q, k) = (new double[length, size], new double[length, size]);
        var spread = 0.0;
        for (var start = 0; start < length;)
        {
            var end = start + 1;
            while (end < length && model.A[end, 0] != 0) end++;
            spread = Math.Max(spread, Block(model, start, end, mask, q, k));
            if (!(spread <= MaxSpread))
            {
                throw new NoDualException(
                    new DualDecision(width, kind, [new SemiseparableBlock(0, length, size)]),
                    $"the dual exists, but the decays of rows {start} to {end - 1} differ by e^{spread:F0} among the state's numbers where float64 allows e^{MaxSpread}; take fewer rows");
            }

            start = end;
        }

        return new MaskedAttentionDual(mask, q, k) { Spread = spread };
    }

    /// <summary>Rows <c>[start, end)</c>; returns the largest range of <c>ln |φ_n| − max ln |φ|</c>.</summary>
    private static double Block(DiagonalSsm model, int start, int end, double[] mask, double[,] q, double[,] k)
    {
        var size = model.StateSize;
        var log = new double[end - start, size];
        var sign = new double[end - start, size];
        var scalar = model.IsScalar;
        for (var n = 0; n < size; n++) sign[0, n] = 1;
        for (var t = start + 1; t < end; t++)
        {
            var (i, top, earlier) = (t - start, double.NegativeInfinity, double.NegativeInfinity);
            for (var n = 0; n < size; n++)
            {
                earlier = Math.Max(earlier, log[i - 1, n]);
                log[i, n] = scalar ? 0 : log[i - 1, n] + Math.Log(Math.Abs(model.A[t, n]));
                sign[i, n] = scalar ? 1 : sign[i - 1, n] * Math.Sign(model.A[t, n]);
                top = Math.Max(top, log[i, n]);
            }

            // A scalar transition is the mask itself, to the last bit.
            mask[t] = scalar ? model.A[t, 0] : Math.Exp(top - earlier);
        }

        return Factors(model, start, log, sign, q, k);
    }

    private static double Factors(DiagonalSsm model, int start, double[,] log, double[,] sign, double[,] q, double[,] k)
    {
        var (rows, size) = (log.GetLength(0), log.GetLength(1));
        for (var i = 0; i < rows; i++)
        {
            var top = double.NegativeInfinity;
            for (var n = 0; n < size; n++) top = Math.Max(top, log[i, n]);
            for (var n = 0; n < size; n++) log[i, n] -= top;
        }

        var spread = 0.0;
        for (var n = 0; n < size; n++)
        {
            var lowest = Enumerable.Range(0, rows).Min(i => log[i, n]);
            spread = Math.Max(spread, -lowest);
            for (var i = 0; i < rows; i++)
            {
                // Centred: half of the range goes to the queries and half to the keys.
                var exponent = log[i, n] - (lowest / 2);
                q[start + i, n] = model.C[start + i, n] * sign[i, n] * Math.Exp(exponent);
                k[start + i, n] = model.B[start + i, n] * sign[i, n] * Math.Exp(-exponent);
            }
        }

        return spread;
    }
}
