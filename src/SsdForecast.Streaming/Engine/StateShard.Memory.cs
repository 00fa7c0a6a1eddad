using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>Series between memory and store.</summary>
internal sealed partial class StateShard
{
    /// <summary>Gives the record of the entry at a position of the index, if there is a series.</summary>
    public void Write(int position, SeriesWriter write)
    {
        ref var entry = ref _index[position];
        if (entry.Id is { } id) write(id, Record(position), entry.Position, IsChanged(in entry));
    }

    /// <summary>Positions of the index are below it.</summary>
    public int IndexLength => _index.Length;

    /// <summary>A series out of a snapshot that is read as a whole.</summary>
    public void Restore(string seriesId, int hash, byte[] record, string source)
    {
        Place(seriesId, hash, record, source);
        Net++;
    }

    private bool IsChanged(ref readonly SeriesEntry entry) => entry.Position > _parts.SavedPosition;

    private ReadOnlySpan<byte> Record(int position) => SeriesRecord.Write(_bytes, in _index[position], Floats(position), _waiting.GetValueOrDefault(position));

    private int Load(string seriesId, int hash)
    {
        if (!_parts.Store!.TryLoad(seriesId, out var record)) return SeriesIndex.None;
        MakeRoom();
        Counts.Loaded++;
        return Place(seriesId, hash, record, _parts.Store.Location);
    }

    private int Place(string seriesId, int hash, byte[] record, string source)
    {
        var slot = _parts.Slab.Rent();
        var position = _index.Add(seriesId, hash, slot);
        try
        {
            if (SeriesRecord.Read(record, ref _index[position], _parts.Slab[slot]) is { } waiting) _waiting.Add(position, waiting);
            if (_model.IsPlausible(State(position))) return position;
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException)
        {
            // Told as any other record that does not fit.
        }

        Forget(position);
        throw new StateFormatException(source, $"the record of series '{seriesId}' does not fit the model; it was not written by this program");
    }

    private void MakeRoom()
    {
        while (_capacity > 0 && _index.Count >= _capacity)
        {
            var oldest = _index.Oldest;
            ref var entry = ref _index[oldest];
            _parts.Store!.Evict(entry.Id!, Record(oldest), entry.Position, IsChanged(in entry));
            Forget(oldest);
            Counts.Evicted++;
        }
    }

    private void Forget(int position)
    {
        _parts.Slab.Return(_index[position].Slot);
        _waiting.Remove(position);
        _index.Remove(position);
    }
}
