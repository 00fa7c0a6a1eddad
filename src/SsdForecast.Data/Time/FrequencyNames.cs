namespace SsdForecast.Data;

/// <summary>The names of frequency units: pandas' aliases, old and new.</summary>
internal static class FrequencyNames
{
    // M is a month and never a minute, as in pandas; lower-case m is refused because it is read both ways.
    private static readonly Dictionary<string, FrequencyUnit> ByName = new(StringComparer.Ordinal)
    {
        ["s"] = FrequencyUnit.Second, ["S"] = FrequencyUnit.Second, ["sec"] = FrequencyUnit.Second,
        ["min"] = FrequencyUnit.Minute, ["T"] = FrequencyUnit.Minute,
        ["h"] = FrequencyUnit.Hour, ["H"] = FrequencyUnit.Hour,
        ["D"] = FrequencyUnit.Day, ["d"] = FrequencyUnit.Day,
        ["W"] = FrequencyUnit.Week, ["w"] = FrequencyUnit.Week,
        ["MS"] = FrequencyUnit.Month, ["M"] = FrequencyUnit.Month, ["ME"] = FrequencyUnit.Month,
        ["QS"] = FrequencyUnit.Quarter, ["Q"] = FrequencyUnit.Quarter, ["QE"] = FrequencyUnit.Quarter,
        ["YS"] = FrequencyUnit.Year, ["Y"] = FrequencyUnit.Year, ["YE"] = FrequencyUnit.Year, ["A"] = FrequencyUnit.Year,
    };

    public static bool TryGetUnit(string name, out FrequencyUnit unit) => ByName.TryGetValue(name, out unit);

    public static string Of(FrequencyUnit unit) => unit switch
    {
        FrequencyUnit.Second => "s",
        FrequencyUnit.Minute => "min",
        FrequencyUnit.Hour => "h",
        FrequencyUnit.Day => "D",
        FrequencyUnit.Week => "W",
        FrequencyUnit.Month => "MS",
        FrequencyUnit.Quarter => "QS",
        FrequencyUnit.Year => "YS",
        _ => "ordinal",
    };
}
