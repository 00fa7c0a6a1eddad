using System.Diagnostics;
using System.Globalization;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Output;
using SsdForecast.Streaming;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SsdForecast.Cli.Serving;

/// <summary>A stream as it goes, on the alternate screen of the terminal that standard error is: the last series that came, the error, the speed.</summary>
internal sealed class LiveView
{
    private const int MostNotes = 4;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly Queue<string> _notes = new();
    private readonly LiveChart _chart = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Action<IRenderable> _draw;
    private TimeSpan _drawn = -Interval;
    private long _drawnEvents;

    private LiveView(Action<IRenderable> draw) => _draw = draw;

    /// <summary>Shows a session while it runs, and leaves the terminal as it was.</summary>
    public static void Show(CommandHost host, StreamSession session, Action run)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(host.Error) });
        if (!console.Profile.Capabilities.Ansi)
        {
            run();
            return;
        }

        LiveView? view = null;
        console.AlternateScreen(() => console.Live(new Text("")).Start(context =>
        {
            session.View = view = new LiveView(drawing =>
            {
                context.UpdateTarget(drawing);
                context.Refresh();
            });
            run();
            session.View = null;
        }));
        foreach (var note in view?._notes ?? []) host.Note(note);
    }

    /// <summary>An event was taken.</summary>
    public void Add(string seriesId, double value, ForecastBuffer forecast, bool isAnomaly) => _chart.Add(seriesId, value, forecast.Row(0), forecast.MedianIndex, isAnomaly);

    /// <summary>A line that would stand on standard error.</summary>
    public void Note(string line)
    {
        _notes.Enqueue(line);
        if (_notes.Count > MostNotes) _notes.Dequeue();
    }

    /// <summary>Draws anew, five times a second at most.</summary>
    public void Refresh(StreamingEngine engine, PrequentialScore score, MonitorCounts watched, long events, long rejected)
    {
        var now = _clock.Elapsed;
        if (now - _drawn < Interval) return;
        var rate = (events - _drawnEvents) / Math.Max((now - _drawn).TotalSeconds, 1e-3);
        (_drawn, _drawnEvents) = (now, events);
        var lines = new List<IRenderable>
        {
            new Text(string.Create(CultureInfo.InvariantCulture, $"{events:N0} events of {engine.SeriesCount:N0} series   {Numbers.Count(rate)} events/s   {rejected:N0} rejected")),
            new Text(Score(score)),
        };
        if (watched.ToString() is { Length: > 0 } counts) lines.Add(new Text("watched: " + counts));
        lines.Add(new Text(_chart.Title, new Style(decoration: Decoration.Bold)));
        lines.AddRange(_chart.Draw(Math.Max(20, Width - 14), 12).Select(l => new Text(l)));
        lines.AddRange(_notes.Select(n => new Text(n, new Style(Color.Yellow))));
        _draw(new Rows(lines));
    }

    private static int Width
    {
        get
        {
            try
            {
                return Console.WindowWidth > 0 ? Console.WindowWidth : 80;
            }
            catch (IOException)
            {
                return 80;
            }
        }
    }

    private static string Score(PrequentialScore score)
    {
        var parts = new List<string>();
        if (double.IsFinite(score.Mase)) parts.Add($"MASE {Numbers.Score(score.Mase)}");
        if (double.IsFinite(score.Coverage) && double.IsFinite(score.Nominal)) parts.Add($"coverage {Numbers.Percent(score.Coverage)} of {Numbers.Percent(score.Nominal)}");
        return "one step ahead: " + (parts.Count > 0 ? string.Join("   ", parts) : "nothing judged yet");
    }
}
