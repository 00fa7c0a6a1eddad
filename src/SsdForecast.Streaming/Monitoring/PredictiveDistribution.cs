namespace SsdForecast.Streaming;

/// <summary>
/// The distribution that a row of quantiles stands for: straight lines between the quantiles, generalised Pareto tails beyond them.
/// </summary>
public readonly ref struct PredictiveDistribution
{
    private readonly ReadOnlySpan<double> _levels;
    private readonly ReadOnlySpan<double> _quantiles;
    private readonly double _shape;

    /// <summary>The distribution of a row of quantiles.</summary>
    /// <param name="levels">Levels in (0, 1), ascending; the single level 0.5 for a point forecast.</param>
    /// <param name="quantiles">One a level, ascending.</param>
    /// <param name="lowerUnit">Mean excess below the lowest quantile, positive.</param>
    /// <param name="upperUnit">Mean excess above the highest quantile, positive.</param>
    /// <param name="shape">ξ of the tails, in [0, 1); 0 is exponential.</param>
    public PredictiveDistribution(ReadOnlySpan<double> levels, ReadOnlySpan<double> quantiles, double lowerUnit, double upperUnit, double shape)
    {
        _levels = levels;
        _quantiles = quantiles;
        _shape = shape;
        LowerUnit = lowerUnit;
        UpperUnit = upperUnit;
    }

    /// <summary>Mean excess below the lowest quantile.</summary>
    public double LowerUnit { get; }

    /// <summary>Mean excess above the highest quantile.</summary>
    public double UpperUnit { get; }

    /// <summary>
    /// Mean excess of an exponential tail through the outermost quantile of one side and the one nearest the median; at least a thousandth of
    /// <paramref name="scale"/>, and <paramref name="scale"/> itself where there is one quantile only. Two neighbours at the edge would tell more of the tail
    /// if they were right; tracked ones come close to each other now and then, and p-values would be of nothing.
    /// </summary>
    /// <param name="upper">The tail above, or the one below.</param>
    /// <param name="scale">Scale of the values, positive.</param>
    public static double TailUnit(ReadOnlySpan<double> levels, ReadOnlySpan<double> quantiles, bool upper, double scale)
    {
        if (levels.Length == 1) return scale;
        var (outer, inner) = upper ? (levels.Length - 1, levels.Length - 2) : (0, 1);
        for (var i = 0; i < levels.Length; i++)
            if (i != outer && Math.Abs(levels[i] - 0.5) < Math.Abs(levels[inner] - 0.5)) inner = i;
        var (tail, body) = upper ? (1 - levels[outer], 1 - levels[inner]) : (levels[outer], levels[inner]);
        return Math.Max(Math.Abs(quantiles[outer] - quantiles[inner]) / Math.Log(body / tail), 1e-3 * scale);
    }

    /// <summary>The probabilities of a value at most this and at least this; both tails are exact where they are tiny.</summary>
    public (double AtMost, double AtLeast) Tails(double value)
    {
        var last = _quantiles.Length - 1;
        if (value < _quantiles[0])
        {
            var below = _levels[0] * Survival((_quantiles[0] - value) / LowerUnit);
            return (below, 1 - below);
        }

        if (value > _quantiles[last])
        {
            var above = (1 - _levels[last]) * Survival((value - _quantiles[last]) / UpperUnit);
            return (1 - above, above);
        }

        // Where several quantiles are one value, the value stands for the middle of their levels.
        var (first, end) = (0, last);
        while (_quantiles[first] < value) first++;
        while (_quantiles[end] > value) end--;
        var at = first <= end
            ? (_levels[first] + _levels[end]) / 2
            : _levels[end] + ((_levels[first] - _levels[end]) * (value - _quantiles[end]) / (_quantiles[first] - _quantiles[end]));
        return (at, 1 - at);
    }

    /// <summary>Two-sided p-value, in (0, 1].</summary>
    public double PValue(double value)
    {
        var (below, above) = Tails(value);
        return Math.Clamp(2 * Math.Min(below, above), double.Epsilon, 1);
    }

    /// <summary>P(excess &gt; e · mean excess) of a generalised Pareto distribution of mean excess 1.</summary>
    private double Survival(double excess)
        => _shape == 0 ? Math.Exp(-excess) : Math.Pow(1 + (_shape * excess / (1 - _shape)), -1 / _shape);
}
