using System.Buffers;

namespace SsdForecast.Cli.Serving;

/// <summary>
/// What is to be written, gathered and let out in large pieces. Knows how long the output is, so that a file can be cut back to what belongs to a
/// state.
/// </summary>
/// <param name="stream">Where it goes.</param>
/// <param name="length">Bytes that are there already.</param>
internal sealed class OutputBuffer(Stream stream, long length = 0) : IBufferWriter<byte>
{
    private const int Enough = 1 << 16;

    private byte[] _bytes = new byte[Enough + 4096];
    private int _waiting;

    /// <summary>Bytes of the output so far, those that wait included.</summary>
    public long Length { get; private set; } = length;

    /// <summary>Whether so much waits that it should be let out.</summary>
    public bool IsFull => _waiting >= Enough;

    public void Advance(int count)
    {
        _waiting += count;
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_waiting);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(_waiting);
    }

    /// <summary>Lets out what waits.</summary>
    /// <param name="toDisk">For a file: and forces it to the disk.</param>
    public void Flush(bool toDisk = false)
    {
        if (_waiting > 0) stream.Write(_bytes.AsSpan(0, _waiting));
        _waiting = 0;
        if (toDisk && stream is FileStream file) file.Flush(flushToDisk: true);
        else stream.Flush();
    }

    private void Reserve(int size)
    {
        var needed = _waiting + Math.Max(size, 256);
        if (needed > _bytes.Length) Array.Resize(ref _bytes, Math.Max(needed, 2 * _bytes.Length));
    }
}
