using System.Diagnostics;
using System.Globalization;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Settings;
using SsdForecast.Runtime;
using SsdForecast.Streaming;

namespace SsdForecast.Cli.Serving;

/// <summary>One run of a stream: reads lines, has their events taken, and lets out forecasts and log in an order in which nothing is lost.</summary>
internal sealed class StreamSession : IDisposable
{
    private const int MostUnflushedLog = 1 << 20;
    // Seconds; the system waits for no more than some weeks.
    private const double LongestWait = 1e6;

    private readonly StreamRequest _request;
    private readonly EventColumns _columns;
    private readonly ForecastOutput _output;
    private readonly StreamNotes _notes;
    private readonly StreamTally _tally;
    private readonly EventIntake _intake;
    private readonly int _horizon;
    private readonly long _heldBefore;
    private long _flushedLog;

    /// <summary>A run over an engine of the model.</summary>
    /// <param name="host">Takes notes, and has the standard output.</param>
    /// <param name="model">The model.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="monitor">The engine's companion; null where nothing is watched.</param>
    /// <param name="values">How cells are read.</param>
    /// <param name="found">The snapshot that is gone on from; null for none.</param>
    public StreamSession(CommandHost host, RecurrentModel model, StreamRequest request, MonitorCompanion? monitor, SettingValues values, SnapshotManifest? found)
    {
        _request = request;
        var commit = OutputCommit.Read(found);
        _output = new ForecastOutput(host, request, found is null, commit);
        _columns = new EventColumns(model, values, request.Sequence);
        _notes = new StreamNotes(host);
        _tally = new StreamTally(_notes);
        _intake = new EventIntake(model, request, _columns, monitor, _output, _tally, _notes, found is null);
        _horizon = model.Config.Horizon;
        _heldBefore = commit?.HeldBack ?? 0;
    }

    /// <summary>Sees what goes on, if anyone does.</summary>
    public LiveView? View
    {
        get => _notes.View;
        set => _notes.View = value;
    }

    /// <summary>Told of the events that are replayed before the session begins.</summary>
    public IObservationSink Sink => _intake;

    /// <summary>Whether there were lines and every one of them was rejected.</summary>
    public bool TookNothing => _tally.TookNothing;

    private StreamingEngine Engine => _intake.Engine;

    // In a state of before it was counted some may wait that are not known of.
    private long HeldBack => Math.Max(0, _heldBefore + Engine.Counts().Waiting);

    /// <summary>Goes on with an engine that is up to date.</summary>
    public void Begin(StreamingEngine engine)
    {
        _intake.Engine = engine;
        _output.CutOff();
        if (engine.Recovery is not { Snapshot: not null } recovery) return;
        foreach (var warning in recovery.Warnings) _notes.Add($"warning: {warning}");
        var replayed = _intake.Replayed;
        _notes.Add(string.Create(CultureInfo.InvariantCulture, $"{engine.SeriesCount} series restored from {_request.State}{(replayed > 0 ? $", {replayed} events of them from its log" : "")}"));
        if (replayed > 0 && _output.ContinuesOther is { } other) _notes.Add($"warning: the run before wrote to {other} and was cut short; the forecasts of those {replayed} events are in this output, and may be at the end of that one too");
    }

    /// <summary>Reads the known covariates of a whole file ahead: in a replay they are known.</summary>
    public void AnnounceFile(string path)
    {
        if (_columns.Known.Count == 0) return;
        var reader = Reader();
        var rows = new List<EventRow>();
        var numbers = new Dictionary<string, long>(StringComparer.Ordinal);
        using var stream = InputFile.Open(path);
        var lines = new InputLines(new Utf8Stream(stream, _request.Source), CancellationToken.None);
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
                _intake.Ahead.Announce(row, number);
            }
        }
    }

    /// <summary>Takes every line, and ends with everything written.</summary>
    public void Run(Stream input, CancellationToken stop)
    {
        var reader = Reader();
        var rows = new List<EventRow>();
        var clock = Stopwatch.StartNew();
        var lines = new InputLines(new Utf8Stream(input, _request.Source), stop, () => LetOut(toDisk: false));
        var syncEvery = _request.State is null || _request.SyncEvents == 0 ? long.MaxValue : _request.SyncEvents;
        var synced = 0L;
        var snapshotEvery = _request.State is null ? long.MaxValue : _request.SnapshotEvery ?? StreamRequest.DefaultSnapshotEvery;
        while (lines.Next(out var line, out var tooLong))
        {
            Pace(clock, lines.Number, stop);
            // A replay at a pace ends where it is; what has been read without taking time is taken to its end.
            if (_request.Rate > 0 && stop.IsCancellationRequested) break;
            Read(reader, line, tooLong, lines.Number, rows);
            foreach (var row in rows) _intake.Take(row, lines.Number);
            _notes.View?.Refresh(Engine, _intake.Score, _intake.Watched, _tally.Events, _tally.Rejected);
            if (_output.Lines.IsFull || Engine.LogBytes - _flushedLog > MostUnflushedLog) LetOut(toDisk: false);
            if (_tally.Events - synced >= syncEvery)
            {
                LetOut(toDisk: true);
                synced = _tally.Events;
            }

            if (Engine.EventsSinceSnapshot >= snapshotEvery) Snapshot();
        }

        // With a state what waits goes on waiting.
        if (_request.State is null) Engine.ReleaseAll(_intake);
        LetOut(toDisk: false);
        if (_request.State is not null) Snapshot();
        _output.End();
    }

    /// <summary>What was done.</summary>
    public StreamSummary Summary(TimeSpan elapsed, bool isStopped) => new()
    {
        Events = _tally.Events,
        Series = Engine.SeriesCount,
        Rejected = _tally.Rejected,
        SeenBefore = _tally.SeenBefore,
        Late = _tally.Late,
        Snapped = _tally.Snapped,
        HeldBack = HeldBack,
        Seconds = elapsed.TotalSeconds,
        Mase = _intake.Score.Mase,
        Coverage = double.IsNaN(_intake.Score.Nominal) ? double.NaN : _intake.Score.Coverage,
        NominalCoverage = _intake.Score.Nominal,
        Anomalies = _intake.Watched.Anomalies,
        AnomalyLevel = _intake.Watched.AnomalyLevel,
        Drifts = _intake.Watched.Drifts,
        DriftThreshold = _intake.Watched.DriftThreshold,
        Reasons = _tally.Reasons,
        State = _request.State,
        Stopped = isStopped,
        Watched = _intake.Watched.ToString(),
    };

    public void Dispose()
    {
        _intake.Dispose();
        _output.Dispose();
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept(" \t"u8) < 0;

    private IEventReader Reader() => _request.ReadsJson ? new JsonEventReader(_columns, _horizon, _request.IgnoreUnknown) : new CsvEventReader(_columns, _request.Source);

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
            _tally.Reject(e.Reason.ToString(), $"{_request.Source}:{number}: {e.Message}");
        }
    }

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

    private void Pace(Stopwatch clock, long line, CancellationToken stop)
    {
        if (_request.Rate <= 0) return;
        // What was taken by a run before this one takes no time again.
        var due = ((line - 1 - _tally.SeenBefore) / _request.Rate) - clock.Elapsed.TotalSeconds;
        if (due <= 0) return;
        LetOut(toDisk: false);
        stop.WaitHandle.WaitOne(TimeSpan.FromSeconds(Math.Min(due, LongestWait)));
    }
}
