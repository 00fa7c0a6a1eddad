namespace SsdForecast.Runtime;

/// <summary>
/// Working memory of one step, handed out in pieces that begin at a multiple of 64 bytes. One a thread, shared by all models, so that a step
/// allocates nothing.
/// </summary>
internal ref struct Scratch
{
    [ThreadStatic]
    private static AlignedFloats? s_floats;

    private Span<float> _rest;

    /// <summary>The thread's memory, from its beginning.</summary>
    /// <param name="length">Floats needed, the sum of <see cref="PackedMatrix.Pad"/> of all pieces.</param>
    public Scratch(int length)
    {
        if (s_floats is null || s_floats.Length < length) s_floats = new AlignedFloats(length);
        _rest = s_floats.Span;
    }

    /// <summary>The next piece; what it holds is left over from before.</summary>
    public Span<float> Take(int length)
    {
        var piece = _rest[..length];
        _rest = _rest[PackedMatrix.Pad(length)..];
        return piece;
    }
}
