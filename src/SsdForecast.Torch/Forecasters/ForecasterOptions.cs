using SsdForecast.Runtime;

namespace SsdForecast.Torch.Forecasters;

/// <summary>What kind of forecaster to fit to a table. Every default is what <c>ssdf fit</c> uses.</summary>
public sealed record ForecasterOptions
{
    /// <summary>Nine levels from 0.05 to 0.95: a 90 % interval and enough between for the shape of the distribution.</summary>
    public static IReadOnlyList<double> DefaultQuantiles { get; } = [0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95];

    /// <summary>Which forecaster: causal (default) streams, direct does not.</summary>
    public ForecasterKind Kind { get; init; } = ForecasterKind.Causal;

    /// <summary>Lead times to forecast, in rows, at least 1.</summary>
    public required int Horizon { get; init; }

    /// <summary>Rows that a forecast looks back on; 0 (default) follows the seasons of the frequency and the length of the data.</summary>
    public int Lookback { get; init; }

    /// <summary>Quantile levels in (0, 1), ascending; empty for a point model. Default <see cref="DefaultQuantiles"/>.</summary>
    public IReadOnlyList<double> Quantiles { get; init; } = DefaultQuantiles;

    /// <summary>Number of SSD blocks. Default 2.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Sizes of a block.</summary>
    public BlockConfig Block { get; init; } = new();

    /// <summary>Rows a patch of a direct model; 0 (default): 16, or 24 for a lookback of 240 rows and more.</summary>
    public int PatchLength { get; init; }

    /// <summary>Rows from one patch to the next; 0 (default): half a patch.</summary>
    public int PatchStride { get; init; }

    /// <summary>Dropout while training, in [0, 1). Default 0.1.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>Whether the calendar is an input, for series with timestamps. Default true.</summary>
    public bool Calendar { get; init; } = true;

    /// <summary>How the file was read where that was told and not detected, kept in <c>preprocessor.json</c> for the forecasts to come.</summary>
    public IReadOnlyDictionary<string, string> ReadOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>Covariate columns known up to the present.</summary>
    public IReadOnlyList<string> PastCovariates { get; init; } = [];

    /// <summary>Covariate columns known over the horizon too.</summary>
    public IReadOnlyList<string> KnownCovariates { get; init; } = [];

    /// <summary>Columns that are constant for a series.</summary>
    public IReadOnlyList<string> StaticCovariates { get; init; } = [];
}
