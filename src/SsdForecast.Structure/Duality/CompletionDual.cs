namespace SsdForecast.Structure;

/// <summary>The dual of a matrix: each block between cuts is scaled, completed to least rank and given its part of the mask.</summary>
internal static class CompletionDual
{
    /// <summary>The error of a dual that is handed out, relative to the largest entry of the matrix.</summary>
    private const double MaxError = 1e-9;

    public static MaskedAttentionDual Build(double[,] m, int width, MaskKind kind, StructureOptions options)
    {
        var length = m.GetLength(0);
        options.Validate(length);
        m = DenseStructure.WithoutNoise(m, options.ZeroTolerance);
        int[] starts = kind == MaskKind.General ? [0, .. DenseStructure.Cuts(m)] : [0];
        int[] ends = [.. starts[1..], length];
        var pieces = starts.Zip(ends, (start, end) => Complete(m, start, end, options)).ToList();
        var blocks = starts.Zip(ends, pieces).Select(p => new SemiseparableBlock(p.First, p.Second - p.First, p.Third.Completion.Rank));
        var decision = new DualDecision(width, kind, [.. blocks]);
        if (!decision.Exists) throw new NoDualException(decision);

        var used = Math.Max(1, decision.Required);
        var (mask, q, k) = (new double[length], new double[length, used], new double[length, used]);
        mask[0] = 1;
        foreach (var (start, (scaling, completion)) in starts.Zip(pieces)) Place(start, scaling, completion, mask, q, k);
        var dual = new MaskedAttentionDual(mask, q, k) { Spread = pieces.Max(p => p.Completion.Spread) };
        var error = Error(dual, m);
        return error <= MaxError ? dual : throw new NoDualException(
            decision,
            $"a dual of width {decision.Required} exists, but in float64 it reproduces the matrix only to {error:E1}; the modes decay too differently, take fewer rows");
    }

    private static (Scaling Scaling, TriangleCompletion Completion) Complete(double[,] m, int start, int end, StructureOptions options)
    {
        var n = end - start;
        var block = new double[n, n];
        for (var i = 0; i < n; i++)
            for (var j = 0; j <= i; j++) block[i, j] = m[start + i, start + j];
        var scaling = options.Scaling is { } s ? new Scaling(s.Row[start..end], s.Column[start..end]) : Scaling.Of(block);
        return (scaling, TriangleCompletion.Of(scaling.Apply(block), options.Tolerance));
    }

    /// <summary>The scaling goes back in: its smooth part as the mask, the rest into queries and keys. Powers of two, so exactly.</summary>
    private static void Place(int start, Scaling scaling, TriangleCompletion completion, double[] mask, double[,] q, double[,] k)
    {
        for (var i = 0; i < scaling.Length; i++)
        {
            var state = scaling.State(i);
            if (i > 0) mask[start + i] = Math.ScaleB(1, scaling.State(i - 1) - state);
            for (var w = 0; w < completion.Rank; w++)
            {
                q[start + i, w] = Math.ScaleB(completion.Q[i, w], state - scaling.Row[i]);
                k[start + i, w] = Math.ScaleB(completion.K[i, w], -state - scaling.Column[i]);
            }
        }
    }

    private static double Error(MaskedAttentionDual dual, double[,] m)
    {
        var (largest, error) = (0.0, 0.0);
        var again = dual.Reproduce();
        for (var i = 0; i < m.GetLength(0); i++)
        {
            for (var j = 0; j <= i; j++)
            {
                largest = Math.Max(largest, Math.Abs(m[i, j]));
                error = Math.Max(error, Math.Abs(again[i, j] - m[i, j]));
            }
        }

        return largest == 0 ? error : error / largest;
    }
}
