using System.Text.Json.Serialization;
using SsdForecast.Data;

namespace SsdForecast.Runtime;

/// <summary>The architecture of a forecaster, <c>config.json</c>: everything that is needed to build the network of <c>docs/model.md</c>.</summary>
public sealed record ModelConfig
{
    /// <summary>The newest <see cref="FormatVersion"/> that this program reads.</summary>
    public const int CurrentFormatVersion = 2;

    private readonly int? _unknownVersion;

    /// <summary>
    /// Version of the model folder's format, the oldest that can tell this model: 1, or 2 where the block has options of Mamba-3. A model of version 1 is
    /// read by programs that know nothing of version 2.
    /// </summary>
    public int FormatVersion
    {
        get => _unknownVersion ?? (Block is { IsMamba2: false } ? 2 : 1);
        init => _unknownVersion = value is >= 1 and <= CurrentFormatVersion ? null : value;
    }

    /// <summary>Which forecaster. Default <see cref="ForecasterKind.Causal"/>.</summary>
    public ForecasterKind Kind { get; init; }

    /// <summary>The Mamba-2 block, the same in all layers.</summary>
    public BlockConfig Block { get; init; } = new();

    /// <summary>Number of blocks. Default 2.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Lookback <c>L</c>: the window of the normalisation and of the skip, in steps.</summary>
    public required int Lookback { get; init; }

    /// <summary>Horizon <c>H</c>: lead times 1 … <c>H</c>, in steps.</summary>
    public required int Horizon { get; init; }

    /// <summary>Quantile levels in (0, 1), ascending; empty for a point model.</summary>
    public IReadOnlyList<double> Quantiles { get; init; } = [];

    /// <summary>Number of past covariates: known up to the present.</summary>
    public int PastCovariates { get; init; }

    /// <summary>Number of known covariates: known for the horizon too.</summary>
    public int KnownCovariates { get; init; }

    /// <summary>Number of static covariates: one number a series.</summary>
    public int StaticCovariates { get; init; }

    /// <summary>Calendar cycles that are inputs, each as a sine and a cosine.</summary>
    public IReadOnlyList<CalendarCycle> Calendar { get; init; } = [];

    /// <summary>Whether the time between events scales <c>dt</c> (irregular series).</summary>
    public bool ElapsedTime { get; init; }

    /// <summary>Positions of a patch. For <see cref="ForecasterKind.Direct"/> only. Default 16.</summary>
    public int PatchLength { get; init; } = 16;

    /// <summary>Positions from one patch to the next. For <see cref="ForecasterKind.Direct"/> only. Default 8.</summary>
    public int PatchStride { get; init; } = 8;

    /// <summary>Dropout probability in training; no part of serving. Default 0.</summary>
    public double Dropout { get; init; }

    /// <summary>Numbers that the head gives for each lead time, <c>Q</c>: one a quantile, 1 for a point model.</summary>
    [JsonIgnore]
    public int Outputs => Math.Max(1, Quantiles.Count);

    /// <summary>The levels of the outputs: <see cref="Quantiles"/>, or the median alone for a point model.</summary>
    [JsonIgnore]
    public IReadOnlyList<double> Levels => Quantiles.Count > 0 ? Quantiles : PointLevels;

    /// <summary>Width of a token: columns of <c>embed.weight</c>.</summary>
    [JsonIgnore]
    public int InputWidth => Kind == ForecasterKind.Causal
        ? 3 + PastCovariates + (Horizon * KnownCovariates) + (2 * Calendar.Count) + StaticCovariates
        : PatchLength * (2 + PastCovariates + KnownCovariates + (2 * Calendar.Count));

    private static IReadOnlyList<double> PointLevels { get; } = [0.5];

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value out of range; the message is one line and begins with its key in <c>config.json</c>.</exception>
    public void Validate()
    {
        Require.Range("format_version", FormatVersion, 1, CurrentFormatVersion);
        Require.That(Enum.IsDefined(Kind), "kind", "neither causal nor direct");
        Require.That(Block is not null, "block", "missing");
        Block!.Validate();
        Require.Range("layers", Layers, 0, 1024);
        Require.Range("lookback", Lookback, 1, 1_000_000);
        Require.Range("horizon", Horizon, 1, 100_000);
        Require.That(Quantiles is not null, "quantiles", "missing; write [] for a point model");
        for (var i = 0; i < Quantiles!.Count; i++)
        {
            Require.That(Quantiles[i] > 0 && Quantiles[i] < 1, "quantiles", $"level {Quantiles[i]} is not between 0 and 1");
            Require.That(i == 0 || Quantiles[i] > Quantiles[i - 1], "quantiles", "levels must ascend");
        }

        Require.Range("past_covariates", PastCovariates, 0, 10_000);
        Require.Range("known_covariates", KnownCovariates, 0, 10_000);
        Require.Range("static_covariates", StaticCovariates, 0, 10_000);
        Require.That(Calendar is not null, "calendar", "missing; write [] for none");
        Require.That(Calendar!.All(Enum.IsDefined) && Calendar!.Distinct().Count() == Calendar!.Count, "calendar", "each cycle may occur once");
        Require.Range("patch_length", PatchLength, 1, 1_000_000);
        Require.Range("patch_stride", PatchStride, 1, PatchLength);
        Require.That(Dropout is >= 0 and < 1, "dropout", $"{Dropout} is not in [0, 1)");
    }
}
