namespace SsdForecast.Streaming;

/// <summary>
/// Two <see cref="QuantileTracker"/>s a level, one a tenth as fast as the other, and between them the mean by which of the two has lately been nearer the
/// truth.
/// </summary>
/// <remarks>
/// <para>
/// One step cannot serve all streams: a small one does not keep up where the spread of a series grows tenfold within a day, and a large one makes quantiles
/// wobble that were right. As in AgACI (Zaffran, Féron, Goude, Josse and Dieuleveut 2022, arXiv 2202.07282) and its like (Gibbs and Candès 2022,
/// arXiv 2208.08401) trackers of several steps run side by side and are weighted by exponentials of their pinball losses, here with forgetting, in units of
/// the running mean error, and each loss cut so that one absurd value decides nothing.
/// </para>
/// <para>
/// Each tracker keeps its bound for every sequence. The mean, as in AgACI, has none of its own beyond lying between the two; on a series of few distinct values
/// it may settle beside one of them and cover more than it says.
/// </para>
/// <para>A series' memory: offsets of the slow tracker, those of the fast one, and by how much the losses of the fast one exceed those of the slow one, each <c>(Q)</c>.</para>
/// </remarks>
public static class TrackerPair
{
    /// <summary>The step of the slow tracker, as a part of that of the fast one.</summary>
    public const double SlowPart = 0.1;

    private const float Forgetting = 0.998f;
    private const double Cut = 5;

    /// <summary>Floats of a series for so many levels.</summary>
    public static int StateLength(int levels) => 3 * levels;

    /// <summary>Learns from a value.</summary>
    /// <param name="state">Changed; all zero at the start.</param>
    /// <param name="levels">Levels τ in (0, 1).</param>
    /// <param name="quantiles">The model's quantiles, one a level.</param>
    /// <param name="scale">The unit of the offsets, positive, in the unit of the value.</param>
    /// <param name="step">Step of the fast tracker, as a part of <paramref name="error"/>.</param>
    /// <param name="error">Running mean absolute error, in units of <paramref name="scale"/>.</param>
    /// <param name="value">What came.</param>
    public static void Update(Span<float> state, ReadOnlySpan<double> levels, ReadOnlySpan<double> quantiles, double scale, double step, double error, double value)
    {
        var count = levels.Length;
        var slow = state[..count];
        var fast = state.Slice(count, count);
        var excess = state.Slice(2 * count, count);
        var unit = scale * Math.Max(error, 1e-6);
        for (var i = 0; i < count; i++)
        {
            var lost = Loss(levels[i], quantiles[i] + (scale * fast[i]), unit, value) - Loss(levels[i], quantiles[i] + (scale * slow[i]), unit, value);
            excess[i] = (Forgetting * excess[i]) + (float)lost;
        }

        QuantileTracker.Update(slow, levels, quantiles, scale, SlowPart * step * error, value);
        QuantileTracker.Update(fast, levels, quantiles, scale, step * error, value);
    }

    /// <summary>Adds the offsets to quantiles and sorts these.</summary>
    /// <param name="state">As of <see cref="Update"/>; unchanged.</param>
    /// <param name="scale">The unit of the offsets, in that of the quantiles.</param>
    /// <param name="quantiles">One a level, changed.</param>
    public static void Apply(ReadOnlySpan<float> state, double scale, Span<double> quantiles)
    {
        var count = quantiles.Length;
        for (var i = 0; i < count; i++)
        {
            double slow = state[i], fast = state[count + i];
            quantiles[i] += scale * (slow + ((fast - slow) / (1 + Math.Exp(state[(2 * count) + i]))));
        }

        quantiles.Sort();
    }

    /// <summary>Pinball loss in units of <paramref name="unit"/>.</summary>
    private static double Loss(double level, double quantile, double unit, double value)
        => Math.Min((value < quantile ? level - 1 : level) * (value - quantile) / unit, Cut);
}
