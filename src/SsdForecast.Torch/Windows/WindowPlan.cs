using SsdForecast.Data;
using SsdForecast.Runtime;

namespace SsdForecast.Torch.Windows;

/// <summary>
/// Which windows of a table belong to training and to validation. A forecast at row <c>t</c> belongs to a part when the rows it predicts do; targets
/// past the part's end are left out, so nothing of validation or test is ever learned from.
/// </summary>
public sealed class WindowPlan
{
    private readonly IReadOnlyList<Split> _splits;
    private readonly ModelConfig _config;

    /// <summary>Training positions of a series and of all before it.</summary>
    private readonly long[] _ends;

    /// <summary>Plans the windows of a table.</summary>
    /// <param name="config">Architecture.</param>
    /// <param name="splits">A split a series, in the order of the table.</param>
    /// <param name="windowLength">Positions a training window of a causal model, at most.</param>
    public WindowPlan(ModelConfig config, IReadOnlyList<Split> splits, int windowLength)
    {
        _config = config;
        _splits = splits;
        _ends = new long[splits.Count];
        for (var i = 0; i < splits.Count; i++) _ends[i] = (i > 0 ? _ends[i - 1] : 0) + Math.Max(0, splits[i].TrainEnd - 1);
        var longest = splits.Max(s => s.TrainEnd);
        Positions = config.Kind == ForecasterKind.Direct ? 1 : Math.Clamp(windowLength, 1, Math.Max(1, longest - 1));
    }

    /// <summary>Positions a training window, <c>T</c>.</summary>
    public int Positions { get; }

    /// <summary>Training positions in all, over all series.</summary>
    public long TrainingPositions => _ends[^1];

    /// <summary>Draws training windows: a series by its number of positions, a start uniformly.</summary>
    public Window[] Sample(Random random, int count)
    {
        ArgumentNullException.ThrowIfNull(random);
        var windows = new Window[count];
        for (var i = 0; i < count; i++)
        {
            var pick = random.NextInt64(TrainingPositions);
            var series = FirstBehind(pick);
            if (series > 0) pick -= _ends[series - 1];
            var last = Math.Max(0, _splits[series].TrainEnd - 1 - Positions);
            // A direct window has one position: the one picked. A longer one starts so that edges are drawn as often as the middle.
            var start = Positions == 1 ? (int)pick : Math.Clamp((int)pick - random.Next(Positions), 0, last);
            windows[i] = new Window(series, start, _splits[series].TrainEnd);
        }
        return windows;
    }

    /// <summary>The first series that ends behind a position of all.</summary>
    private int FirstBehind(long position)
    {
        var (low, high) = (0, _ends.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_ends[middle] > position) high = middle;
            else low = middle + 1;
        }
        return low;
    }

    /// <summary>The training rows of every series as long sequences, walked from first to last.</summary>
    /// <param name="lanes">Sequences side by side.</param>
    /// <param name="length">Positions a stretch.</param>
    public SequencePlan Sequences(int lanes, int length) => new(_splits, lanes, length);

    /// <summary>Windows that cover the training positions once, in order.</summary>
    /// <param name="positions">Positions a window.</param>
    /// <param name="most">Most positions in all; beyond, windows are left out evenly.</param>
    public IReadOnlyList<Window> CoverTraining(int positions, long most)
    {
        var all = new List<Window>();
        for (var i = 0; i < _splits.Count; i++)
            for (var start = 0; start < _splits[i].TrainEnd - 1; start += positions)
                all.Add(new Window(i, start, _splits[i].TrainEnd));
        var keep = (int)Math.Max(1, most / positions);
        return all.Count <= keep ? all : [.. Enumerable.Range(0, keep).Select(k => all[(int)((long)k * all.Count / keep)])];
    }

    /// <summary>Windows that cover the validation positions once, in order.</summary>
    /// <param name="positions">Positions a window.</param>
    public IReadOnlyList<Window> CoverValidation(int positions)
    {
        var all = new List<Window>();
        for (var i = 0; i < _splits.Count; i++)
            for (var start = _splits[i].TrainEnd - 1; start < _splits[i].ValidationEnd - 1; start += positions)
                all.Add(new Window(i, start, _splits[i].ValidationEnd));
        return all;
    }

    /// <summary>The validation positions of each series as origins, first to last; series without any are left out.</summary>
    public IReadOnlyList<OriginRange> ValidationOrigins()
        => [.. Ranges(s => (s.TrainEnd - 1, s.ValidationEnd - 2, s.ValidationEnd))];

    /// <summary>The test positions of each series with a whole horizon of test rows after them; series without any are left out.</summary>
    /// <param name="stride">Rows from one origin to the next, at least 1.</param>
    public IReadOnlyList<OriginRange> TestOrigins(int stride)
        => [.. Ranges(s => (s.ValidationEnd - 1, s.TestEnd - 1 - _config.Horizon, s.TestEnd)).Select(r => r with { Stride = stride })];

    private IEnumerable<OriginRange> Ranges(Func<Split, (int First, int Last, int End)> range)
    {
        for (var i = 0; i < _splits.Count; i++)
        {
            var (first, last, end) = range(_splits[i]);
            if (first >= 0 && last >= first) yield return new OriginRange(i, first, last, end);
        }
    }
}

/// <summary>Origins in one series: rows <c>First, First + Stride, … ≤ Last</c>.</summary>
/// <param name="Series">Index of the series in the table.</param>
/// <param name="First">First origin.</param>
/// <param name="Last">Last possible origin.</param>
/// <param name="TargetEnd">Rows from here on are no targets.</param>
/// <param name="Stride">Rows from one origin to the next.</param>
public readonly record struct OriginRange(int Series, int First, int Last, int TargetEnd, int Stride = 1)
{
    /// <summary>Number of origins.</summary>
    public int Count => ((Last - First) / Stride) + 1;
}
