using System.Text;

namespace SsdForecast.Data;

/// <summary>Finds the form in which a column writes times, from a sample of its cells.</summary>
internal static class TimeFormDetector
{
    private static readonly TimeFormKind[] TextKinds = [TimeFormKind.YearFirst, TimeFormKind.Quarter, TimeFormKind.DayFirst, TimeFormKind.MonthFirst];

    private const double LeastEpochSeconds = 1e8;
    private const double LeastEpochMilliseconds = 1e11;
    private const double MostEpochMilliseconds = 1e14;

    /// <summary>The forms that read every cell and are not numbers: a column of these is a time column whatever its name.</summary>
    public static IReadOnlyList<TimeFormKind> OfText(IReadOnlyList<string> cells) =>
        cells.Count == 0 ? [] : [.. TextKinds.Where(k => ReadsAll(k, cells))];

    /// <summary>As <see cref="OfText"/>, then the forms that are numbers, then the form of most cells; for a column known to hold times.</summary>
    public static IReadOnlyList<TimeFormKind> OfTimes(IReadOnlyList<string> cells)
    {
        var text = OfText(cells);
        if (text.Count > 0 || cells.Count == 0) return text;
        var numbers = OfNumbers(cells);
        return numbers.Count > 0 ? numbers : OfMost(cells);
    }

    /// <summary>As <see cref="OfTimes(IReadOnlyList{string})"/>; where it finds dates with the year last, their order is the one told, if one is.</summary>
    public static IReadOnlyList<TimeFormKind> OfTimes(IReadOnlyList<string> cells, TimeFormKind? order)
    {
        var kinds = OfTimes(cells);
        return order is { } told && kinds.Any(k => TimeForm.OrderName(k) is not null) ? [told] : kinds;
    }

    // One bad cell must be an error at its place and not hide the form of the others.
    private static IReadOnlyList<TimeFormKind> OfMost(IReadOnlyList<string> cells) =>
        [.. TextKinds.Append(TimeFormKind.Year).Append(TimeFormKind.Compact).Where(k => 2 * Count(k, cells) > cells.Count).Take(1)];

    private static IReadOnlyList<TimeFormKind> OfNumbers(IReadOnlyList<string> cells)
    {
        if (ReadsAll(TimeFormKind.Year, cells)) return [TimeFormKind.Year];
        if (ReadsAll(TimeFormKind.Compact, cells)) return [TimeFormKind.Compact];
        var numbers = cells.Select(c => double.TryParse(c, System.Globalization.CultureInfo.InvariantCulture, out var v) ? v : double.NaN).ToList();
        if (numbers.Any(double.IsNaN)) return [];
        if (numbers.All(v => v is >= LeastEpochSeconds and < LeastEpochMilliseconds)) return [TimeFormKind.EpochSeconds];
        if (numbers.All(v => v is >= LeastEpochMilliseconds and < MostEpochMilliseconds)) return [TimeFormKind.EpochMilliseconds];
        return numbers.All(v => v < LeastEpochSeconds) && ReadsAll(TimeFormKind.RowNumber, cells) ? [TimeFormKind.RowNumber] : [];
    }

    private static bool ReadsAll(TimeFormKind kind, IReadOnlyList<string> cells) => Count(kind, cells) == cells.Count;

    private static int Count(TimeFormKind kind, IReadOnlyList<string> cells)
    {
        var form = new TimeForm(kind);
        return cells.Count(c => form.TryRead(Encoding.UTF8.GetBytes(c), out _));
    }
}
