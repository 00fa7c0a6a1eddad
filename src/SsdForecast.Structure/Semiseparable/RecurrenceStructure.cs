namespace SsdForecast.Structure;

/// <summary>
/// The structure of a recurrence's matrix without forming the matrix, from square-root Gramians: O(T N³) time and O(T N²) memory, for any
/// length. Equal to <see cref="DenseStructure"/> of <see cref="LinearRecurrence.ToMatrix"/>, and better where entries of that underflow.
/// </summary>
public static class RecurrenceStructure
{
    /// <summary>Analyses a recurrence.</summary>
    /// <exception cref="ArgumentException">An option out of range.</exception>
    public static SemiseparableStructure Analyse(LinearRecurrence model, StructureOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new();
        options.Validate(model.Length);
        var scaling = options.Scaling ?? Scaling.Of(model);
        var profile = new ProfileBuilder(model.Length, options, scaling);
        var scaled = model.Scale(scaling);
        var readings = SquareRootGramians.Readings(scaled);
        var reached = SquareRootGramians.Zero(model.StateSize);
        var roundoff = SquareRootGramians.Roundoff(model.StateSize);
        var cancelled = Math.Max(roundoff, options.Tolerance ?? 0);
        for (var t = 0; t < model.Length; t++)
        {
            var carried = SquareRootGramians.Carried(scaled, t, reached);
            reached = SquareRootGramians.Reached(scaled, t, carried);
            var (before, termsBefore) = SquareRootGramians.Product(readings[t], carried);
            var (block, terms) = SquareRootGramians.Product(readings[t], reached);
            var beforeValues = Svd.Values(before);
            // A cut is a product whose every term vanishes, or cancels to what rounding leaves; decay alone never makes one.
            var cut = beforeValues[0] <= cancelled * termsBefore;
            profile.Add(t, Trimmed(Svd.Values(block), t, model.Length), beforeValues, roundoff * terms, cut);
        }

        return profile.Build();
    }

    // A block has no more singular values than it has rows or columns.
    private static double[] Trimmed(double[] values, int t, int length) => values[..Math.Min(values.Length, Math.Min(t + 1, length - t))];
}
