using SsdForecast.Data;

namespace SsdForecast.Torch.Windows;

/// <summary>
/// How long series are walked from their first training row to their last, in stretches of one length, several lanes side by side. A lane is a series; where
/// there are fewer series than lanes, each is cut into pieces. A lane begins with a fresh state and hands it on from stretch to stretch.
/// </summary>
public sealed class SequencePlan
{
    private readonly List<Lane[]> _rounds = [];
    private readonly List<(int Round, int Stretch)> _steps = [];
    private readonly int _length;

    private readonly record struct Lane(int Series, int Start, int End, int TrainEnd)
    {
        public int Length => End - Start;
    }

    /// <summary>Plans the walk.</summary>
    /// <param name="splits">A split a series, in the order of the table.</param>
    /// <param name="lanes">Lanes side by side, at least 1.</param>
    /// <param name="length">Positions a stretch, at least 1.</param>
    public SequencePlan(IReadOnlyList<Split> splits, int lanes, int length)
    {
        ArgumentNullException.ThrowIfNull(splits);
        ArgumentOutOfRangeException.ThrowIfLessThan(lanes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        _length = length;
        Lanes = lanes;
        var trained = splits.Select((s, i) => (Series: i, Positions: s.TrainEnd - 1, s.TrainEnd)).Where(s => s.Positions > 0).ToList();
        var pieces = Math.Max(1, (lanes + trained.Count - 1) / Math.Max(1, trained.Count));
        var all = trained.SelectMany(s => Cut(s.Series, s.Positions, s.TrainEnd, pieces));
        // Lanes of like length together, so that few run on in padding.
        _rounds.AddRange(all.OrderByDescending(l => l.Length).Chunk(lanes));
        for (var r = 0; r < _rounds.Count; r++)
            for (var k = 0; k * length < _rounds[r][0].Length; k++)
                _steps.Add((r, k));
    }

    /// <summary>Lanes side by side, at most.</summary>
    public int Lanes { get; }

    /// <summary>Stretches that cover all training positions once.</summary>
    public int Steps => _steps.Count;

    /// <summary>The windows of a stretch, one a lane. A lane that has come to its end has a window without targets.</summary>
    /// <param name="step">Which stretch, from 0; counted on past the end, the walk starts over.</param>
    public IReadOnlyList<Window> At(long step)
    {
        var (round, stretch) = _steps[(int)(step % Steps)];
        return [.. _rounds[round].Select(l => Place(l, stretch))];
    }

    /// <summary>Whether the lanes of a stretch begin there, with a fresh state.</summary>
    public bool IsFresh(long step) => _steps[(int)(step % Steps)].Stretch == 0;

    private Window Place(Lane lane, int stretch)
    {
        var start = lane.Start + ((long)stretch * _length);
        return start < lane.End ? new Window(lane.Series, (int)start, lane.TrainEnd) : new Window(lane.Series, lane.Start, 0);
    }

    /// <summary>Pieces are whole numbers of stretches, so that no position is in two of them.</summary>
    private IEnumerable<Lane> Cut(int series, int positions, int trainEnd, int pieces)
    {
        var stretches = (positions + (long)_length - 1) / _length;
        var each = Math.Max(1, (stretches + pieces - 1) / pieces) * _length;
        for (long start = 0; start < positions; start += each)
            yield return new Lane(series, (int)start, (int)Math.Min(positions, start + each), trainEnd);
    }
}
