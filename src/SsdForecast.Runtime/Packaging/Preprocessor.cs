using System.Text.Json.Serialization;
using SsdForecast.Data;

namespace SsdForecast.Runtime;

/// <summary>
/// How rows become numbers, <c>preprocessor.json</c>: what was fitted on the training rows and must be the same in serving
/// (<c>docs/model.md</c> section 1).
/// </summary>
public sealed record Preprocessor
{
    /// <summary>The key of the scaler that an unknown series takes.</summary>
    public const string DefaultSeries = "default";

    /// <summary>A scaler for each series of the training data by id, and <see cref="DefaultSeries"/> for every other one.</summary>
    public required IReadOnlyDictionary<string, Scaler> SeriesScalers { get; init; }

    /// <summary>A scaler for each covariate column by name: past, known and static ones.</summary>
    public IReadOnlyDictionary<string, Scaler> CovariateScalers { get; init; } = new Dictionary<string, Scaler>();

    /// <summary>Layout of the training file: <c>long</c>, <c>wide_columns</c>, <c>wide_rows</c>; empty if there was no file.</summary>
    public string Layout { get; init; } = "";

    /// <summary>Name of the column with series ids, if there is one.</summary>
    public string? IdColumn { get; init; }

    /// <summary>Name of the column with times, if there is one.</summary>
    public string? TimeColumn { get; init; }

    /// <summary>Names of the target columns; several in a wide file.</summary>
    public IReadOnlyList<string> TargetColumns { get; init; } = [];

    /// <summary>
    /// How else the training file was read, where it was told: names and texts as in the <c>data</c> section of a configuration, such as <c>time_format</c>,
    /// which also holds the order of day and month where the file showed it.
    /// </summary>
    public IReadOnlyDictionary<string, string> ReadOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>Names of the past covariates, in the order of the model's input.</summary>
    public IReadOnlyList<string> PastCovariates { get; init; } = [];

    /// <summary>Names of the known covariates, in the order of the model's input.</summary>
    public IReadOnlyList<string> KnownCovariates { get; init; } = [];

    /// <summary>Names of the static covariates, in the order of the model's input.</summary>
    public IReadOnlyList<string> StaticCovariates { get; init; } = [];

    /// <summary>The step of a regular series; of unit ordinal without timestamps; null for an irregular series.</summary>
    public Frequency? Frequency { get; init; }

    /// <summary>The median step of the training rows, the unit <c>Δ</c> of elapsed time; zero without timestamps.</summary>
    public TimeSpan Step { get; init; }

    /// <summary>Season length in steps that the baselines use; 1 for none.</summary>
    public int Season { get; init; } = 1;

    /// <summary>Whether rows have times.</summary>
    [JsonIgnore]
    public bool HasTimestamps => Frequency?.Unit != FrequencyUnit.Ordinal;

    /// <summary>Whether steps are equal (in time, in the calendar or in number).</summary>
    [JsonIgnore]
    public bool IsRegular => Frequency is not null;

    /// <summary>The scaler of a series: its own, or that of <see cref="DefaultSeries"/> if the training data did not have it.</summary>
    public Scaler ScalerOf(string seriesId)
    {
        ArgumentNullException.ThrowIfNull(seriesId);
        return SeriesScalers.TryGetValue(seriesId, out var scaler) ? scaler : SeriesScalers[DefaultSeries];
    }

    /// <summary>The scaler of a covariate column.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public Scaler CovariateScalerOf(string column) => CovariateScalers[column];

    /// <summary>Checks every value, against the model as well.</summary>
    /// <param name="config">The model that this belongs to.</param>
    /// <exception cref="ArgumentException">A value out of range; the message is one line and begins with its key.</exception>
    public void Validate(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        Require.That(SeriesScalers is not null && SeriesScalers.ContainsKey(DefaultSeries), "series_scalers", $"the scaler '{DefaultSeries}' is missing");
        CheckScalers("series_scalers", SeriesScalers!);
        CheckScalers("covariate_scalers", CovariateScalers);
        CheckNames("past_covariates", PastCovariates, config.PastCovariates);
        CheckNames("known_covariates", KnownCovariates, config.KnownCovariates);
        CheckNames("static_covariates", StaticCovariates, config.StaticCovariates);
        Require.That(HasTimestamps || config.Calendar.Count == 0, "frequency", "an ordinal index has no calendar, but config.json names calendar cycles");
        Require.That(!config.ElapsedTime || (HasTimestamps && Step > TimeSpan.Zero), "step", "elapsed_time needs timestamps and a positive step");
        Require.Range("season", Season, 1, 10_000_000);
    }

    private static void CheckScalers(string key, IReadOnlyDictionary<string, Scaler> scalers)
    {
        foreach (var (name, s) in scalers)
            Require.That(double.IsFinite(s.Mean) && double.IsFinite(s.Std) && s.Std > 0, $"{key}.{name}", "mean and std must be finite and std positive");
    }

    private void CheckNames(string key, IReadOnlyList<string> names, int count)
    {
        Require.That(names is not null && names.Count == count, key, $"{names?.Count ?? 0} names, but config.json has {count}");
        Require.That(names!.All(CovariateScalers.ContainsKey), key, "a column has no scaler in covariate_scalers");
        Require.That(names!.Distinct(StringComparer.Ordinal).Count() == count, key, "a name occurs twice");
    }
}
