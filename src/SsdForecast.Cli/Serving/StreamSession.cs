using System.Diagnostics;
using System.Globalization;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Output;
using SsdForecast.Cli.Settings;
using SsdForecast.Runtime;
using SsdForecast.Streaming;

namespace SsdForecast.Cli.Serving;

/// <summary>One run of a stream: reads lines, feeds the engine, writes forecasts, counts.</summary>
internal sealed class StreamSession
{
    private const int MostNamed = 100;

    private readonly CommandHost _host;
    private readonly StreamingEngine _engine;
    private readonly StreamRequest _request;
    private readonly EventColumns _columns;
    private readonly ForecastLines _lines;
    private readonly PrequentialScore _score;
    private readonly KnownAhead _ahead;
    private readonly string _source;
    private long _events, _rejected;
    private bool _warned;

    public StreamSession(CommandHost host, StreamingEngine engine, StreamRequest request, SettingValues values)
    {
        (_host, _engine, _request) = (host, engine, request);
        _columns = new EventColumns(engine.Model, values);
        _lines = new ForecastLines(host.Out, request.WritesJson, request.AllLeads);
        _score = new PrequentialScore(engine.Model.Preprocessor.Season);
        _ahead = new KnownAhead(engine.Model);
        _source = request.Input == "-" ? "stdin" : request.Input;
        foreach (var id in engine.SeriesIds()) _score.Await(engine.Forecast(id));
    }

    /// <summary>Reads the known covariates of a whole file ahead: in a replay they are known.</summary>
    public void AnnounceFile(string path)
    {
        if (_columns.Known.Count == 0) return;
        var reader = Reader();
        var rows = new List<EventRow>();
        var numbers = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(path))
        {
            rows.Clear();
            try
            {
                reader.Read(line, rows);
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

    /// <summary>Takes every line.</summary>
    public void Run(TextReader input, CancellationToken stop)
    {
        var reader = Reader();
        var rows = new List<EventRow>();
        var clock = Stopwatch.StartNew();
        long number = 0;
        foreach (var line in LineSource.Lines(input, stop))
        {
            number++;
            Pace(clock, number, stop);
            rows.Clear();
            try
            {
                reader.Read(line, rows);
            }
            catch (BadEventException e)
            {
                Reject($"{_source}:{number}: {e.Message}");
                continue;
            }
            foreach (var row in rows) Take(row, number);
        }
    }

    /// <summary>Whether there were lines and every one of them was rejected.</summary>
    public bool TookNothing => _events == 0 && _rejected > 0;

    /// <summary>One line on what was done.</summary>
    public string Summary(TimeSpan elapsed)
    {
        var rate = _events / Math.Max(elapsed.TotalSeconds, 1e-9);
        var score = double.IsFinite(_score.Mase) ? $"; one step ahead: MASE {Numbers.Score(_score.Mase)}" : "";
        if (double.IsFinite(_score.Coverage) && double.IsFinite(_score.Nominal)) score += $", coverage {Numbers.Percent(_score.Coverage)} of {Numbers.Percent(_score.Nominal)}";
        return string.Create(CultureInfo.InvariantCulture, $"{_events} events of {_engine.SeriesCount} series, {_rejected} rejected, {Numbers.Count(rate)} events/s{score}");
    }

    private IEventReader Reader() => _request.ReadsJson ? new JsonEventReader(_columns, _engine.Model.Config.Horizon) : new CsvEventReader(_columns, _source);

    private void Take(in EventRow row, long line)
    {
        // With known covariates a row without a value announces those of a time to come.
        if (_columns.Known.Count > 0 && row.Ahead is null && double.IsNaN(row.Value) && _engine.Model.Preprocessor.HasTimestamps)
        {
            _ahead.Announce(row);
            return;
        }
        try
        {
            var forecast = _engine.Observe(row.SeriesId, new Observation(row.Time, row.Value, row.Past, _ahead.After(row), row.Statics));
            _events++;
            _score.Judge(row.SeriesId, row.Value);
            _score.Await(forecast);
            _lines.Write(forecast);
        }
        catch (Exception e) when (e is ObservationException or ArgumentException)
        {
            Reject($"{_source}:{line}: {e.Message}");
        }
        if (!_ahead.Lacked || _warned || _request.Input != "-") return;
        _warned = true;
        _host.Note($"warning: known covariates ('{string.Join("', '", _columns.Known)}') of the next {_engine.Model.Config.Horizon} rows have not come and count as missing; send rows ahead with an empty target, arrays in JSON, or --input FILE");
    }

    private void Reject(string problem)
    {
        if (++_rejected <= MostNamed) _host.Note($"ssdf: {problem.ReplaceLineEndings(" ")}; skipped");
        if (_rejected == MostNamed) _host.Note($"ssdf: {MostNamed} lines skipped; further ones are only counted");
    }

    private void Pace(Stopwatch clock, long line, CancellationToken stop)
    {
        if (_request.Rate <= 0) return;
        var due = TimeSpan.FromSeconds((line - 1) / _request.Rate) - clock.Elapsed;
        if (due > TimeSpan.Zero) stop.WaitHandle.WaitOne(due);
    }
}
