using SsdForecast.Data;

namespace SsdForecast.Reports;

/// <summary>
/// What a report is made of. Only a title and the forecasts of one model are needed; every section appears when there is something to put in it.
/// </summary>
public sealed record ReportInput
{
    /// <summary>The heading, such as the name of the data.</summary>
    public required string Title { get; init; }

    /// <summary>The model that the report is about, and then the baselines it is held against.</summary>
    public required IReadOnlyList<ModelForecasts> Models { get; init; }

    /// <summary>The series that were forecast, as long as they are known; their rows are numbered as <see cref="Forecast.Origin"/> is. Drawn before each forecast.</summary>
    public IReadOnlyList<Series> History { get; init; } = [];

    /// <summary>The table of metrics. Empty: computed from <see cref="Models"/> and <see cref="History"/>, where there are actual values.</summary>
    public IReadOnlyList<MetricRow> Metrics { get; init; } = [];

    /// <summary>Errors by lead time. Empty: computed from <see cref="Models"/>, in units of the series' naive error when there are several series.</summary>
    public IReadOnlyList<LeadErrors> ErrorsByLead { get; init; } = [];

    /// <summary>What <see cref="ErrorsByLead"/> is measured in, when it is given.</summary>
    public string? ErrorsByLeadUnit { get; init; }

    /// <summary>Rows of a season, for the naive error that scales errors of different series; 1: the error of repeating the last value.</summary>
    public int Season { get; init; } = 1;

    /// <summary>The scale of each series' errors, as in the MASE. Null, or a series not in it: from the rows of <see cref="History"/> up to its first origin.</summary>
    public IReadOnlyDictionary<string, double>? ErrorScales { get; init; }

    /// <summary>The quantity that is forecast, such as <c>Demand</c>.</summary>
    public string? Quantity { get; init; }

    /// <summary>Its unit, such as <c>MW</c>.</summary>
    public string? Unit { get; init; }

    /// <summary>Rows drawn before a forecast; null: three horizons, within 24 and 400.</summary>
    public int? Lookback { get; init; }

    /// <summary>The data summary. Empty: from <see cref="History"/>. <see cref="DataSummary"/> makes one from a loaded table.</summary>
    public IReadOnlyList<Fact> Data { get; init; } = [];

    /// <summary>What should give pause about the data, one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The model card: architecture, parameters, training time, seed, versions.</summary>
    public IReadOnlyList<Fact> ModelCard { get; init; } = [];

    /// <summary>How to make this report again: command lines.</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];

    /// <summary>When the report was made; null: not told, so that equal input gives equal bytes.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>Refuses what cannot be drawn.</summary>
    /// <exception cref="ArgumentException">There is no model, or forecasts and actual values do not fit together.</exception>
    internal void Validate()
    {
        if (Models.Count == 0) throw new ArgumentException("a report needs the forecasts of at least one model");
        foreach (var model in Models)
        {
            foreach (var (forecast, actual) in model.Forecasts)
            {
                var place = $"model “{model.Model}”, series “{PlainText.Clean(forecast.SeriesId, 60)}”, origin {forecast.Origin}";
                if (actual.Length != forecast.Horizon) throw new ArgumentException($"{place}: {actual.Length} actual values for {forecast.Horizon} lead times");
                if (forecast.Levels.Count != forecast.Values.GetLength(1)) throw new ArgumentException($"{place}: {forecast.Levels.Count} levels for {forecast.Values.GetLength(1)} quantiles");
                if (forecast.Times.Count != 0 && forecast.Times.Count != forecast.Horizon) throw new ArgumentException($"{place}: {forecast.Times.Count} times for {forecast.Horizon} lead times");
            }
        }
        if (Season < 1) throw new ArgumentException($"the season is {Season} rows; it must be at least 1");
        if (Lookback is < 0) throw new ArgumentException($"the lookback is {Lookback} rows; it must be at least 0");
    }
}
