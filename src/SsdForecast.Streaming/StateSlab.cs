namespace SsdForecast.Streaming;

/// <summary>Where a state lies in a <see cref="StateSlab"/>.</summary>
internal readonly record struct StateSlot(int Block, int Offset);

/// <summary>
/// Room for many states of equal length in a few large arrays: no object a series, nothing for the garbage collector to walk. Blocks grow by
/// an eighth of what there is, from 8 states to 4 MB. Not safe for threads.
/// </summary>
internal sealed class StateSlab(int stateLength)
{
    private const int MinStates = 8;
    private const int MaxFloats = 1 << 20;

    private readonly List<float[]> _blocks = [];
    private readonly Stack<StateSlot> _free = new();
    private int _used;
    private int _capacity;

    public StateSlot Rent()
    {
        if (_free.TryPop(out var slot)) return slot;
        if (_blocks.Count == 0 || _used + stateLength > _blocks[^1].Length)
        {
            var states = Math.Clamp(_capacity / 8, MinStates, Math.Max(MinStates, MaxFloats / stateLength));
            _blocks.Add(new float[states * stateLength]);
            _capacity += states;
            _used = 0;
        }

        slot = new StateSlot(_blocks.Count - 1, _used);
        _used += stateLength;
        return slot;
    }

    public void Return(StateSlot slot) => _free.Push(slot);

    public Span<float> this[StateSlot slot] => _blocks[slot.Block].AsSpan(slot.Offset, stateLength);
}
