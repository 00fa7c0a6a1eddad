namespace SsdForecast.Runtime;

/// <summary>
/// Takes a row of items through a row of stages on several threads: a stage takes one item at a time, in order, and an item when it has left the stage
/// before. What is computed does not depend on which thread does it, nor on their number.
/// </summary>
internal sealed class Pipeline
{
    private readonly Lock _gate = new();
    private readonly int[] _done;
    private readonly bool[] _busy;
    private readonly int _items;
    private readonly int _room;
    private bool _failed;

    private Pipeline(int stages, int items, int room) => (_done, _busy, _items, _room) = (new int[stages], new bool[stages], items, room);

    /// <summary>Returns when all items have left the last stage; an exception of the work is thrown as it is.</summary>
    /// <param name="stages">Number of stages, 1 or more.</param>
    /// <param name="items">Number of items.</param>
    /// <param name="room">Items under way at most, 1 or more: item i + room is begun when item i has left.</param>
    /// <param name="threads">Most threads.</param>
    /// <param name="work">Called with a stage and an item.</param>
    public static void Run(int stages, int items, int room, int threads, Action<int, int> work)
    {
        var pipeline = new Pipeline(stages, items, room);
        var workers = Math.Min(threads, stages);
        ParallelClaims.Run(workers, workers, _ => pipeline.Work(work));
    }

    private void Work(Action<int, int> work)
    {
        // Spins, and does not sleep: a stage takes some ten microseconds, less than it takes to wake a thread.
        var wait = default(SpinWait);
        while (!IsOver)
        {
            if (!TryClaim(out var stage, out var item))
            {
                wait.SpinOnce(sleep1Threshold: -1);
                continue;
            }

            wait.Reset();
            try
            {
                work(stage, item);
            }
            catch
            {
                lock (_gate) _failed = true;
                throw;
            }

            lock (_gate) (_busy[stage], _done[stage]) = (false, item + 1);
        }
    }

    private bool IsOver
    {
        get
        {
            lock (_gate) return _failed || _done[^1] == _items;
        }
    }

    /// <summary>The latest stage that has something to do: items leave before others are begun, and their memory is still in the cache.</summary>
    private bool TryClaim(out int stage, out int item)
    {
        lock (_gate)
        {
            for (stage = _done.Length - 1; stage >= 0; stage--)
            {
                item = _done[stage];
                var ready = stage == 0 ? Math.Min(_items, _done[^1] + _room) : _done[stage - 1];
                if (_busy[stage] || item >= ready) continue;
                _busy[stage] = true;
                return true;
            }
        }

        item = -1;
        return false;
    }
}
