using SsdForecast.Data;

namespace SsdForecast.Runtime;

/// <summary>Where a model comes from, <c>training.json</c>: enough to repeat the run and to judge it. Serving does not read it.</summary>
public sealed record TrainingRecord
{
    /// <summary>Seed of every random number of the run.</summary>
    public long Seed { get; init; }

    /// <summary>Name of the data file, without its folder.</summary>
    public string? DataFile { get; init; }

    /// <summary>SHA-256 of the data file, in hexadecimal.</summary>
    public string? DataSha256 { get; init; }

    /// <summary>Number of series trained on.</summary>
    public int SeriesCount { get; init; }

    /// <summary>The rows for training, validation and test.</summary>
    public Split? Split { get; init; }

    /// <summary>Epochs run.</summary>
    public int Epochs { get; init; }

    /// <summary>The epoch whose weights were kept.</summary>
    public int BestEpoch { get; init; }

    /// <summary>Optimiser steps run.</summary>
    public long Steps { get; init; }

    /// <summary>Training loss of each epoch.</summary>
    public IReadOnlyList<double> TrainingLoss { get; init; } = [];

    /// <summary>Validation loss of each epoch.</summary>
    public IReadOnlyList<double> ValidationLoss { get; init; } = [];

    /// <summary>Device and storage type, such as <c>cpu</c> and <c>float32</c>.</summary>
    public string Device { get; init; } = "";

    /// <summary>Storage type of the training run.</summary>
    public string Precision { get; init; } = "";

    /// <summary>Trainable numbers of the network.</summary>
    public long Parameters { get; init; }

    /// <summary>Duration of the training.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Scores on held-out rows, the model's and the baselines'.</summary>
    public IReadOnlyList<MetricRow> Metrics { get; init; } = [];

    /// <summary>Versions of the programs and libraries of the run by name.</summary>
    public IReadOnlyDictionary<string, string> Versions { get; init; } = new Dictionary<string, string>();

    /// <summary>The training options by name, as text.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
}
