using System.Text;

namespace SsdForecast.Cli.Serving;

/// <summary>
/// Lines of a stream of UTF-8, without garbage, until it ends or the user asks to stop, even while nothing comes. A line that is too long is passed
/// over without being held.
/// </summary>
/// <param name="stream">The input.</param>
/// <param name="stop">Asks to stop.</param>
/// <param name="waiting">Called before each read of the stream: whatever is done so far should be let out, since more may be long in coming.</param>
internal sealed class InputLines(Stream stream, CancellationToken stop, Action? waiting = null)
{
    /// <summary>The longest line that is read, in bytes.</summary>
    public const int Longest = 1 << 20;

    private byte[] _buffer = new byte[1 << 16];
    private int _from;
    private int _end;
    private bool _ended;

    /// <summary>Lines given so far.</summary>
    public long Number { get; private set; }

    /// <summary>The next line, without its end.</summary>
    /// <param name="line">Good until the next call; empty for a line that is too long.</param>
    /// <param name="tooLong">Whether the line was too long.</param>
    /// <returns>Whether there was one.</returns>
    public bool Next(out ReadOnlySpan<byte> line, out bool tooLong)
    {
        tooLong = false;
        line = default;
        var searched = 0;
        while (true)
        {
            var at = _buffer.AsSpan(_from + searched, _end - _from - searched).IndexOf((byte)'\n');
            if (at >= 0)
            {
                var length = searched + at;
                if (!tooLong) line = Trimmed(_buffer.AsSpan(_from, length));
                _from += length + 1;
                Number++;
                return true;
            }

            if (_end - _from > Longest) tooLong = true;
            if (tooLong) _from = _end;
            searched = _end - _from;
            if (!stop.IsCancellationRequested && !_ended && Fill()) continue;
            if (stop.IsCancellationRequested || (searched == 0 && !tooLong)) return false;
            var rest = _buffer.AsSpan(_from, searched);
            _from = _end;
            // A byte order mark and nothing else is no line.
            if (Number == 0 && rest.SequenceEqual(Encoding.UTF8.Preamble)) return false;
            if (!tooLong) line = Trimmed(rest);
            Number++;
            return true;
        }
    }

    private ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> line)
    {
        if (Number == 0 && line.StartsWith(Encoding.UTF8.Preamble)) line = line[Encoding.UTF8.Preamble.Length..];
        return line.EndsWith("\r"u8) ? line[..^1] : line;
    }

    private bool Fill()
    {
        if (_from > 0)
        {
            _buffer.AsSpan(_from, _end - _from).CopyTo(_buffer);
            (_from, _end) = (0, _end - _from);
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, 2 * _buffer.Length);
        waiting?.Invoke();
        var read = Read(_buffer.AsMemory(_end));
        _end += read;
        _ended = read == 0;
        return !_ended;
    }

    private int Read(Memory<byte> into)
    {
        var pending = stream.ReadAsync(into, CancellationToken.None);
        if (pending.IsCompletedSuccessfully) return pending.Result;
        // A read of a pipe cannot be called off; it is left behind when the process ends.
        var task = pending.AsTask();
        try
        {
            task.Wait(stop);
            return task.Result;
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
    }
}
