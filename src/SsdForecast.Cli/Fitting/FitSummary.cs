using System.Globalization;
using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Torch.Evaluation;
using SsdForecast.Torch.Forecasters;

namespace SsdForecast.Cli.Fitting;

/// <summary>What <c>fit --json</c> prints.</summary>
internal sealed record FitSummary
{
    public required string Model { get; init; }
    public required ForecasterKind Kind { get; init; }
    public required int Series { get; init; }
    public required int Horizon { get; init; }
    public required int Lookback { get; init; }
    public required IReadOnlyList<double> Quantiles { get; init; }
    public required long Parameters { get; init; }
    public required string Device { get; init; }
    public required int Processes { get; init; }
    public required int Epochs { get; init; }
    public required int BestEpoch { get; init; }
    public required double Seconds { get; init; }
    public required double SamplesPerSecond { get; init; }
    public required string Split { get; init; }
    public required int Season { get; init; }
    public required int Forecasts { get; init; }
    public required IReadOnlyList<MetricRow> Metrics { get; init; }

    public static FitSummary Of(string folder, Forecaster forecaster, BacktestResult? scored) => new()
    {
        Model = folder,
        Kind = forecaster.Config.Kind,
        Series = forecaster.Training.SeriesCount,
        Horizon = forecaster.Config.Horizon,
        Lookback = forecaster.Config.Lookback,
        Quantiles = forecaster.Config.Quantiles,
        Parameters = forecaster.Training.Parameters,
        Device = forecaster.Training.Device,
        Processes = int.Parse(forecaster.Training.Options.GetValueOrDefault("processes", "1"), CultureInfo.InvariantCulture),
        Epochs = forecaster.Training.Epochs,
        BestEpoch = forecaster.Training.BestEpoch,
        Seconds = forecaster.Training.Duration.TotalSeconds,
        SamplesPerSecond = double.Parse(forecaster.Training.Options.GetValueOrDefault("samples_per_second", "0"), CultureInfo.InvariantCulture),
        Split = forecaster.Training.Options.GetValueOrDefault("split", ""),
        Season = forecaster.Preprocessor.Season,
        Forecasts = scored?.Models[0].Forecasts.Count ?? 0,
        Metrics = scored?.Metrics ?? [],
    };
}
