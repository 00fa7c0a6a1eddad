using Microsoft.Win32.SafeHandles;

namespace SsdForecast.Streaming;

/// <summary>
/// Records that are not in memory, in a file that lives as long as the process: what is in it follows from snapshot and log. Where each record
/// lies is kept in memory. Not safe for threads.
/// </summary>
internal sealed class EvictedPages(string path) : IDisposable
{
    private readonly Dictionary<string, Page> _pages = new(StringComparer.Ordinal);
    private readonly Dictionary<int, Stack<long>> _free = [];
    private SafeFileHandle? _file;
    private long _end;

    private readonly record struct Page(long Offset, int Length, long Position);

    public int Count => _pages.Count;

    public IEnumerable<string> Ids => _pages.Keys;

    public bool TryRead(string seriesId, out byte[] record, out long position)
    {
        if (!_pages.TryGetValue(seriesId, out var page))
        {
            (record, position) = ([], 0);
            return false;
        }

        record = new byte[page.Length];
        position = page.Position;
        for (var read = 0; read < record.Length;)
        {
            var part = RandomAccess.Read(_file!, record.AsSpan(read), page.Offset + read);
            read += part > 0 ? part : throw new EndOfStreamException($"{path}: ends before a record; it was cut while in use");
        }

        return true;
    }

    public void Write(string seriesId, ReadOnlySpan<byte> record, long position)
    {
        _file ??= File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        var known = _pages.TryGetValue(seriesId, out var page);
        // A record changes its length only where events wait in it, so room of equal length is nearly always found again.
        if (!known || page.Length != record.Length)
        {
            var offset = _free.TryGetValue(record.Length, out var free) && free.TryPop(out var found) ? found : _end;
            RandomAccess.Write(_file, record, offset);
            if (offset == _end) _end += record.Length;
            if (known) Free(page);
            page = new Page(offset, record.Length, position);
        }
        else
        {
            RandomAccess.Write(_file, record, page.Offset);
            page = page with { Position = position };
        }

        _pages[seriesId] = page;
    }

    public void Remove(string seriesId)
    {
        if (_pages.Remove(seriesId, out var page)) Free(page);
    }

    public void Dispose() => _file?.Dispose();

    private void Free(Page page)
    {
        if (!_free.TryGetValue(page.Length, out var free)) _free[page.Length] = free = new Stack<long>();
        free.Push(page.Offset);
    }
}
