using SsdForecast.Cli.Hosting;
using SsdForecast.Data;
using SsdForecast.Runtime;

namespace SsdForecast.Cli.Settings;

/// <summary>From settings to how a CSV file is read, and from a model to how its training file was read.</summary>
internal static class SchemaSettings
{
    /// <summary>Settings that a model folder keeps as text, besides its columns.</summary>
    private static readonly Setting[] Kept =
        [SettingTable.Frequency, SettingTable.TimeFormat, SettingTable.Missing, SettingTable.Gaps, SettingTable.Duplicates, SettingTable.Order, SettingTable.Delimiter, SettingTable.Decimal, SettingTable.Header];

    /// <summary>The schema of settings.</summary>
    public static CsvSchema Schema(SettingValues values) => new()
    {
        Layout = values.Choice<CsvLayout>(SettingTable.Layout) ?? CsvLayout.Auto,
        IdColumn = values.Text(SettingTable.Id),
        TimeColumn = values.Text(SettingTable.Time),
        TargetColumns = values.List(SettingTable.Target),
        PastCovariates = values.List(SettingTable.Past) ?? [],
        KnownCovariates = values.List(SettingTable.Known) ?? [],
        StaticCovariates = values.List(SettingTable.Static) ?? [],
        Frequency = values.Has(SettingTable.Frequency) ? values.Parsed(SettingTable.Frequency, Frequency.Parse) : null,
        Spacing = values.Choice<Spacing>(SettingTable.Spacing) ?? Spacing.Auto,
        TimeFormat = values.Text(SettingTable.TimeFormat),
        MissingText = [.. CsvSchema.DefaultMissingText, .. values.List(SettingTable.Missing) ?? []],
        Gaps = values.Choice<GapPolicy>(SettingTable.Gaps) ?? GapPolicy.Fill,
        Duplicates = values.Choice<DuplicatePolicy>(SettingTable.Duplicates) ?? DuplicatePolicy.KeepFirst,
        Order = values.Choice<OrderPolicy>(SettingTable.Order) ?? OrderPolicy.Sort,
        Delimiter = Delimiter(values),
        DecimalSeparator = (values.Choice(SettingTable.Decimal) ?? ".")[0],
        HasHeader = values.Flag(SettingTable.Header) ?? true,
    };

    /// <summary>What a model keeps of them as text.</summary>
    public static IReadOnlyDictionary<string, string> ReadOptions(SettingValues values)
        => Kept.Where(values.Has).ToDictionary(s => s.Key, s => string.Join(',', values.List(s)!));

    /// <summary>The settings that read a file like the one a model was trained on.</summary>
    public static SettingValues Of(Preprocessor preprocessor, string model)
    {
        var values = new SettingValues();
        var place = Path.Combine(model, ModelFolder.PreprocessorFile);
        void Set(Setting setting, IReadOnlyList<string> texts)
        {
            if (texts.Count > 0) values.Set(setting, texts, $"{place}: {setting.Key}");
        }

        Set(SettingTable.Layout, Texts(preprocessor.Layout));
        Set(SettingTable.Id, Texts(preprocessor.IdColumn));
        Set(SettingTable.Time, Texts(preprocessor.TimeColumn));
        Set(SettingTable.Target, preprocessor.TargetColumns);
        Set(SettingTable.Past, preprocessor.PastCovariates);
        Set(SettingTable.Known, preprocessor.KnownCovariates);
        Set(SettingTable.Static, preprocessor.StaticCovariates);
        // A model of rows without times may come from a file that numbers them: only if it was told are the times passed over.
        if (preprocessor is { HasTimestamps: true, IsRegular: true }) Set(SettingTable.Frequency, [preprocessor.Frequency!.Value.ToString()]);
        if (!preprocessor.IsRegular) Set(SettingTable.Spacing, ["irregular"]);
        foreach (var setting in Kept)
            if (preprocessor.ReadOptions.TryGetValue(setting.Key, out var text)) Set(setting, setting.Kind == SettingKind.List ? text.Split(',') : [text]);
        return values;
    }

    private static string[] Texts(string? text) => string.IsNullOrEmpty(text) ? [] : [text];

    private static char? Delimiter(SettingValues values) => values.Text(SettingTable.Delimiter) switch
    {
        null => null,
        "tab" or "\\t" => '\t',
        { Length: 1 } one => one[0],
        var other => throw values.Wrong(SettingTable.Delimiter, $"'{other}' is not one character; write ',', ';', '|' or tab"),
    };
}
