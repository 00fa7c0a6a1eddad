namespace SsdForecast.Structure;

/// <summary>
/// Hankel singular values of a recurrence at every step: those of <c>M[t:, :t]</c>, the map from inputs before step <c>t</c> to outputs from it
/// on. They are how much each direction of the state carries across that moment, in the units of the matrix itself, and no choice of state
/// coordinates changes them. Keeping the <c>r</c> largest is the best that a state of size <c>r</c> can do at that moment.
/// </summary>
/// <param name="Values">Descending, for each <c>t</c> from 1 to <c>T − 1</c>, or every so many; <c>min(N, t, T − t)</c> each.</param>
public sealed record HankelProfile(IReadOnlyList<double[]> Values)
{
    /// <summary>The profile of a recurrence, O(T N³).</summary>
    /// <param name="every">Steps from one measurement to the next; more than 1 saves time for a large state.</param>
    public static HankelProfile Of(LinearRecurrence model, int every = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(every);
        var values = new List<double[]>(model.Length - 1);
        var readings = SquareRootGramians.Readings(model);
        var reached = SquareRootGramians.Zero(model.StateSize);
        for (var t = 0; t < model.Length; t++)
        {
            var carried = SquareRootGramians.Carried(model, t, reached);
            reached = SquareRootGramians.Reached(model, t, carried);
            if (t > 0 && t % every == 0) values.Add(Svd.Values(SquareRootGramians.Product(readings[t], carried).Product)[..Math.Min(model.StateSize, Math.Min(t, model.Length - t))]);
        }

        return new HankelProfile(values);
    }

    /// <summary>The profile of a causal matrix, by its definition, O(T⁴).</summary>
    /// <param name="m">Lower triangular, <c>(T, T)</c>.</param>
    public static HankelProfile Of(double[,] m)
    {
        Arguments.LowerTriangular(m, nameof(m));
        return new HankelProfile([.. Enumerable.Range(1, m.GetLength(0) - 1).Select(t => Svd.Values(m, t.., ..t))]);
    }

    /// <summary>The largest singular value of all steps; 0 where nothing is remembered.</summary>
    public double Largest => Values.Select(v => v.FirstOrDefault()).DefaultIfEmpty().Max();

    /// <summary>The largest value of each rank over the steps, length <c>N</c> or less.</summary>
    public double[] Envelope
    {
        get
        {
            var envelope = new double[Values.Select(v => v.Length).DefaultIfEmpty().Max()];
            foreach (var v in Values)
                for (var k = 0; k < v.Length; k++) envelope[k] = Math.Max(envelope[k], v[k]);
            return envelope;
        }
    }

    /// <summary>The order in use: the most singular values of one step above a fraction of <see cref="Largest"/>.</summary>
    /// <param name="tolerance">The fraction, in (0, 1).</param>
    public int Order(double tolerance)
    {
        if (!(tolerance is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(tolerance), $"the tolerance is {tolerance}; it must lie in (0, 1)");
        var threshold = tolerance * Largest;
        return Values.Select(v => Svd.CountAbove(v, threshold)).DefaultIfEmpty().Max();
    }

    /// <summary>
    /// The reduced order: the smallest state that keeps a share of the squared singular values, summed over all steps.
    /// </summary>
    /// <param name="share">The share, in (0, 1].</param>
    public int ReducedOrder(double share)
    {
        if (!(share is > 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(share), $"the share is {share}; it must lie in (0, 1]");
        var largest = Largest;
        if (largest == 0) return 0;
        var energy = new double[Envelope.Length];
        foreach (var v in Values)
            for (var k = 0; k < v.Length; k++) energy[k] += v[k] / largest * (v[k] / largest);
        // What may be lost is added up from the smallest: a sum from the largest would swallow it.
        var lost = 0.0;
        var allowed = (1 - share) * energy.Sum();
        var order = energy.Length;
        while (order > 0 && lost + energy[order - 1] <= allowed) lost += energy[--order];
        return order;
    }
}
