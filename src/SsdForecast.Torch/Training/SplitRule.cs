using System.Globalization;
using SsdForecast.Data;

namespace SsdForecast.Torch.Training;

/// <summary>
/// How each series is cut into training, validation and test rows, written as text: <c>0.7/0.1/0.2</c> (fractions), <c>last:96/192</c> (that many
/// validation and test rows at the end), <c>ett</c> or <c>ltsf</c> (the published splits, <see cref="Splits"/>).
/// </summary>
public sealed record SplitRule
{
    private readonly Func<Series, Split> _cut;

    private SplitRule(string text, Func<Series, Split> cut)
    {
        Text = text;
        _cut = cut;
    }

    /// <summary>Seventy per cent for training, ten for validation, twenty for test.</summary>
    public static SplitRule Default { get; } = Parse("0.7/0.1/0.2");

    /// <summary>The rule as written.</summary>
    public string Text { get; }

    /// <summary>Reads a rule.</summary>
    /// <exception cref="FormatException">Not a rule; the message shows the forms.</exception>
    public static SplitRule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        switch (text.ToLowerInvariant())
        {
            case "ett":
                return new SplitRule("ett", s => Splits.Ett(s.Index.Frequency ?? throw new DataException($"the split 'ett' needs regular timestamps; series '{s.Id}' is irregular")));
            case "ltsf":
                return new SplitRule("ltsf", s => Splits.Ltsf(s.Count));
        }

        if (text.StartsWith("last:", StringComparison.OrdinalIgnoreCase)
            && Numbers(text[5..]) is [var validation, var test] && validation >= 0 && test >= 0 && validation % 1 == 0 && test % 1 == 0)
            return new SplitRule(text, s => Splits.LastRows(s.Count, (int)validation, (int)test));
        if (Numbers(text) is [var train, var val, var rest] && train > 0 && val >= 0 && rest >= 0 && Math.Abs(train + val + rest - 1) < 1e-6)
            return new SplitRule(text, s => Splits.Fractions(s.Count, train, val));
        throw new FormatException($"'{text}' is not a split; write 0.7/0.1/0.2 (fractions that add up to 1), last:96/192 (validation and test rows), ett or ltsf");
    }

    /// <summary>Cuts a series. A series too short to be cut is training rows throughout.</summary>
    public Split Cut(Series series)
    {
        ArgumentNullException.ThrowIfNull(series);
        Split split;
        try
        {
            split = _cut(series);
        }
        catch (ArgumentOutOfRangeException)
        {
            return new Split(series.Count, series.Count, series.Count);
        }
        if (split.TestEnd > series.Count)
            throw new DataException($"the split '{Text}' needs {split.TestEnd} rows; series '{series.Id}' has {series.Count}");
        return split;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static double[]? Numbers(string text)
    {
        var parts = text.Split('/');
        var numbers = new double[parts.Length];
        for (var i = 0; i < parts.Length; i++)
            if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i])) return null;
        return numbers;
    }
}
