namespace SsdForecast.Structure;

/// <summary>Collects the singular values of the two blocks of every row into a <see cref="SemiseparableStructure"/>.</summary>
internal sealed class ProfileBuilder
{
    private readonly Scaling _scaling;
    private readonly int _length;
    private readonly double[] _tolerances;
    private readonly int[][] _rank;
    private readonly int[][] _before;
    private readonly double[][] _values;
    private readonly List<int> _cuts = [];

    public ProfileBuilder(int length, StructureOptions options, Scaling scaling)
    {
        (_length, _scaling) = (length, scaling);
        _tolerances = [options.ToleranceFor(length), .. options.RankTolerances];
        _rank = [.. _tolerances.Select(_ => new int[length])];
        _before = [.. _tolerances.Select(_ => new int[length])];
        _values = new double[length][];
    }

    /// <summary>One row.</summary>
    /// <param name="values">Singular values of <c>M[t:, :t+1]</c>.</param>
    /// <param name="before">Singular values of <c>M[t:, :t]</c>.</param>
    /// <param name="roundoff">What rounding alone may have left in a singular value.</param>
    /// <param name="cut">Whether <c>M[t:, :t] = 0</c>.</param>
    public void Add(int t, double[] values, ReadOnlySpan<double> before, double roundoff, bool cut)
    {
        _values[t] = values;
        if (t > 0 && cut) _cuts.Add(t);
        for (var k = 0; k < _tolerances.Length; k++)
        {
            var threshold = Math.Max(_tolerances[k] * values.FirstOrDefault(), roundoff);
            _rank[k][t] = Svd.CountAbove(values, threshold);
            // The smaller block's singular values interlace the larger one's; rounding must not make the difference anything but 0 or 1.
            if (t > 0 && !cut) _before[k][t] = Math.Clamp(Svd.CountAbove(before, threshold), Math.Max(0, _rank[k][t] - 1), _rank[k][t]);
        }
    }

    public SemiseparableStructure Build()
    {
        RankProfile[] profiles = [.. _tolerances.Select((tolerance, k) => new RankProfile(tolerance, _rank[k], _before[k]))];
        return new SemiseparableStructure
        {
            Length = _length,
            Scaling = _scaling,
            Exact = profiles[0],
            Approximate = profiles[1..],
            Cuts = _cuts,
            SingularValues = _values,
        };
    }
}
