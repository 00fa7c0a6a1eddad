using System.Runtime.InteropServices;
using SsdForecast.Data;
using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>
/// A part of the series of an engine. Every member but <see cref="Lock"/> is for the holder of the lock. The order of an event: is it known, is it
/// in order, can it be taken; then it is logged; then the state changes. Whatever fails on the way leaves all as it was.
/// </summary>
internal sealed partial class StateShard
{
    private readonly EngineParts _parts;
    private readonly RecurrentModel _model;
    private readonly StreamingOptions _options;
    private readonly SeriesIndex _index = new();
    private readonly Dictionary<int, ReorderBuffer> _waiting = [];
    private readonly bool _hasTimestamps;
    private readonly bool _isRegular;
    private readonly bool _hasGrid;
    private readonly long _lastSnapped;
    private readonly int _capacity;
    private readonly ByteWriter _bytes = new();

    public StateShard(EngineParts parts, int capacity)
    {
        (_parts, _model, _options, _capacity) = (parts, parts.Model, parts.Options, capacity);
        _hasTimestamps = _model.Preprocessor.HasTimestamps;
        _isRegular = _hasTimestamps && _model.Preprocessor.IsRegular;
        _hasGrid = _isRegular && _options.MissingSteps == MissingSteps.Fill && _options.OffGrid != OffGridPolicy.Keep;
        _lastSnapped = _hasGrid ? (long)Math.Max(0, DateTime.MaxValue.Ticks - (2.1 * _model.Preprocessor.Frequency!.Value.NominalStep.Ticks)) : 0;
    }

    public Lock Lock { get; } = new();

    /// <summary>Series in memory.</summary>
    public int Count => _index.Count;

    /// <summary>Series begun and not removed since, less those removed: how far the number of all series has moved.</summary>
    public long Net { get; private set; }

    public long IndexBytes => _index.Bytes;

    public string IdOf(int position) => _index[position].Id!;

    public OutcomeCounts Counts { get; } = new();

    /// <summary>Ids of the series in memory.</summary>
    public IEnumerable<string> Ids
    {
        get
        {
            for (var i = 0; i < _index.Length; i++)
                if (_index[i].Id is { } id) yield return id;
        }
    }

    /// <summary>The position of a series, brought back into memory if need be; or <see cref="SeriesIndex.None"/>.</summary>
    public int Find(string seriesId, int hash)
    {
        var position = _index.Find(seriesId, hash);
        return position != SeriesIndex.None || _parts.Store is null ? position : Load(seriesId, hash);
    }

    public Span<float> State(int position) => Floats(position)[.._model.StateLength];

    /// <summary>Takes an event, or says why not.</summary>
    /// <param name="logged">Position in the log of an event that is replayed; 0 for a new one, which is logged now.</param>
    /// <exception cref="IOException">The log or the store cannot be written; the event was not taken.</exception>
    public ObservationOutcome Observe(string seriesId, int hash, long sequence, in Observation o, IObservationSink? sink, out int position, long logged = 0)
    {
        ObservationOutcome outcome;
        position = Find(seriesId, hash);
        try
        {
            outcome = position == SeriesIndex.None ? Begin(seriesId, hash, sequence, o, sink, logged, out position) : Continue(position, sequence, o, sink, logged);
        }
        catch (ObservationException e)
        {
            outcome = new ObservationOutcome(ObservationStatus.Rejected, Refusal: e);
        }

        if (outcome.Refusal is { } refusal) Counts.Add(refusal.Problem);
        Counts.Add(outcome.Status);
        return outcome;
    }

    /// <summary>Takes what waits in all series in memory.</summary>
    public int ReleaseAll(IObservationSink? sink)
    {
        var taken = 0;
        foreach (var position in _waiting.Keys.ToArray()) taken += Release(position, sink);
        return taken;
    }

    /// <summary>Takes what waits behind the gap of a series, and behind further ones.</summary>
    /// <returns>Events taken.</returns>
    public int Release(int position, IObservationSink? sink, long logged = 0)
    {
        if (!_waiting.ContainsKey(position)) return 0;
        ref var entry = ref _index[position];
        if (IsReplayed(in entry, logged)) return 0;
        entry.Position = Log(LogRecordKind.Release, entry.Id!, default, default, logged);
        return Drain(position, all: true, sink);
    }

    public bool Remove(string seriesId, int hash, long logged = 0)
    {
        var position = Find(seriesId, hash);
        if (position == SeriesIndex.None || IsReplayed(in _index[position], logged)) return false;
        var at = Log(LogRecordKind.Remove, seriesId, default, default, logged);
        _parts.Store?.Remove(seriesId, at);
        Counts.Waiting -= _waiting.GetValueOrDefault(position)?.Count ?? 0;
        Forget(position);
        Net--;
        return true;
    }

    public void Forecast(int position, Span<double> values)
    {
        _model.Forecast(State(position), values);
        foreach (var part in _parts.Companions) part.Companion.Adjust(Own(position, part), values[.._model.ForecastLength]);
    }

    public void Forecast(int position, ForecastBuffer forecast)
    {
        var state = State(position);
        Forecast(position, forecast.Values);
        forecast.SeriesId = _index[position].Id!;
        forecast.Origin = _model.Progress(state).Count - 1;
        for (var h = 0; h < forecast.Times.Length; h++) forecast.Times[h] = _model.TimeAfter(state, h + 1);
    }

    public ReadOnlySpan<byte> Companion(int position, CompanionPart part) => Own(position, part);

    public ReadOnlySpan<byte> Companion(int position, SeriesCompanion companion)
    {
        foreach (var part in _parts.Companions)
            if (part.Companion == companion) return Own(position, part);
        throw new ArgumentException("the engine has no such companion", nameof(companion));
    }

    // The order of use is of no use where nothing is put out, and keeping it reads entries of other series.
    private void Touch(int position)
    {
        if (_capacity > 0) _index.Touch(position);
    }

    private Span<float> Floats(int position) => _parts.Slab[_index[position].Slot];

    private Span<byte> Own(int position, CompanionPart part) => part.Of(Floats(position));

    private ObservationOutcome Begin(string seriesId, int hash, long sequence, in Observation o, IObservationSink? sink, long logged, out int position)
    {
        EngineParts.RequireId(seriesId);
        var slot = _parts.Slab.Rent();
        position = SeriesIndex.None;
        try
        {
            var floats = _parts.Slab[slot];
            var state = floats[.._model.StateLength];
            _model.InitializeState(state, seriesId);
            _model.Validate(seriesId, state, o);
            MakeRoom();
            var at = Log(LogRecordKind.Event, seriesId, sequence, o, logged);
            foreach (var part in _parts.Companions) part.Companion.Begin(seriesId, part.Of(floats));
            position = _index.Add(seriesId, hash, slot);
            _index[position].Position = at;
        }
        finally
        {
            if (position == SeriesIndex.None) _parts.Slab.Return(slot);
        }

        Net++;
        Counts.Begun++;
        Take(position, sequence, o, sink);
        return new ObservationOutcome(ObservationStatus.Accepted, 1);
    }

    private ObservationOutcome Continue(int position, long sequence, in Observation o, IObservationSink? sink, long logged, bool isSnapped = false)
    {
        ref var entry = ref _index[position];
        Touch(position);
        if (IsReplayed(in entry, logged)) return new ObservationOutcome(ObservationStatus.Duplicate);
        var state = State(position);
        // What is in the log was snapped before it was written.
        if (_hasGrid && !isSnapped && logged == 0 && Snapped(state, o.Time) is var step && step != o.Time) return TakeSnapped(position, sequence, o, step, sink);
        var key = Key(sequence, o);
        _waiting.TryGetValue(position, out var waiting);
        if (IsKnown(in entry, state, sequence, o, out var late)) return new ObservationOutcome(ObservationStatus.Duplicate);
        if (waiting is not null && waiting.Holds(key, sequence))
        {
            return sequence == StreamingEngine.NoSequence || waiting.HoldsNumber(sequence)
                ? new ObservationOutcome(ObservationStatus.Duplicate)
                : new ObservationOutcome(ObservationStatus.Rejected, Refusal: AtOnce(entry.Id!, o.Time));
        }

        if (late) return _options.Late == LatePolicy.Refuse ? new ObservationOutcome(ObservationStatus.Rejected, Refusal: Late(in entry, state, sequence, o)) : new ObservationOutcome(ObservationStatus.Dropped);
        _model.Validate(entry.Id!, state, o);
        var next = waiting is null && IsNext(in entry, state, sequence, o);
        if (_options.Late == LatePolicy.Reorder && !next)
        {
            entry.Position = Log(LogRecordKind.Event, entry.Id!, sequence, o, logged);
            if (waiting is null) _waiting.Add(position, waiting = new ReorderBuffer());
            waiting.Add(key, sequence, o);
            Counts.Waiting++;
            var taken = Drain(position, all: false, sink);
            var isTaken = !_waiting.TryGetValue(position, out var rest) || !rest.Holds(key, StreamingEngine.NoSequence);
            return new ObservationOutcome(isTaken ? ObservationStatus.Accepted : ObservationStatus.Buffered, taken);
        }

        CheckGap(entry.Id!, state, o);
        entry.Position = Log(LogRecordKind.Event, entry.Id!, sequence, o, logged);
        Take(position, sequence, o, sink);
        return new ObservationOutcome(ObservationStatus.Accepted, 1);
    }

    /// <summary>Brings an event into the state, after the steps that are missing before it. Nothing can fail any more.</summary>
    private void Take(int position, long sequence, in Observation o, IObservationSink? sink)
    {
        ref var entry = ref _index[position];
        var floats = Floats(position);
        var state = floats[.._model.StateLength];
        var id = entry.Id!;
        if (_options.MissingSteps == MissingSteps.Fill) Fill(id, state, o);
        foreach (var part in _parts.Companions) part.Companion.Taking(id, o, state, part.Of(floats));
        _parts.Advance.Take(id, state, new ReadOnlySpan<Observation>(in o));
        foreach (var part in _parts.Companions) part.Companion.Taken(id, o, state, part.Of(floats));
        SeenSequences.Add(ref entry, sequence);
        Counts.Taken++;
        sink?.Taken(new TakenEvent(this, position, id, sequence, o));
    }

    private void Fill(string seriesId, Span<float> state, in Observation o)
    {
        for (var missing = _model.StepsUntil(state, o.Time) - 1; missing > 0; missing--)
        {
            var empty = new Observation(_model.TimeAfter(state, 1), double.NaN, _parts.MissingPast, _parts.MissingKnown);
            _parts.Advance.Take(seriesId, state, new ReadOnlySpan<Observation>(in empty));
        }
    }

    private void CheckGap(string seriesId, ReadOnlySpan<float> state, in Observation o)
    {
        if (_options.MissingSteps != MissingSteps.Fill) return;
        var steps = _model.StepsUntil(state, o.Time);
        if (steps < 1)
            throw Between(seriesId, o.Time);
        if (steps - 1 > _options.MaxGap)
            throw new ObservationException(ObservationProblem.GapTooLong, seriesId, o.Time, $"{steps - 1} steps are missing before it, more than {_options.MaxGap}; check the unit of the time, or remove the series and begin anew");
    }

    private long Log(LogRecordKind kind, string seriesId, long sequence, in Observation o, long logged)
        => logged > 0 ? logged : _parts.Log is { } log ? log.Append(LogRecord.Write(_bytes, kind, seriesId, sequence, o)) : 0;

    // A snapshot is taken series by series while events come in, so the log that follows it may begin with some that a series has.
    private static bool IsReplayed(ref readonly SeriesEntry entry, long logged) => logged > 0 && logged <= entry.Position;
}

/// <summary>Where the bytes of a companion lie behind a state.</summary>
internal readonly record struct CompanionPart(SeriesCompanion Companion, int Offset)
{
    public Span<byte> Of(Span<float> floats) => MemoryMarshal.AsBytes(floats.Slice(Offset, Companion.Bytes / sizeof(float)));
}
