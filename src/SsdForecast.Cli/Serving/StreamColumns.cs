using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Settings;
using SsdForecast.Runtime;

namespace SsdForecast.Cli.Serving;

/// <summary>Which of the settings of a file have a meaning for events, and why the others have none.</summary>
internal static class StreamColumns
{
    private const string OfTraining = "the covariates are those that the model was trained with";

    /// <summary>What may be said of events over what the model remembers of its training file.</summary>
    public static IReadOnlyList<Setting> Used { get; } =
    [
        AsTrained(SettingTable.Id, ", or unique_id"),
        AsTrained(SettingTable.Time, ", or ds"),
        AsTrained(SettingTable.Target, ", or y"),
        AsTrained(SettingTable.TimeFormat),
        SettingTable.Missing,
        SettingTable.Delimiter,
        AsTrained(SettingTable.Decimal),
    ];

    /// <summary>What a loader of files knows and a stream has no use for; with what it does instead.</summary>
    public static IReadOnlyDictionary<Setting, string> Refused { get; } = new Dictionary<Setting, string>
    {
        [SettingTable.Past] = OfTraining,
        [SettingTable.Known] = OfTraining,
        [SettingTable.Static] = OfTraining,
        [SettingTable.Layout] = "a stream takes the layout of the training file, or unique_id, ds, y",
        [SettingTable.Frequency] = "the step is that of the training file; --off-grid says what becomes of times beside it",
        [SettingTable.Spacing] = "the spacing is that of the training file; --off-grid says what becomes of times beside a regular grid",
        [SettingTable.Gaps] = "a stream takes skipped steps as missing values",
        [SettingTable.Duplicates] = "an event whose time was taken is refused as not after it; see --sequence",
        [SettingTable.Order] = "events cannot be sorted before they come; see --late",
        [SettingTable.Header] = "the first line of a CSV stream names its columns; name them there",
    };

    /// <summary>Refuses what the form of the events or the model gives no meaning.</summary>
    /// <exception cref="CommandException">An option of no use.</exception>
    public static void Require(SettingValues given, Preprocessor preprocessor, bool readsJson)
    {
        foreach (var (setting, why) in Refused)
            if (given.Has(setting)) throw given.Wrong(setting, $"of no use to a stream: {why}; leave it out");
        if (readsJson && given.Has(SettingTable.Delimiter)) throw given.Wrong(SettingTable.Delimiter, "JSON lines have no delimiter; leave it out, or pass --format csv");
        if (preprocessor.HasTimestamps) return;
        foreach (var setting in new[] { SettingTable.Time, SettingTable.TimeFormat })
            if (given.Has(setting)) throw given.Wrong(setting, "the model was trained without timestamps and reads none; leave it out");
    }

    private static Setting AsTrained(Setting setting, string or = "") => setting with { Default = "as in the training file" + or };
}
