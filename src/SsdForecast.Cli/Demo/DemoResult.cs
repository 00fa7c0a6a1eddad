using System.Globalization;
using SsdForecast.Data;
using SsdForecast.Torch.Evaluation;
using SsdForecast.Torch.Forecasters;

namespace SsdForecast.Cli.Demo;

/// <summary>What the demo found and wrote; what <c>demo --json</c> prints.</summary>
internal sealed record DemoResult
{
    public required int Forecasts { get; init; }
    public required int Horizon { get; init; }
    public required int Season { get; init; }
    public required IReadOnlyList<MetricRow> Metrics { get; init; }

    /// <summary>The model's MASE as a part of seasonal naive's.</summary>
    public required double MaseRatio { get; init; }

    public required int Epochs { get; init; }
    public required int BestEpoch { get; init; }
    public required double Seconds { get; init; }
    public required double SamplesPerSecond { get; init; }
    public required long Parameters { get; init; }
    public required string Device { get; init; }
    public required StreamReplay Stream { get; init; }
    public required DemoFiles Files { get; init; }

    public static DemoResult Of(Forecaster forecaster, BacktestResult scored, StreamReplay stream, DemoFiles files) => new()
    {
        Forecasts = scored.Models[0].Forecasts.Count,
        Horizon = forecaster.Config.Horizon,
        Season = scored.Season,
        Metrics = scored.Metrics,
        MaseRatio = Ratio(scored),
        Epochs = forecaster.Training.Epochs,
        BestEpoch = forecaster.Training.BestEpoch,
        Seconds = forecaster.Training.Duration.TotalSeconds,
        SamplesPerSecond = Speed(forecaster),
        Parameters = forecaster.Training.Parameters,
        Device = forecaster.Training.Device,
        Stream = stream,
        Files = files,
    };

    /// <summary>The model's MASE as a part of seasonal naive's.</summary>
    public static double Ratio(BacktestResult scored) => scored.Metrics[0].Mase / scored.Metrics[1].Mase;

    /// <summary>Samples a second of training.</summary>
    public static double Speed(Forecaster forecaster) => double.Parse(forecaster.Training.Options["samples_per_second"], CultureInfo.InvariantCulture);
}

/// <summary>Where the demo writes.</summary>
/// <param name="Folder">The folder of it all.</param>
internal sealed record DemoFiles(string Folder)
{
    public string Model => Path.Combine(Folder, "model");

    public string Forecast => Path.Combine(Folder, "forecast.csv");

    public string Backtest => Path.Combine(Folder, "backtest.csv");

    public string Report => Path.Combine(Folder, "report.html");

    /// <summary>The charts; none where this machine cannot draw PNG.</summary>
    public IReadOnlyList<string> Png { get; init; } = [];
}
