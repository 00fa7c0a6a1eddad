using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace SsdForecast.Streaming;

/// <summary>
/// Appends records to the newest segment of the event log. Safe from many threads. A record that cannot be written is not there: the call throws,
/// and the log is as it was. Writes go to a given place in the file, so that one that failed half-way is written over by the next.
/// </summary>
internal sealed class EventLog : IDisposable
{
    private const int MostBuffered = 4 << 20;

    private readonly Lock _gate = new();
    private readonly string _prefix;
    private readonly string _modelHash;
    private readonly LogSync _sync;
    private readonly bool _buffered;
    private readonly Timer? _timer;
    private SafeFileHandle? _file;
    private string _path = "";
    private byte[] _buffer = new byte[1 << 12];
    private int _waiting;
    private long _length;
    private long _unsynced;
    private long _firstUnsynced;
    private IOException? _failedSync;

    /// <summary>A log that begins with the next record; segments that are there stay.</summary>
    /// <param name="prefix">Path of segments up to the number.</param>
    public EventLog(string prefix, string modelHash, LogSync sync, bool buffered)
    {
        (_prefix, _modelHash, _sync, _buffered) = (prefix, modelHash, sync, buffered);
        if (sync.Time != Timeout.InfiniteTimeSpan) _timer = new Timer(_ => SyncLate(), null, sync.Time, sync.Time);
    }

    /// <summary>Records since the store began.</summary>
    public long Position { get; private set; }

    /// <summary>The generation of the snapshot that the segment follows.</summary>
    public long Generation { get; private set; }

    /// <summary>Bytes of the segment, those in memory included.</summary>
    public long Bytes => _length + _waiting;

    /// <summary>Bytes appended since the engine was made.</summary>
    public long BytesAppended { get; private set; }

    public static string SegmentPath(string prefix, long generation) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{prefix}{generation}");

    /// <summary>Goes on behind the good part of a segment; what is torn is cut off.</summary>
    public void Continue(long generation, SegmentEnd end)
    {
        lock (_gate)
        {
            Open(generation, FileMode.Open);
            try
            {
                if (end.FileLength > end.GoodLength) RandomAccess.SetLength(_file!, end.GoodLength);
            }
            catch (Exception e) when (StoreProblems.IsOfDisk(e))
            {
                throw Failed(e);
            }

            (Position, _length) = (end.Position, end.GoodLength);
        }
    }

    /// <summary>Begins the segment that follows a snapshot; all before it is on the disk.</summary>
    /// <param name="position">Records before it, or null to go on counting.</param>
    /// <returns>The position of the last record before the segment.</returns>
    /// <exception cref="IOException">It cannot be made; the log goes on in the old one.</exception>
    public long Begin(long generation, long? position = null)
    {
        lock (_gate)
        {
            if (_file is not null) Force();
            var at = position ?? Position;
            var (file, path, former) = (_file, _path, Generation);
            try
            {
                Open(generation, FileMode.Create);
                var header = LogSegment.Header(_modelHash, generation, at);
                RandomAccess.Write(_file!, header, 0);
                RandomAccess.FlushToDisk(_file!);
            }
            catch (Exception e) when (StoreProblems.IsOfDisk(e))
            {
                // A segment whose header is whole would be believed.
                if (_file != file)
                {
                    _file?.Dispose();
                    File.Delete(_path);
                }

                (_file, _path, Generation) = (file, path, former);
                throw e is IOException { InnerException: not null } ? e : Failed(e);
            }

            file?.Dispose();
            (Position, _length) = (at, LogSegment.HeaderLength);
            return at;
        }
    }

    /// <summary>Appends a record.</summary>
    /// <returns>Its position.</returns>
    /// <exception cref="IOException">It was not written.</exception>
    public long Append(ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            if (_failedSync is { } late) throw new IOException(late.Message, late);
            var before = _waiting;
            var size = LogSegment.FrameLength + payload.Length;
            if (_waiting + size > _buffer.Length) Array.Resize(ref _buffer, Math.Max(2 * _buffer.Length, _waiting + size));
            payload.CopyTo(_buffer.AsSpan(_waiting + LogSegment.FrameLength));
            LogSegment.Frame(_buffer.AsSpan(_waiting, size));
            _waiting += size;
            try
            {
                if (!_buffered || _waiting > MostBuffered) Drain();
                if (_unsynced++ == 0) _firstUnsynced = Stopwatch.GetTimestamp();
                if (_sync.Events > 0 && _unsynced >= _sync.Events) Force();
            }
            catch (Exception e) when (StoreProblems.IsOfDisk(e))
            {
                TakeBack(before, size);
                throw e is IOException { InnerException: not null } ? e : Failed(e);
            }

            BytesAppended += size;
            return ++Position;
        }
    }

    /// <summary>Brings all records to the file, and with <paramref name="toDisk"/> to the disk.</summary>
    /// <exception cref="IOException">Not all of them; those that wait are tried again.</exception>
    public void Flush(bool toDisk)
    {
        lock (_gate)
        {
            if (_file is null) return;
            try
            {
                if (toDisk || _failedSync is not null) Force();
                else Drain();
                _failedSync = null;
            }
            catch (Exception e) when (StoreProblems.IsOfDisk(e))
            {
                throw Failed(e);
            }
        }
    }

    public void Dispose()
    {
        _timer?.Dispose();
        lock (_gate)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private void Open(long generation, FileMode mode)
    {
        var path = SegmentPath(_prefix, generation);
        try
        {
            (_file, _path) = (File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.Read), path);
        }
        catch (Exception e) when (StoreProblems.IsOfDisk(e))
        {
            throw StoreProblems.Cannot(path, "the event log cannot be opened", e, "see that this folder can be written");
        }

        Generation = generation;
    }

    // Nothing may stay in the file of an event that the caller is told was not taken.
    private void TakeBack(int before, int size)
    {
        if (_waiting > before)
        {
            _waiting = before;
            return;
        }

        _waiting = 0;
        _length -= size;
        try
        {
            RandomAccess.SetLength(_file!, _length);
        }
        catch (Exception e) when (StoreProblems.IsOfDisk(e))
        {
            _failedSync = Failed(e);
        }
    }

    private void Drain()
    {
        if (_waiting == 0) return;
        RandomAccess.Write(_file!, _buffer.AsSpan(0, _waiting), _length);
        _length += _waiting;
        _waiting = 0;
    }

    private void Force()
    {
        Drain();
        if (_unsynced > 0) RandomAccess.FlushToDisk(_file!);
        _unsynced = 0;
    }

    // By the clock, and only what is in the file: when gathered records go there is for the caller to say. A failure cannot be told to anyone
    // now, so the next event is refused with it.
    private void SyncLate()
    {
        lock (_gate)
        {
            if (_file is null || _unsynced == 0 || Stopwatch.GetElapsedTime(_firstUnsynced) < _sync.Time / 2) return;
            try
            {
                RandomAccess.FlushToDisk(_file);
                _unsynced = _waiting > 0 ? 1 : 0;
            }
            catch (Exception e) when (StoreProblems.IsOfDisk(e))
            {
                _failedSync = Failed(e);
            }
        }
    }

    private IOException Failed(Exception e) => StoreProblems.Cannot(_path, "the event log cannot be written", e, "the event was not taken: make room and send it again");
}
