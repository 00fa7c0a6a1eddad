using System.Globalization;
using SsdForecast.Runtime;
using SsdForecast.Streaming;

namespace SsdForecast.Cli.Serving;

/// <summary>Brings events into the engine: what it takes is written out as a forecast, scored and watched, what it does not take is counted by what became of it.</summary>
internal sealed class EventIntake : IObservationSink, IDisposable
{
    private readonly StreamRequest _request;
    private readonly EventColumns _columns;
    private readonly ForecastOutput _output;
    private readonly ForecastLines _lines;
    private readonly ForecastBuffer _forecast;
    private readonly MonitorCompanion? _monitor;
    private readonly StreamTally _tally;
    private readonly StreamNotes _notes;
    private readonly HashSet<string>? _advanced;
    private readonly string _source;
    private StreamingEngine? _engine;
    private bool _warned;

    /// <summary>An intake for a model's events.</summary>
    /// <param name="model">The model.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="columns">The columns of an event.</param>
    /// <param name="monitor">The engine's companion; null where nothing is watched.</param>
    /// <param name="output">Takes forecasts.</param>
    /// <param name="tally">Counts.</param>
    /// <param name="notes">Takes warnings.</param>
    /// <param name="isNew">Whether there is no state to go on from.</param>
    public EventIntake(RecurrentModel model, StreamRequest request, EventColumns columns, MonitorCompanion? monitor, ForecastOutput output, StreamTally tally, StreamNotes notes, bool isNew)
    {
        (_request, _columns, _monitor, _output, _tally, _notes) = (request, columns, monitor, output, tally, notes);
        Watched = new MonitorCounts(request.Monitor);
        Score = new PrequentialScore(model.Preprocessor.Season);
        Ahead = new KnownAhead(model, request.Options.OffGrid != OffGridPolicy.Keep, id => Engine.Progress(id)?.LastTime);
        _forecast = new ForecastBuffer(model);
        _lines = new ForecastLines(output.Lines, model.Config.Levels, request.WritesJson, request.AllLeads, monitor is null ? null : request.Monitor);
        _source = request.Source;
        if (!isNew) _advanced = new HashSet<string>(StringComparer.Ordinal);
    }

    /// <summary>The engine; until it is set, events are those of a run before this one that its log tells of.</summary>
    public StreamingEngine Engine
    {
        get => _engine ?? throw new InvalidOperationException("The session has no engine yet.");
        set => _engine = value;
    }

    /// <summary>Each value against the forecast before it.</summary>
    public PrequentialScore Score { get; }

    /// <summary>What was flagged.</summary>
    public MonitorCounts Watched { get; }

    /// <summary>Known covariates of times to come.</summary>
    public KnownAhead Ahead { get; }

    /// <summary>Events that were taken before there was an engine.</summary>
    public long Replayed { get; private set; }

    /// <summary>An event was taken, now or, while there is no engine yet, by a run before this one.</summary>
    public void Taken(in TakenEvent taken)
    {
        if (_engine is null && !_output.WritesReplay)
        {
            Replayed++;
            return;
        }

        taken.Forecast(_forecast);
        var verdict = _monitor is null ? Verdict.None : _monitor.Read(taken);
        _lines.Write(_forecast, new WatchedEvent(taken.Observation.Time, taken.Observation.Value, verdict, _monitor is null ? 0 : _monitor.Shift(taken)));
        if (_engine is null)
        {
            Replayed++;
            if (_output.Lines.IsFull) _output.Flush();
            return;
        }

        _tally.Events++;
        _advanced?.Add(taken.SeriesId);
        Score.Judge(taken.SeriesId, taken.Observation.Value);
        Await(taken.SeriesId);
        _notes.View?.Add(taken.SeriesId, taken.Observation.Value, _forecast, verdict.IsAnomaly && Watched.Anomalies is not null);
        if (Watched.Add(verdict)) TellDrift(taken, verdict);
    }

    public void Refused(string seriesId, ObservationException refusal) => _tally.Reject(refusal.Problem.ToString(), refusal.Message);

    /// <summary>Takes an event of a line.</summary>
    public void Take(in EventRow row, long line)
    {
        // With known covariates a row without a value announces those of a time to come.
        if (_columns.Known.Count > 0 && row.Ahead is null && double.IsNaN(row.Value) && Engine.Model.Preprocessor.HasTimestamps)
        {
            Ahead.Announce(row);
            return;
        }

        // The first value of a series that was restored is judged by the forecast made for it then.
        if (_advanced is not null && !Score.Knows(row.SeriesId) && Engine.TryForecast(row.SeriesId, _forecast)) Await(row.SeriesId);
        try
        {
            var outcome = Engine.Observe(row.SeriesId, row.Sequence, new Observation(row.Time, row.Value, row.Past, Ahead.After(row), row.Statics), [], this);
            if (outcome.Snapped && ++_tally.Snapped == 1) TellSnapped(row, line);
            switch (outcome.Status)
            {
                case ObservationStatus.Duplicate:
                    _tally.SeenBefore++;
                    break;
                case ObservationStatus.Dropped when WasBefore(row.SeriesId):
                    _tally.SeenBefore++;
                    break;
                case ObservationStatus.Dropped:
                    _tally.Late++;
                    break;
                case ObservationStatus.Rejected when IsLate(outcome.Refusal!.Problem) && WasBefore(row.SeriesId):
                    _tally.SeenBefore++;
                    break;
                case ObservationStatus.Rejected:
                    _tally.Reject(outcome.Refusal!.Problem.ToString(), $"{_source}:{line}: {outcome.Refusal.Message}");
                    break;
            }
        }
        catch (ArgumentException e)
        {
            _tally.Reject(nameof(BadEvent.BadName), $"{_source}:{line}: {e.Message}");
        }

        if (!Ahead.Lacked || _warned || _request.Input != "-") return;
        _warned = true;
        _notes.Add($"warning: known covariates ('{string.Join("', '", _columns.Known)}') of the next {_forecast.Horizon} rows have not come and count as missing; send rows ahead with an empty target, arrays in JSON, or --input FILE");
    }

    public void Dispose() => _lines.Dispose();

    private void Await(string seriesId) => Score.Await(seriesId, _forecast.Row(0), _forecast.Levels, _forecast.MedianIndex);

    /// <summary>Whether an event that comes late is of the part of the stream that a run before this one took.</summary>
    private bool WasBefore(string seriesId) => _advanced is not null && !_advanced.Contains(seriesId);

    /// <summary>Whether an event came too late, or as of a step that was taken.</summary>
    private bool IsLate(ObservationProblem problem)
        => problem == ObservationProblem.TimeNotAfter || (problem == ObservationProblem.TimeOffGrid && Engine.Options.OffGrid == OffGridPolicy.Snap);

    private void TellSnapped(in EventRow row, long line)
        => _notes.Add(BadEventException.OneLine(string.Create(CultureInfo.InvariantCulture, $"warning: {_source}:{line}: series '{row.SeriesId}': {row.Time:yyyy-MM-dd HH:mm:ss.FFFFFFF} is not on the grid of steps ({Engine.Model.Preprocessor.Frequency}) from the first event of the series; snapped to the nearest step, and further ones are only counted (--off-grid refuse or keep does otherwise)")));

    private void TellDrift(in TakenEvent taken, in Verdict verdict)
    {
        var time = _forecast.Times.Length > 0 ? $", {taken.Observation.Time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}" : "";
        _tally.Drift(string.Create(CultureInfo.InvariantCulture, $"series '{taken.SeriesId}', step {_forecast.Origin}{time}: the error has risen for good, Page-Hinkley {verdict.DriftStatistic:F1} above {Watched.DriftThreshold}"));
    }
}
