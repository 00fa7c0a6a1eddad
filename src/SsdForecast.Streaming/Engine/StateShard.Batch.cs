using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>
/// Many events in one go. They are let in one after another, as single ones are; the steps of those that are next in their series wait and are
/// taken side by side, one event a series. What depends on a state, or would put one out of memory, first takes what waits.
/// </summary>
internal sealed partial class StateShard
{
    private const int FetchedAtOnce = 16;

    private readonly HashSet<int> _running = [];
    private SeriesRun[] _runs = [];
    private Observation[] _runObservations = [];
    private int[] _runEvents = [];
    private double[] _runForecasts = [];
    private int _runCount;

    /// <summary>Takes the events of this shard.</summary>
    /// <param name="events">The batch.</param>
    /// <param name="own">Which of them are of this shard, in order, with the hashes of their ids.</param>
    /// <param name="forecasts">Room for the forecast after each event of the batch, or empty.</param>
    /// <param name="outcomes">What became of each event of the batch.</param>
    public void ObserveBatch(ReadOnlySpan<SeriesEvent> events, ReadOnlySpan<(int Event, int Hash)> own, Span<double> forecasts, Span<ObservationOutcome> outcomes)
    {
        try
        {
            for (var i = 0; i < own.Length; i++)
            {
                if (i % FetchedAtOnce == 0) Fetch(events, own.Slice(i, Math.Min(FetchedAtOnce, own.Length - i)));
                var (e, hash) = own[i];
                ref readonly var sent = ref events[e];
                if (_parts.Companions.Length == 0 && TryJoin(sent, hash, e, out outcomes[e])) continue;
                TakeRuns(forecasts);
                outcomes[e] = Observe(sent.SeriesId, hash, sent.Sequence, sent.Observation, null, out var position);
                if (!forecasts.IsEmpty && position != SeriesIndex.None) Forecast(position, forecasts.Slice(e * _model.ForecastLength, _model.ForecastLength));
            }
        }
        finally
        {
            // Also after an error of the store: what was let in is in the log.
            TakeRuns(forecasts);
        }
    }

    /// <summary>
    /// Asks for the memory of several events before any of it is read: where series are a million, each look-up goes to memory three times, one
    /// after another, and those of several events go side by side.
    /// </summary>
    private void Fetch(ReadOnlySpan<SeriesEvent> events, ReadOnlySpan<(int Event, int Hash)> part)
    {
        foreach (var (_, hash) in part) _index.FetchBucket(hash);
        foreach (var (_, hash) in part) _index.FetchEntry(hash);
        foreach (var (e, hash) in part)
            if (_index.Find(events[e].SeriesId, hash) is var position && position != SeriesIndex.None) _parts.Slab.Fetch(_index[position].Slot);
    }

    /// <summary>Lets an event in whose step can wait for others.</summary>
    /// <returns>False where it must be taken alone, or be refused; nothing was changed then.</returns>
    private bool TryJoin(in SeriesEvent sent, int hash, int e, out ObservationOutcome outcome)
    {
        outcome = default;
        var position = _index.Find(sent.SeriesId, hash);
        if (position == SeriesIndex.None || _running.Contains(position) || _waiting.ContainsKey(position)) return false;
        ref var entry = ref _index[position];
        var floats = Floats(position);
        ReadOnlySpan<float> state = floats[.._model.StateLength];
        var o = sent.Observation;
        if (IsKnown(in entry, state, sent.Sequence, o, out var late) || late || (_options.MissingSteps == MissingSteps.Fill && _model.StepsUntil(state, o.Time) != 1)) return false;
        if (_hasGrid && _model.TimeAfter(state, 1) != o.Time) return false;
        if (_options.Late == LatePolicy.Reorder && !IsNext(in entry, state, sent.Sequence, o)) return false;
        try
        {
            _model.Validate(sent.SeriesId, state, o);
        }
        catch (ObservationException)
        {
            // Told in the same words when it is taken alone.
            return false;
        }

        Touch(position);
        entry.Position = Log(LogRecordKind.Event, sent.SeriesId, sent.Sequence, o, logged: 0);
        SeenSequences.Add(ref entry, sent.Sequence);
        _running.Add(position);
        if (_runCount == _runs.Length)
        {
            // Runs that are there keep the old array of observations, which holds theirs.
            var room = Math.Max(64, 2 * _runCount);
            Array.Resize(ref _runs, room);
            Array.Resize(ref _runObservations, room);
            Array.Resize(ref _runEvents, room);
        }

        _runObservations[_runCount] = o;
        _runs[_runCount] = new SeriesRun(entry.Id!, _parts.Slab.Memory(entry.Slot)[.._model.StateLength], _runObservations.AsMemory(_runCount, 1));
        _runEvents[_runCount++] = e;
        outcome = new ObservationOutcome(ObservationStatus.Accepted, 1);
        Counts.Add(ObservationStatus.Accepted);
        Counts.Taken++;
        return true;
    }

    private void TakeRuns(Span<double> forecasts)
    {
        if (_runCount == 0) return;
        var length = _model.ForecastLength;
        var room = forecasts.IsEmpty ? 0 : _runCount * length;
        if (_runForecasts.Length < room) _runForecasts = new double[room];
        var refused = _model.ObserveBatch(_runs.AsMemory(0, _runCount), _runForecasts.AsMemory(0, room), maxDegreeOfParallelism: 1);
        if (refused.Count > 0) throw new InvalidOperationException($"an event that was let in was refused: {refused[0].Problem.Message}");
        for (var i = 0; i < _runCount && room > 0; i++) _runForecasts.AsSpan(i * length, length).CopyTo(forecasts.Slice(_runEvents[i] * length, length));
        _running.Clear();
        _runCount = 0;
    }
}
