using System.Globalization;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Settings;
using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Torch.Forecasters;
using SsdForecast.Torch.Training;
using TorchSharp;

namespace SsdForecast.Cli.Fitting;

/// <summary>From settings to what <see cref="Forecaster.Fit"/> takes, each value checked before any work is done.</summary>
internal static class FitPlan
{
    // Divided by 1 − β₁ a rate is still a float32.
    private const double MostLearningRate = 1e30;

    /// <summary>The model to fit.</summary>
    public static ForecasterOptions Model(SettingValues values)
    {
        var schema = SchemaSettings.Schema(values);
        var defaults = new ForecasterOptions
        {
            Horizon = values.Whole(SettingTable.Horizon, 1) ?? throw CommandException.Usage("--horizon", "not given; name the number of rows to forecast, such as --horizon 48"),
        };
        var block = defaults.Block;
        var options = defaults with
        {
            Kind = values.Choice<ForecasterKind>(SettingTable.Kind) ?? defaults.Kind,
            Lookback = values.Whole(SettingTable.Lookback, 0) ?? defaults.Lookback,
            Layers = values.Whole(SettingTable.Layers, 1) ?? defaults.Layers,
            Block = block with
            {
                DModel = values.Whole(SettingTable.DModel, 1) ?? block.DModel,
                DState = values.Whole(SettingTable.DState, 1) ?? block.DState,
                HeadDim = values.Whole(SettingTable.HeadDim, 1) ?? block.HeadDim,
                Expand = values.Whole(SettingTable.Expand, 1) ?? block.Expand,
                NGroups = values.Whole(SettingTable.NGroups, 1) ?? block.NGroups,
                DConv = values.Whole(SettingTable.DConv, 0) ?? block.DConv,
                Discretization = values.Choice<Discretization>(SettingTable.Discretization) ?? block.Discretization,
                RotationFraction = values.Number(SettingTable.RotationFraction) ?? block.RotationFraction,
                BCNorm = values.Flag(SettingTable.BCNorm) ?? block.BCNorm,
                ChunkSize = values.Whole(SettingTable.ChunkSize, 1) ?? block.ChunkSize,
            },
            Quantiles = values.List(SettingTable.Quantiles) is { } levels ? Levels(values, levels) : defaults.Quantiles,
            Dropout = values.Number(SettingTable.Dropout) ?? defaults.Dropout,
            Calendar = values.Flag(SettingTable.Calendar) ?? defaults.Calendar,
            PatchLength = values.Whole(SettingTable.PatchLength, 0) ?? defaults.PatchLength,
            PatchStride = values.Whole(SettingTable.PatchStride, 0) ?? defaults.PatchStride,
            PastCovariates = schema.PastCovariates,
            KnownCovariates = schema.KnownCovariates,
            StaticCovariates = schema.StaticCovariates,
            ReadOptions = SchemaSettings.ReadOptions(values),
        };
        if (options.Dropout is < 0 or >= 1) throw values.Wrong(SettingTable.Dropout, $"{options.Dropout} is not in [0, 1)");
        Check(values, options.Block);
        return options;
    }

    /// <summary>How to train it.</summary>
    public static TrainingOptions Training(SettingValues values, string? checkpoint)
    {
        var defaults = new TrainingOptions();
        var options = defaults with
        {
            Seed = values.Whole(SettingTable.Seed, int.MinValue) ?? defaults.Seed,
            Epochs = values.Whole(SettingTable.Epochs, 0) ?? defaults.Epochs,
            Patience = values.Whole(SettingTable.Patience, 1) ?? defaults.Patience,
            BatchSize = values.Whole(SettingTable.BatchSize, 0) ?? defaults.BatchSize,
            WindowLength = values.Whole(SettingTable.WindowLength, 1) ?? defaults.WindowLength,
            SequenceChunk = values.Whole(SettingTable.SequenceChunk, 0) ?? defaults.SequenceChunk,
            GradientChunks = values.Whole(SettingTable.GradientChunks, 1) ?? defaults.GradientChunks,
            Recompute = values.Flag(SettingTable.Recompute) ?? defaults.Recompute,
            StepsPerEpoch = values.Whole(SettingTable.StepsPerEpoch, 0) ?? defaults.StepsPerEpoch,
            LearningRate = values.Number(SettingTable.LearningRate) ?? defaults.LearningRate,
            SkipLearningRate = values.Number(SettingTable.SkipLearningRate) ?? defaults.SkipLearningRate,
            WeightDecay = values.Number(SettingTable.WeightDecay) ?? defaults.WeightDecay,
            WarmUp = values.Number(SettingTable.WarmUp) ?? defaults.WarmUp,
            ClipNorm = values.Number(SettingTable.ClipNorm) ?? defaults.ClipNorm,
            PointLoss = values.Choice<PointLoss>(SettingTable.PointLoss) ?? defaults.PointLoss,
            Calibrate = values.Flag(SettingTable.Calibrate) ?? defaults.Calibrate,
            Split = values.Has(SettingTable.Split) ? values.Parsed(SettingTable.Split, SplitRule.Parse)! : defaults.Split,
            Device = Devices.Checked(values),
            ComputeType = values.Choice(SettingTable.DType) == "bfloat16" ? torch.ScalarType.BFloat16 : torch.ScalarType.Float32,
            CheckpointFolder = checkpoint,
        };
        try
        {
            options.Validate();
        }
        catch (ArgumentException e) when (e.ParamName is { } name)
        {
            throw Wrong(values, SettingTable.Training, name, e);
        }
        RequireSteps(values, options);
        return options;
    }

    /// <summary>What is wrong with a model, told where its setting was given.</summary>
    /// <param name="values">The settings.</param>
    /// <param name="e">Its message begins with the key, such as "block.head_dim: 24 does not divide …".</param>
    public static CommandException WrongModel(SettingValues values, ArgumentException e)
    {
        var key = e.Message.Split(':')[0];
        return Wrong(values, SettingTable.Model, key.Split('.')[^1], e, key + ": ");
    }

    private static void RequireSteps(SettingValues values, TrainingOptions options)
    {
        const string Beyond = "is beyond what float32 can step by; take";
        if (options.LearningRate > MostLearningRate) throw values.Wrong(SettingTable.LearningRate, $"{options.LearningRate:G3} {Beyond} one below 1, such as 0.001");
        if (options.LearningRate * options.SkipLearningRate > MostLearningRate) throw values.Wrong(SettingTable.SkipLearningRate, $"{options.SkipLearningRate:G3} of the learning rate {Beyond} 1 or less");
    }

    private static void Check(SettingValues values, BlockConfig block)
    {
        try
        {
            block.Validate();
        }
        catch (ArgumentException e)
        {
            throw WrongModel(values, e);
        }
    }

    private static CommandException Wrong(SettingValues values, IReadOnlyList<Setting> settings, string name, ArgumentException e, string prefix = "")
    {
        var key = name.Replace("_", "", StringComparison.Ordinal);
        var problem = e.Message.Split(" (Parameter", 2)[0];
        var setting = settings.FirstOrDefault(s => s.Key.Replace("_", "", StringComparison.Ordinal).Equals(key, StringComparison.OrdinalIgnoreCase));
        if (setting is null) return CommandException.Usage("", problem);
        return values.Wrong(setting, problem.StartsWith(prefix, StringComparison.Ordinal) ? problem[prefix.Length..] : problem);
    }

    private static IReadOnlyList<double> Levels(SettingValues values, IReadOnlyList<string> texts)
    {
        if (texts is ["none"]) return [];
        var levels = new List<double>();
        foreach (var text in texts)
        {
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var level) || level is not (> 0 and < 1))
                throw values.Wrong(SettingTable.Quantiles, $"'{text}' is no level between 0 and 1; write some such as 0.1,0.5,0.9, or none");
            levels.Add(level);
        }
        return [.. levels.Order().Distinct()];
    }
}
