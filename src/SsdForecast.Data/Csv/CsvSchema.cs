namespace SsdForecast.Data;

/// <summary>
/// How to read a CSV file. Everything has a default; what is not named is detected by unambiguous rules, and the
/// <see cref="LoadReport"/> states what was found. Column names are matched with surrounding spaces removed, case and all.
/// </summary>
public sealed record CsvSchema
{
    /// <summary>The text that stands for a missing value by default, in any case: nothing, NA, N/A, #N/A, NaN, null, None, ?, - and a lone dot.</summary>
    public static IReadOnlyList<string> DefaultMissingText { get; } = ["", "NA", "N/A", "#N/A", "NaN", "null", "None", "?", "-", "."];

    /// <summary>How series are laid out.</summary>
    public CsvLayout Layout { get; init; } = CsvLayout.Auto;

    /// <summary>The column that names the series (long and wide rows). Default: one named unique_id, series_id, item_id, series or id.</summary>
    public string? IdColumn { get; init; }

    /// <summary>The column of times. Default: one named date, ds, time, timestamp or datetime, else the only column that holds times.</summary>
    public string? TimeColumn { get; init; }

    /// <summary>The columns to forecast. Default: of a long file y, value or target, else the only numeric column; of a wide file every numeric column.</summary>
    public IReadOnlyList<string>? TargetColumns { get; init; }

    /// <summary>Covariates that are known up to the present, in the order the model sees them.</summary>
    public IReadOnlyList<string> PastCovariates { get; init; } = [];

    /// <summary>Covariates that are known for the future too, such as forecasts and holidays. Rows that have only these, at the end, are kept as the future.</summary>
    public IReadOnlyList<string> KnownCovariates { get; init; } = [];

    /// <summary>Covariates that are the same in every row of a series.</summary>
    public IReadOnlyList<string> StaticCovariates { get; init; } = [];

    /// <summary>The frequency. Default: inferred. <see cref="FrequencyUnit.Ordinal"/> ignores times and numbers the rows.</summary>
    public Frequency? Frequency { get; init; }

    /// <summary>Whether rows lie on a grid or are events.</summary>
    public Spacing Spacing { get; init; } = Spacing.Auto;

    /// <summary>What to do about missing times.</summary>
    public GapPolicy Gaps { get; init; } = GapPolicy.Fill;

    /// <summary>What to do about repeated times.</summary>
    public DuplicatePolicy Duplicates { get; init; } = DuplicatePolicy.KeepFirst;

    /// <summary>What to do about rows out of order.</summary>
    public OrderPolicy Order { get; init; } = OrderPolicy.Sort;

    /// <summary>
    /// The form of times: a .NET date pattern such as <c>dd/MM/yyyy HH:mm</c>, or <c>unix_s</c> or <c>unix_ms</c>; or <c>day_first</c> or
    /// <c>month_first</c>, which only say how to read dates such as <c>1/2/2020</c> and leave the rest to be detected. Default: detected; such dates that
    /// nothing in the file decides are refused.
    /// </summary>
    public string? TimeFormat { get; init; }

    /// <summary>Cell texts, besides nothing, that mean a missing value; compared without case. Default <see cref="DefaultMissingText"/>.</summary>
    public IReadOnlyList<string> MissingText { get; init; } = DefaultMissingText;

    /// <summary>The cell delimiter. Default: detected among comma, semicolon, tab and bar.</summary>
    public char? Delimiter { get; init; }

    /// <summary>The decimal separator, <c>.</c> or <c>,</c>. Never detected. Numbers have no thousands separators.</summary>
    public char DecimalSeparator { get; init; } = '.';

    /// <summary>Whether the first line names the columns. Without names they are V1, V2, ….</summary>
    public bool HasHeader { get; init; } = true;
}
