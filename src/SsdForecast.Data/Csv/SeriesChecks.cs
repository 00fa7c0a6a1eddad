namespace SsdForecast.Data;

/// <summary>Looks at loaded series for what should give pause.</summary>
internal static class SeriesChecks
{
    public static void WarnOfConstants(IReadOnlyList<Series> series, ReportBuilder report)
    {
        List<string> constant = [.. series.Where(IsConstant).Select(s => s.Id)];
        if (constant.Count > 0) report.Warn($"constant series, which are scaled by 1: {OneLine.List(constant)}");
    }

    private static bool IsConstant(Series s)
    {
        if (s.ObservedCount < 2) return false;
        var first = s.Values[s.FirstObserved];
        return s.Values.All(v => double.IsNaN(v) || v == first);
    }
}
