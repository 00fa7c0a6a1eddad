namespace SsdForecast.Data;

/// <summary>The series of one data set, in the order of their first appearance, with the covariate columns that all of them have.</summary>
public sealed class SeriesTable
{
    private readonly Dictionary<string, Series> _byId = new(StringComparer.Ordinal);

    /// <summary>A table of the given series.</summary>
    /// <param name="series">At least one; ids differ; all have the same covariate and static columns.</param>
    /// <param name="report">How they were loaded.</param>
    /// <param name="source">The file they came from.</param>
    /// <exception cref="ArgumentException">No series, two with one id, or differing columns.</exception>
    public SeriesTable(IReadOnlyList<Series> series, LoadReport? report = null, string? source = null)
        : this(series, null, null, report, source)
    {
    }

    internal SeriesTable(IReadOnlyList<Series> series, IReadOnlyList<string>? covariates, IReadOnlyList<string>? statics, LoadReport? report, string? source)
    {
        ArgumentNullException.ThrowIfNull(series);
        if (series.Count == 0) throw new ArgumentException("A table holds at least one series.", nameof(series));
        Series = series;
        CovariateNames = covariates ?? [.. series[0].Covariates.Keys.Order(StringComparer.Ordinal)];
        StaticNames = statics ?? [.. series[0].Statics.Keys.Order(StringComparer.Ordinal)];
        Report = report ?? LoadReport.Empty;
        Source = source;
        foreach (var s in series)
        {
            if (!_byId.TryAdd(s.Id, s)) throw new ArgumentException($"Two series are named '{s.Id}'.", nameof(series));
            if (!SameNames(s.Covariates.Keys, CovariateNames) || !SameNames(s.Statics.Keys, StaticNames))
                throw new ArgumentException($"Series '{s.Id}' has other covariates than series '{series[0].Id}'.", nameof(series));
        }
    }

    /// <summary>The series, at least one.</summary>
    public IReadOnlyList<Series> Series { get; }

    /// <summary>Names of the covariate columns, in the order of the schema: past covariates and then known ones.</summary>
    public IReadOnlyList<string> CovariateNames { get; }

    /// <summary>Names of the static covariates, in the order of the schema.</summary>
    public IReadOnlyList<string> StaticNames { get; }

    /// <summary>What the loader read, detected and repaired.</summary>
    public LoadReport Report { get; }

    /// <summary>The file the series came from; null when they came from memory.</summary>
    public string? Source { get; }

    /// <summary>The frequency all series share; null when they are irregular events.</summary>
    public Frequency? Frequency => Series[0].Index.Frequency;

    /// <summary>The series named <paramref name="id"/>.</summary>
    /// <exception cref="KeyNotFoundException">There is none; the message names one that is near.</exception>
    public Series this[string id] => _byId.TryGetValue(id, out var series)
        ? series
        : throw new KeyNotFoundException($"There is no series '{id}' among {Series.Count}{(NearestName.Of(id, _byId.Keys) is { } near ? $"; the nearest name is '{near}'" : "")}.");

    /// <summary>Looks for a series by name.</summary>
    public bool TryGet(string id, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Series? series) => _byId.TryGetValue(id, out series);

    private static bool SameNames(IEnumerable<string> names, IReadOnlyList<string> expected) => names.ToHashSet(StringComparer.Ordinal).SetEquals(expected);
}
