using SsdForecast.Torch.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Windows;

/// <summary>
/// A batch of windows on the device. A window has <c>T</c> positions at which forecasts are made; its rows run from <c>lookback − 1</c> before the
/// first position to <c>horizon</c> after the last, <c>R = lookback − 1 + T + horizon</c> rows, so position <c>t</c> is row <c>lookback − 1 + t</c>.
/// </summary>
/// <param name="Lookback">Rows that a forecast looks back on, its own included.</param>
/// <param name="Positions">Number of positions, <c>T</c>.</param>
/// <param name="Horizon">Rows that a forecast looks ahead, <c>H</c>.</param>
/// <param name="Filled">Scaled values, carried forward over missing ones, <c>(b, R)</c>.</param>
/// <param name="Mask">1 where observed and allowed as a target, <c>(b, R)</c>.</param>
/// <param name="Weight">1 from the first observation on, <c>(b, R)</c>.</param>
/// <param name="Past">Scaled past covariates, <c>(b, R, n)</c>, or null.</param>
/// <param name="Known">Scaled known-future covariates, <c>(b, R, n)</c>, or null.</param>
/// <param name="Calendar">Calendar features of the row's own time, <c>(b, R, 2·cycles)</c>, or null.</param>
/// <param name="Elapsed">Elapsed-time factors, <c>(b, R)</c>, or null for regular steps.</param>
/// <param name="Static">Scaled static covariates, <c>(b, n)</c>, or null.</param>
public sealed record WindowBatch(
    long Lookback,
    long Positions,
    long Horizon,
    Tensor Filled,
    Tensor Mask,
    Tensor Weight,
    Tensor? Past,
    Tensor? Known,
    Tensor? Calendar,
    Tensor? Elapsed,
    Tensor? Static)
{
    /// <summary>Number of windows.</summary>
    public long Batch => Filled.shape[0];

    /// <summary>Level and scale at each position, where they are known already; else null, and whoever wants them computes them.</summary>
    public WindowStatistics? Statistics { get; init; }

    /// <summary>Patches of a <see cref="DirectNetwork"/>, <c>(b, patches, input width)</c>, where they are known already; else null.</summary>
    public Tensor? Patches { get; init; }

    /// <summary>What the targets weigh in training, <c>(b, T, H)</c>, where it is known already; else null.</summary>
    public Tensor? TargetWeights { get; init; }

    /// <summary>Some of the windows, as views; the batch itself for all of them.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="count">How many.</param>
    public WindowBatch Part(long first, long count) => first == 0 && count == Batch ? this : Select(t => t.narrow(0, first, count));

    /// <summary>The batch that a function makes of each tensor.</summary>
    internal WindowBatch Select(Func<Tensor, Tensor> of)
    {
        Tensor? IfAny(Tensor? t) => t is null ? null : of(t);
        return this with
        {
            Filled = of(Filled),
            Mask = of(Mask),
            Weight = of(Weight),
            Past = IfAny(Past),
            Known = IfAny(Known),
            Calendar = IfAny(Calendar),
            Elapsed = IfAny(Elapsed),
            Static = IfAny(Static),
            Statistics = Statistics is { } s ? new WindowStatistics(of(s.Mean), of(s.Scale), of(s.Deviations), of(s.Count), of(s.Fullness)) : null,
            Patches = IfAny(Patches),
            TargetWeights = IfAny(TargetWeights),
        };
    }

    /// <summary>The columns of the positions themselves: <c>(b, R, …)</c> → <c>(b, T, …)</c>, shifted by some rows.</summary>
    public Tensor AtPositions(Tensor rows, long shift = 0) => rows.narrow(1, Lookback - 1 + shift, Positions);

    /// <summary>Of each position the <paramref name="width"/> rows up to and including it: <c>(b, R)</c> → <c>(b, T, width)</c>, a view.</summary>
    public Tensor Behind(Tensor rows, long width)
        => rows.narrow(1, Lookback - width, Positions + width - 1).unfold(1, width, 1);

    /// <summary>Of each position the <c>H</c> rows after it: <c>(b, R)</c> → <c>(b, T, H)</c>, or <c>(b, R, n)</c> → <c>(b, T, H·n)</c>, lead time major.</summary>
    public Tensor Ahead(Tensor rows)
    {
        var windows = rows.narrow(1, Lookback, Positions + Horizon - 1).unfold(1, Horizon, 1);
        return rows.dim() == 2 ? windows : windows.transpose(-2, -1).flatten(2);
    }
}
