using SsdForecast.Runtime;
using SsdForecast.Torch.Networks;
using SsdForecast.Torch.Windows;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Evaluation;

/// <summary>The forecasts of consecutive positions of one series.</summary>
/// <param name="Range">The origins asked for.</param>
/// <param name="FirstRow">Row of the first position.</param>
/// <param name="Batch">The window, on the device; valid during the visit.</param>
/// <param name="Output">The network's answer, on the device; valid during the visit.</param>
/// <param name="Index">Which window of the batch.</param>
/// <param name="Positions">Positions of the window that are origins: offsets from <paramref name="FirstRow"/>.</param>
public readonly record struct OriginBlock(OriginRange Range, int FirstRow, WindowBatch Batch, NetworkOutput Output, int Index, IReadOnlyList<int> Positions);

/// <summary>
/// Runs a network at given origins. A causal network walks each series from its first row in chunks and carries its state, as a stream does, so that
/// what comes out is what a stream gives; a direct network takes each origin's window by itself. Blocks are visited and not enumerated: dispose
/// scopes and gradient mode belong to the thread and must not stay open while a caller does something else.
/// </summary>
public static class Origins
{
    private const int ChunkRows = 1024;
    private const int DirectBatch = 256;
    private const long NumbersAtOnce = 8_000_000;

    /// <summary>Runs a network.</summary>
    /// <param name="network">The network; put it in evaluation mode first.</param>
    /// <param name="data">Rows on a device.</param>
    /// <param name="ranges">Origins.</param>
    /// <param name="visit">Gets each block of origins.</param>
    /// <param name="warmUp">Rows before the first origin at which a causal network starts; null: from the first row of the series.</param>
    public static void Run(ForecastNetwork network, SeriesTensors data, IReadOnlyList<OriginRange> ranges, Action<OriginBlock> visit, int? warmUp = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(ranges);
        ArgumentNullException.ThrowIfNull(visit);
        if (network is CausalNetwork causal) RunCausal(causal, data, ranges, visit, warmUp);
        else RunSeparately(network.forward, data, ranges, visit);
    }

    /// <summary>Runs something without a state, one window an origin.</summary>
    public static void RunSeparately(Func<WindowBatch, NetworkOutput> network, SeriesTensors data, IReadOnlyList<OriginRange> ranges, Action<OriginBlock> visit)
    {
        using var _ = no_grad();
        foreach (var range in ranges)
            foreach (var rows in Enumerable.Range(0, range.Count).Select(k => range.First + (k * range.Stride)).Chunk(DirectBatch))
            {
                using var scope = NewDisposeScope();
                var batch = data.Gather([.. rows.Select(r => new Window(range.Series, r, range.TargetEnd))], 1);
                var output = network(batch);
                for (var i = 0; i < rows.Length; i++) visit(new OriginBlock(range, rows[i], batch, output, i, [0]));
            }
    }

    private static void RunCausal(CausalNetwork network, SeriesTensors data, IReadOnlyList<OriginRange> ranges, Action<OriginBlock> visit, int? warmUp)
    {
        using var _ = no_grad();
        // Series of like length together, so that a batch wastes little.
        var perBatch = (int)Math.Clamp(NumbersAtOnce / ((long)ChunkRows * data.Config.Lookback), 1, 64);
        foreach (var group in ranges.OrderBy(r => r.Last - Start(r, warmUp)).Chunk(perBatch))
        {
            var starts = group.Select(r => Start(r, warmUp)).ToArray();
            var length = group.Select((r, i) => r.Last - starts[i] + 1).Max();
            CausalState? state = null;
            for (var done = 0; done < length; done += ChunkRows)
            {
                using var scope = NewDisposeScope();
                var rows = Math.Min(ChunkRows, length - done);
                var batch = data.Gather([.. group.Select((r, i) => new Window(r.Series, starts[i] + done, r.TargetEnd))], rows);
                var (output, after) = network.Run(batch, state);
                state?.Free();
                state = after.Keep();
                for (var i = 0; i < group.Length; i++)
                {
                    var first = starts[i] + done;
                    var positions = PositionsIn(group[i], first, rows);
                    if (positions.Count > 0) visit(new OriginBlock(group[i], first, batch, output, i, positions));
                }
            }
            state?.Free();
        }
    }

    private static int Start(OriginRange range, int? warmUp) => warmUp is { } w ? Math.Max(0, range.First - w) : 0;

    private static List<int> PositionsIn(OriginRange range, int first, int rows)
    {
        var positions = new List<int>();
        // In 64 bits: a stride may be as long as one likes.
        var k = first <= range.First ? 0 : ((long)first - range.First + range.Stride - 1) / range.Stride;
        for (var row = range.First + (k * range.Stride); row < first + rows && row <= range.Last; row += range.Stride) positions.Add((int)(row - first));
        return positions;
    }
}
