using System.Diagnostics;
using System.Globalization;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Output;
using SsdForecast.Streaming;
using Spectre.Console;

namespace SsdForecast.Cli.Serving;

/// <summary>A stream as it goes, on the alternate screen of the terminal that standard error is: the last series that came, the error, the speed.</summary>
internal sealed class LiveView
{
    private const int MostNotes = 4;
    private const int MostChart = 12;
    private const int LeastChart = 3;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly Queue<string> _notes = new();
    private readonly LiveChart _chart = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly LiveScreen _screen;
    private TimeSpan _drawn = -Interval;
    private long _drawnEvents;

    private LiveView(LiveScreen screen) => _screen = screen;

    /// <summary>Shows a session while it runs, and leaves the terminal as it was; where it cannot be shown, says so and runs it all the same.</summary>
    public static void Show(CommandHost host, StreamSession session, Action run)
    {
        if (!host.DrawsProgress || !AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(host.Error) }).Profile.Capabilities.Ansi)
        {
            host.Note("--live: standard error is no terminal that moves its cursor (see TERM), so there is nothing to see");
            run();
            return;
        }

        LiveView? view = null;
        try
        {
            using var screen = new LiveScreen(host.Error);
            session.View = view = new LiveView(screen);
            run();
        }
        finally
        {
            session.View = null;
            foreach (var note in view?._notes ?? []) host.Note(note);
        }
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
        var (width, height) = TerminalSize.Now;
        string[] head =
        [
            string.Create(CultureInfo.InvariantCulture, $"{events:N0} events of {engine.SeriesCount:N0} series   {Numbers.Count(rate)} events/s   {rejected:N0} rejected"),
            Score(score),
            .. watched.ToString() is { Length: > 0 } counts ? (string[])["watched: " + counts] : [],
        ];
        _screen.Paint(Lines(head, _chart, [.. _notes], width, height), width, height);
    }

    /// <summary>
    /// What fits on a screen. Where it is low, the chart gives way down to <see cref="LeastChart"/> lines; then old notes and the title go; and where that is not
    /// enough, the chart.
    /// </summary>
    public static IReadOnlyList<LiveLine> Lines(IReadOnlyList<string> head, LiveChart chart, IReadOnlyList<string> notes, int width, int height)
    {
        var room = height - head.Count;
        var shown = Math.Clamp(room - 1 - LeastChart, 0, notes.Count);
        var hasTitle = room > LeastChart;
        var rows = Math.Min(MostChart, room - shown - (hasTitle ? 1 : 0));
        var lines = head.Select(h => new LiveLine(h)).ToList();
        if (rows >= LeastChart)
        {
            if (hasTitle) lines.Add(new LiveLine(chart.Title, LiveStyle.Title));
            lines.AddRange(chart.Draw(Math.Max(1, width - LiveChart.Margin), rows).Select(l => new LiveLine(l)));
        }

        lines.AddRange(notes.Skip(notes.Count - shown).Select(n => new LiveLine(n, LiveStyle.Note)));
        return [.. lines.Take(height)];
    }

    private static string Score(PrequentialScore score)
    {
        var parts = new List<string>();
        if (double.IsFinite(score.Mase)) parts.Add($"MASE {Numbers.Score(score.Mase)}");
        if (double.IsFinite(score.Coverage) && double.IsFinite(score.Nominal)) parts.Add($"coverage {Numbers.Percent(score.Coverage)} of {Numbers.Percent(score.Nominal)}");
        return "one step ahead: " + (parts.Count > 0 ? string.Join("   ", parts) : "nothing judged yet");
    }
}
