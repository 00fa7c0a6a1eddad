using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Torch.Networks;

namespace SsdForecast.Torch.Training;

/// <summary>Writes down where a model comes from.</summary>
internal static class TrainingRecords
{
    public static TrainingRecord Of(SeriesTable table, IReadOnlyList<Split> splits, ForecastNetwork network, TrainingOptions options, TrainingRun run, int processes) => new()
    {
        Seed = options.Seed,
        DataFile = table.Source is { } source ? Path.GetFileName(source) : null,
        DataSha256 = table.Source is { } path && File.Exists(path) ? Hash(path) : null,
        SeriesCount = table.Series.Count,
        Split = splits.Distinct().Count() == 1 ? splits[0] : null,
        Epochs = run.Epochs,
        BestEpoch = run.BestEpoch,
        Steps = run.Steps,
        TrainingLoss = run.TrainingLoss,
        ValidationLoss = run.ValidationLoss,
        Device = options.Device,
        Precision = options.ComputeType.ToString().ToLowerInvariant(),
        Parameters = network.parameters().Sum(p => p.numel()),
        Duration = run.Duration,
        Versions = new Dictionary<string, string>
        {
            ["ssdforecast"] = typeof(TrainingRecords).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "",
            ["dotnet"] = Environment.Version.ToString(),
            ["torch"] = TorchSharp.torch.__version__,
        },
        Options = new Dictionary<string, string>
        {
            ["split"] = options.Split.Text,
            ["samples_per_second"] = run.SamplesPerSecond.ToString("F0", CultureInfo.InvariantCulture),
            ["learning_rate"] = options.LearningRate.ToString(CultureInfo.InvariantCulture),
            ["skip_learning_rate"] = options.SkipLearningRate.ToString(CultureInfo.InvariantCulture),
            ["weight_decay"] = options.WeightDecay.ToString(CultureInfo.InvariantCulture),
            ["batch_size"] = options.BatchSize.ToString(CultureInfo.InvariantCulture),
            ["window_length"] = options.WindowLength.ToString(CultureInfo.InvariantCulture),
            ["patience"] = options.Patience.ToString(CultureInfo.InvariantCulture),
            ["sequence_chunk"] = options.SequenceChunk.ToString(CultureInfo.InvariantCulture),
            ["gradient_chunks"] = options.GradientChunks.ToString(CultureInfo.InvariantCulture),
            ["processes"] = processes.ToString(CultureInfo.InvariantCulture),
        },
    };

    private static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
