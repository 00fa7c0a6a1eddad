using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace SsdForecast.Streaming;

/// <summary>Where a state lies in a <see cref="StateSlab"/>: its block, and its number within.</summary>
internal readonly record struct StateSlot(int Packed)
{
    private const int NumberBits = 12;

    /// <summary>The most states of a block.</summary>
    public const int MostInBlock = 1 << NumberBits;

    public StateSlot(int block, int number)
        : this((block << NumberBits) | number)
    {
    }

    public int Block => (int)((uint)Packed >> NumberBits);

    public int Number => Packed & (MostInBlock - 1);
}

/// <summary>
/// Room for many states of equal length in arrays that never move and begin at a multiple of 64 bytes: no object a series. Blocks grow with
/// the number of states, such that the room that lies idle is never more than 48 bytes for each of them, or 16 KB in all. Renting and
/// returning take a lock; a state that was rented is read without one.
/// </summary>
internal sealed class StateSlab
{
    private const int LeastBytes = 16 << 10;
    private const int MostBytes = 8 << 20;
    private const int IdleBytes = 48;
    private const int Alignment = 64;

    private const int LinesAtEnd = 3;
    private const int SmallBytes = 4096;

    // The elements of an array begin at a multiple of 8 bytes.
    private const int Padding = (Alignment - 8) / sizeof(float);

    private readonly int _stateLength;
    private readonly Lock _gate = new();
    private readonly Stack<StateSlot> _free = new();
    private Block[] _blocks = [];
    private int _blockCount;
    private int _next;
    private int _end;

    private readonly record struct Block(float[] Floats, int Start);

    /// <summary>A slab without states.</summary>
    /// <param name="stateLength">Floats of a state, rounded up to a multiple of 64 bytes.</param>
    public StateSlab(int stateLength)
    {
        _stateLength = stateLength;
        Stride = (stateLength + (Alignment / sizeof(float)) - 1) / (Alignment / sizeof(float)) * (Alignment / sizeof(float));
    }

    /// <summary>Floats from one state to the next.</summary>
    public int Stride { get; }

    /// <summary>Bytes of all blocks.</summary>
    public long Bytes { get; private set; }

    /// <summary>The floats of a state.</summary>
    public Span<float> this[StateSlot slot]
    {
        get
        {
            ref readonly var block = ref _blocks[slot.Block];
            return block.Floats.AsSpan(block.Start + (slot.Number * Stride), _stateLength);
        }
    }

    /// <summary>The floats of a state, for use beyond the caller's stack.</summary>
    public Memory<float> Memory(StateSlot slot)
    {
        ref readonly var block = ref _blocks[slot.Block];
        return block.Floats.AsMemory(block.Start + (slot.Number * Stride), _stateLength);
    }

    /// <summary>Asks for the memory that a step reads first: both ends of a state, or all of a small one, of which those of a batch fit in the cache.</summary>
    public unsafe void Fetch(StateSlot slot)
    {
        if (!Sse.IsSupported) return;
        ref readonly var block = ref _blocks[slot.Block];
        var first = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(block.Floats)) + ((block.Start + (slot.Number * Stride)) * sizeof(float));
        var bytes = Stride * sizeof(float);
        Sse.Prefetch0(first);
        for (var at = bytes <= SmallBytes ? Alignment : bytes - (LinesAtEnd * Alignment); at < bytes; at += Alignment) Sse.Prefetch0(first + at);
    }

    /// <summary>Room for a state, zeroed.</summary>
    public StateSlot Rent()
    {
        lock (_gate)
        {
            if (!_free.TryPop(out var slot))
            {
                if (_next == _end) AddBlock();
                slot = new StateSlot(_blockCount - 1, _next++);
            }

            this[slot].Clear();
            return slot;
        }
    }

    /// <summary>Gives room back.</summary>
    public void Return(StateSlot slot)
    {
        lock (_gate) _free.Push(slot);
    }

    private unsafe void AddBlock()
    {
        var bytes = Stride * (long)sizeof(float);
        var states = (int)Math.Clamp(1 + (IdleBytes * (Bytes / bytes) / bytes), Math.Max(1, LeastBytes / bytes), Math.Clamp(MostBytes / bytes, 1, StateSlot.MostInBlock));
        // Not cleared, and so not touched, before the system is asked for large pages.
        var floats = GC.AllocateUninitializedArray<float>((states * Stride) + Padding, pinned: true);
        var address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(floats));
        HugePages.Ask(address, floats.LongLength * sizeof(float));
        if (_blockCount == _blocks.Length)
        {
            // A reader without the lock keeps the old table, in which its own state is.
            var larger = new Block[Math.Max(16, _blockCount + (_blockCount / 4))];
            _blocks.CopyTo(larger, 0);
            _blocks = larger;
        }

        _blocks[_blockCount++] = new Block(floats, (int)((Alignment - (address % Alignment)) % Alignment / sizeof(float)));
        (_next, _end) = (0, states);
        Bytes += floats.LongLength * sizeof(float);
    }
}
