using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Output;
using SsdForecast.Cli.Settings;
using SsdForecast.Runtime;
using SsdForecast.Streaming;

namespace SsdForecast.Cli.Serving;

/// <summary>One run of a stream: reads lines, feeds the engine, writes forecasts, counts.</summary>
internal sealed class StreamSession : IObservationSink, IDisposable
{
    private const int MostNamed = 100;
    private const int MostUnflushedLog = 1 << 20;
    // Seconds; the system waits for no more than some weeks.
    private const double LongestWait = 1e6;

    private readonly CommandHost _host;
    private readonly StreamRequest _request;
    private readonly EventColumns _columns;
    private readonly ForecastOutput _output;
    private readonly ForecastLines _lines;
    private readonly ForecastBuffer _forecast;
    private readonly PrequentialScore _score;
    private readonly KnownAhead _ahead;
    private readonly MonitorCompanion? _monitor;
    private readonly MonitorCounts _watched;
    private readonly SortedDictionary<string, long> _reasons = new(StringComparer.Ordinal);
    private readonly HashSet<string>? _advanced;
    private readonly string _source;
    private readonly int _season;
    private StreamingEngine? _engine;
    private long _events, _rejected, _repeated, _late, _snapped, _replayed, _flushedLog;
    private readonly long _heldBefore;
    private int _drifts;
    private bool _warned;

    /// <summary>A run over an engine of the model.</summary>
    /// <param name="host">Takes notes.</param>
    /// <param name="model">The model.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="monitor">The engine's companion; null where nothing is watched.</param>
    /// <param name="values">How cells are read.</param>
    /// <param name="output">Takes forecasts.</param>
    /// <param name="isNew">Whether there is no state to go on from.</param>
    /// <param name="heldBefore">Events of the state that waited when it was saved.</param>
    public StreamSession(CommandHost host, RecurrentModel model, StreamRequest request, MonitorCompanion? monitor, SettingValues values, ForecastOutput output, bool isNew, long heldBefore)
    {
        (_host, _request, _monitor, _output, _heldBefore) = (host, request, monitor, output, heldBefore);
        _watched = new MonitorCounts(request.Monitor);
        _columns = new EventColumns(model, values, request.Sequence);
        _forecast = new ForecastBuffer(model);
        _lines = new ForecastLines(output.Lines, model.Config.Levels, request.WritesJson, request.AllLeads, monitor is null ? null : request.Monitor);
        _season = model.Preprocessor.Season;
        _score = new PrequentialScore(_season);
        _ahead = new KnownAhead(model, request.Options.OffGrid != OffGridPolicy.Keep, id => Engine.Progress(id)?.LastTime);
        _source = request.Input == "-" ? "stdin" : request.Input;
        if (!isNew) _advanced = new HashSet<string>(StringComparer.Ordinal);
    }

    /// <summary>Sees what goes on, if anyone does.</summary>
    public LiveView? View { get; set; }

    /// <summary>Whether there were lines and every one of them was rejected.</summary>
    public bool TookNothing => _events == 0 && _repeated == 0 && _rejected > 0;

    private StreamingEngine Engine => _engine ?? throw new InvalidOperationException("The session has no engine yet.");

    // In a state of before it was counted some may wait that are not known of.
    private long HeldBack => Math.Max(0, _heldBefore + Engine.Counts().Waiting);

    /// <summary>An event was taken, now or, while there is no engine yet, by a run before this one.</summary>
    public void Taken(in TakenEvent taken)
    {
        if (_engine is null && !_output.WritesReplay)
        {
            _replayed++;
            return;
        }

        taken.Forecast(_forecast);
        var verdict = _monitor is null ? Verdict.None : _monitor.Read(taken);
        _lines.Write(_forecast, new WatchedEvent(taken.Observation.Time, taken.Observation.Value, verdict, _monitor is null ? 0 : _monitor.Shift(taken)));
        if (_engine is null)
        {
            _replayed++;
            if (_output.Lines.IsFull) _output.Flush();
            return;
        }

        _events++;
        _advanced?.Add(taken.SeriesId);
        _score.Judge(taken.SeriesId, taken.Observation.Value);
        _score.Await(taken.SeriesId, _forecast.Row(0), _forecast.Levels, _forecast.MedianIndex);
        View?.Add(taken.SeriesId, taken.Observation.Value, _forecast, verdict.IsAnomaly && _watched.Anomalies is not null);
        if (_watched.Add(verdict)) NoteDrift(taken, verdict);
    }

    public void Refused(string seriesId, ObservationException refusal) => Reject(refusal.Problem.ToString(), refusal.Message);

    /// <summary>Goes on with an engine that is up to date.</summary>
    public void Begin(StreamingEngine engine)
    {
        _engine = engine;
        _output.CutOff();
        if (engine.Recovery is not { Snapshot: not null } recovery) return;
        foreach (var warning in recovery.Warnings) Note($"warning: {warning}");
        Note(string.Create(CultureInfo.InvariantCulture, $"{engine.SeriesCount} series restored from {_request.State}{(_replayed > 0 ? $", {_replayed} events of them from its log" : "")}"));
        if (_replayed > 0 && _output.ContinuesOther is { } other) Note($"warning: the run before wrote to {other} and was cut short; the forecasts of those {_replayed} events are in this output, and may be at the end of that one too");
    }

    /// <summary>Reads the known covariates of a whole file ahead: in a replay they are known.</summary>
    public void AnnounceFile(string path)
    {
        if (_columns.Known.Count == 0) return;
        var reader = Reader();
        var rows = new List<EventRow>();
        var numbers = new Dictionary<string, long>(StringComparer.Ordinal);
        using var stream = InputFile.Open(path);
        var lines = new InputLines(new Utf8Stream(stream, _source), CancellationToken.None);
        while (lines.Next(out var line, out _))
        {
            rows.Clear();
            try
            {
                if (!IsBlank(line)) reader.Read(line, rows);
            }
            catch (BadEventException)
            {
                // Told when its turn comes.
                continue;
            }

            foreach (var row in rows.Where(r => r.Ahead is null))
            {
                var number = numbers[row.SeriesId] = numbers.GetValueOrDefault(row.SeriesId, -1) + 1;
                _ahead.Announce(row, number);
            }
        }
    }

    /// <summary>Takes every line, and ends with everything written.</summary>
    public void Run(Stream input, CancellationToken stop)
    {
        var reader = Reader();
        var rows = new List<EventRow>();
        var clock = Stopwatch.StartNew();
        var lines = new InputLines(new Utf8Stream(input, _source), stop, () => LetOut(toDisk: false));
        var syncEvery = _request.State is null || _request.SyncEvents == 0 ? long.MaxValue : _request.SyncEvents;
        var synced = 0L;
        var snapshotEvery = _request.State is null ? long.MaxValue : _request.SnapshotEvery ?? StreamRequest.DefaultSnapshotEvery;
        while (lines.Next(out var line, out var tooLong))
        {
            Pace(clock, lines.Number, stop);
            // A replay at a pace ends where it is; what has been read without taking time is taken to its end.
            if (_request.Rate > 0 && stop.IsCancellationRequested) break;
            Read(reader, line, tooLong, lines.Number, rows);
            foreach (var row in rows) Take(row, lines.Number);
            View?.Refresh(Engine, _score, _watched, _events, _rejected);
            if (_output.Lines.IsFull || Engine.LogBytes - _flushedLog > MostUnflushedLog) LetOut(toDisk: false);
            if (_events - synced >= syncEvery)
            {
                LetOut(toDisk: true);
                synced = _events;
            }

            if (Engine.EventsSinceSnapshot >= snapshotEvery) Snapshot();
        }

        // With a state what waits goes on waiting.
        if (_request.State is null) Engine.ReleaseAll(this);
        LetOut(toDisk: false);
        if (_request.State is not null) Snapshot();
        _output.End();
    }

    /// <summary>What was done.</summary>
    public StreamSummary Summary(TimeSpan elapsed, bool isStopped) => new()
    {
        Events = _events,
        Series = Engine.SeriesCount,
        Rejected = _rejected,
        SeenBefore = _repeated,
        Late = _late,
        Snapped = _snapped,
        HeldBack = HeldBack,
        Seconds = elapsed.TotalSeconds,
        Mase = _score.Mase,
        Coverage = double.IsNaN(_score.Nominal) ? double.NaN : _score.Coverage,
        NominalCoverage = _score.Nominal,
        Anomalies = _watched.Anomalies,
        AnomalyLevel = _watched.AnomalyLevel,
        Drifts = _watched.Drifts,
        DriftThreshold = _watched.DriftThreshold,
        Reasons = _reasons,
        State = _request.State,
        Stopped = isStopped,
        Watched = _watched.ToString(),
    };

    public void Dispose()
    {
        _lines.Dispose();
        _output.Dispose();
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept(" \t"u8) < 0;

    private IEventReader Reader() => _request.ReadsJson ? new JsonEventReader(_columns, _forecast.Horizon, _request.IgnoreUnknown) : new CsvEventReader(_columns, _source);

    private void Read(IEventReader reader, ReadOnlySpan<byte> line, bool tooLong, long number, List<EventRow> rows)
    {
        rows.Clear();
        try
        {
            if (tooLong) throw new BadEventException(BadEvent.LineTooLong, $"the line is longer than {InputLines.Longest} bytes");
            if (IsBlank(line)) throw new BadEventException(BadEvent.EmptyLine, "the line is empty");
            reader.Read(line, rows);
        }
        catch (BadEventException e)
        {
            rows.Clear();
            Reject(e.Reason.ToString(), $"{_source}:{number}: {e.Message}");
        }
    }

    private void Take(in EventRow row, long line)
    {
        // With known covariates a row without a value announces those of a time to come.
        if (_columns.Known.Count > 0 && row.Ahead is null && double.IsNaN(row.Value) && Engine.Model.Preprocessor.HasTimestamps)
        {
            _ahead.Announce(row);
            return;
        }

        // The first value of a series that was restored is judged by the forecast made for it then.
        if (_advanced is not null && !_score.Knows(row.SeriesId) && Engine.TryForecast(row.SeriesId, _forecast)) _score.Await(row.SeriesId, _forecast.Row(0), _forecast.Levels, _forecast.MedianIndex);
        try
        {
            var outcome = Engine.Observe(row.SeriesId, row.Sequence, new Observation(row.Time, row.Value, row.Past, _ahead.After(row), row.Statics), [], this);
            if (outcome.Snapped && ++_snapped == 1) NoteSnapped(row, line);
            switch (outcome.Status)
            {
                case ObservationStatus.Duplicate:
                    _repeated++;
                    break;
                case ObservationStatus.Dropped when WasBefore(row.SeriesId):
                    _repeated++;
                    break;
                case ObservationStatus.Dropped:
                    _late++;
                    break;
                case ObservationStatus.Rejected when IsLate(outcome.Refusal!.Problem) && WasBefore(row.SeriesId):
                    _repeated++;
                    break;
                case ObservationStatus.Rejected:
                    Reject(outcome.Refusal!.Problem.ToString(), $"{_source}:{line}: {outcome.Refusal.Message}");
                    break;
            }
        }
        catch (ArgumentException e)
        {
            Reject(nameof(BadEvent.BadName), $"{_source}:{line}: {e.Message}");
        }

        if (!_ahead.Lacked || _warned || _request.Input != "-") return;
        _warned = true;
        Note($"warning: known covariates ('{string.Join("', '", _columns.Known)}') of the next {_forecast.Horizon} rows have not come and count as missing; send rows ahead with an empty target, arrays in JSON, or --input FILE");
    }

    /// <summary>Whether an event that comes late is of the part of the stream that a run before this one took.</summary>
    private bool WasBefore(string seriesId) => _advanced is not null && !_advanced.Contains(seriesId);

    /// <summary>Whether an event came too late, or as of a step that was taken.</summary>
    private bool IsLate(ObservationProblem problem)
        => problem == ObservationProblem.TimeNotAfter || (problem == ObservationProblem.TimeOffGrid && Engine.Options.OffGrid == OffGridPolicy.Snap);

    private void NoteSnapped(in EventRow row, long line)
        => Note(BadEventException.OneLine(string.Create(CultureInfo.InvariantCulture, $"warning: {_source}:{line}: series '{row.SeriesId}': {row.Time:yyyy-MM-dd HH:mm:ss.FFFFFFF} is not on the grid of steps ({Engine.Model.Preprocessor.Frequency}) from the first event of the series; snapped to the nearest step, and further ones are only counted (--off-grid refuse or keep does otherwise)")));

    /// <summary>Standard output first and the log after it: what is in the log was let out. For a file the order is of no matter.</summary>
    private void LetOut(bool toDisk)
    {
        _output.Flush(toDisk);
        Engine.Flush(toDisk);
        _flushedLog = Engine.LogBytes;
    }

    private void Snapshot()
    {
        _output.Flush(toDisk: true);
        Engine.Snapshot((_output.Commit with { HeldBack = HeldBack }).Write());
        _flushedLog = Engine.LogBytes;
    }

    private void Reject(string reason, string problem)
    {
        var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(reason);
        _reasons[name] = _reasons.GetValueOrDefault(name) + 1;
        if (++_rejected <= MostNamed) Note($"ssdf: {BadEventException.OneLine(problem)}; skipped");
        if (_rejected == MostNamed) Note($"ssdf: {MostNamed} lines skipped; further ones are only counted");
    }

    private void NoteDrift(in TakenEvent taken, in Verdict verdict)
    {
        if (++_drifts > MostNamed) return;
        var time = _forecast.Times.Length > 0 ? $", {taken.Observation.Time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}" : "";
        Note(BadEventException.OneLine(string.Create(CultureInfo.InvariantCulture, $"drift: series '{taken.SeriesId}', step {_forecast.Origin}{time}: the error has risen for good, Page-Hinkley {verdict.DriftStatistic:F1} above {_watched.DriftThreshold}")));
        if (_drifts == MostNamed) Note($"drift: told {MostNamed} times; further ones are only counted and marked in the output");
    }

    private void Note(string line)
    {
        if (View is null) _host.Note(line);
        else View.Note(line);
    }

    private void Pace(Stopwatch clock, long line, CancellationToken stop)
    {
        if (_request.Rate <= 0) return;
        // What was taken by a run before this one takes no time again.
        var due = ((line - 1 - _repeated) / _request.Rate) - clock.Elapsed.TotalSeconds;
        if (due <= 0) return;
        LetOut(toDisk: false);
        stop.WaitHandle.WaitOne(TimeSpan.FromSeconds(Math.Min(due, LongestWait)));
    }
}
