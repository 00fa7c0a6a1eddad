namespace SsdForecast.Data;

/// <summary>The usual season lengths of each frequency, in steps.</summary>
internal static class SeasonTable
{
    private const long Hour = 3600, Day = 86400, Week = 7 * Day;

    public static IReadOnlyList<int> For(Frequency f)
    {
        long[] cycles = f.Unit switch
        {
            FrequencyUnit.Second => [Hour, Day],
            FrequencyUnit.Minute or FrequencyUnit.Hour => [Day, Week],
            FrequencyUnit.Day => [Week],
            _ => [],
        };
        var step = (long)f.NominalStep.TotalSeconds;
        int[] seasons = f.Unit switch
        {
            FrequencyUnit.Week => f.Count == 1 ? [52] : [],
            FrequencyUnit.Month or FrequencyUnit.Quarter => 12 % f.Months == 0 ? [12 / f.Months] : [],
            _ => [.. cycles.Where(c => c % step == 0).Select(c => (int)(c / step))],
        };
        seasons = [.. seasons.Where(s => s > 1)];
        return seasons.Length > 0 ? seasons : [1];
    }
}
