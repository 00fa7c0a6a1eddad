using System.Text.Json.Serialization;

namespace SsdForecast.Data;

/// <summary>The accuracy of one model, a row of a table of models. NaN where nothing was observed.</summary>
public sealed record MetricRow
{
    /// <summary>The model.</summary>
    public required string Model { get; init; }

    /// <summary>Mean absolute scaled error; the mean over series that can be scaled.</summary>
    public double Mase { get; init; }

    /// <summary>Series that are left out of <see cref="Mase"/>, since their training rows are flat or fewer than a season.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int UnscaledSeries { get; init; }

    /// <summary>Symmetric mean absolute percentage error, in percent from 0 to 200.</summary>
    public double Smape { get; init; }

    /// <summary>Continuous ranked probability score in raw units, from quantiles.</summary>
    public double Crps { get; init; }

    /// <summary>The fraction of actual values within the central interval; NaN for a point model.</summary>
    public double Coverage { get; init; }

    /// <summary>Mean squared error in raw units squared.</summary>
    public double Mse { get; init; }

    /// <summary>Mean absolute error in raw units.</summary>
    public double Mae { get; init; }

    /// <summary>What the coverage should be: the outermost quantile level above less the one below, such as 0.9; NaN for a point model.</summary>
    public double CoverageLevel { get; init; }
}
