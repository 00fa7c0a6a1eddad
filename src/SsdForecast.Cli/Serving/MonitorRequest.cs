using System.Globalization;
using SsdForecast.Cli.Hosting;
using SsdForecast.Runtime;
using SsdForecast.Streaming;

namespace SsdForecast.Cli.Serving;

/// <summary>
/// What <c>ssdf stream</c> was asked to watch: a flag is null where it was not given, empty where it was given by itself, else its value. Any of them
/// keeps the whole monitor beside each series; which of it shows is a matter of the flags. So a state that was kept with one of them can be gone on from
/// with another, unless it would be kept otherwise.
/// </summary>
internal sealed record MonitorRequest
{
    private const double UsualForgetting = 0.999;

    private static readonly MonitorOptions Usual = new();

    /// <summary>Forecasts leave calibrated; the step of the tracker.</summary>
    public string? Calibrate { get; init; }

    /// <summary>Events have a p-value and a score; the p-value below which they are flagged.</summary>
    public string? Anomalies { get; init; }

    /// <summary>Lasting rises of the error are told; the threshold of Page-Hinkley.</summary>
    public string? Drift { get; init; }

    /// <summary>The head is adapted to each series; the forgetting factor.</summary>
    public string? Adapt { get; init; }

    /// <summary>Whether anything of it was asked for.</summary>
    public bool IsOn => (Calibrate ?? Anomalies ?? Drift ?? Adapt) is not null;

    /// <summary>Whether lines tell of the event that they follow.</summary>
    public bool TellsEvents => (Anomalies ?? Drift) is not null;

    /// <summary>How to watch.</summary>
    /// <exception cref="CommandException">A value that is none; the message names its flag.</exception>
    public MonitorOptions Options => new()
    {
        CalibrationRate = Read("--calibrate", Calibrate, Usual.CalibrationRate, v => v is > 0 and <= 1, "a step of the tracker in (0, 1], such as 0.2"),
        AnomalyLevel = Read("--anomalies", Anomalies, Usual.AnomalyLevel, v => v is > 0 and < 1, "a p-value between 0 and 1, such as 0.0001"),
        DriftThreshold = Read("--drift", Drift, Usual.DriftThreshold, v => v is > 0 and <= 1e6, "a threshold in (0, 1e6], such as 25"),
        AdaptationForgetting = Adapt is null ? 0 : Read("--adapt", Adapt, UsualForgetting, v => v is > 0.9 and <= 1, "a forgetting factor in (0.9, 1], such as 0.999"),
    };

    /// <summary>The flags with their values, as they shape the lines of the output; empty without any.</summary>
    public string Form => string.Join(' ', Given.Select(f => Text(f.Name, f.Of(Options))));

    private IEnumerable<Flag> Given
    {
        get
        {
            if (Calibrate is not null) yield return new Flag("--calibrate", o => o.CalibrationRate);
            if (Anomalies is not null) yield return new Flag("--anomalies", o => o.AnomalyLevel);
            if (Drift is not null) yield return new Flag("--drift", o => o.DriftThreshold);
            if (Adapt is not null) yield return new Flag("--adapt", o => o.AdaptationForgetting);
        }
    }

    /// <summary>The monitor for an engine's series; null if nothing is watched.</summary>
    public MonitorCompanion? Companion(RecurrentModel model) => IsOn ? new MonitorCompanion(model, Options) { CalibratesForecasts = Calibrate is not null } : null;

    /// <summary>Checks every value.</summary>
    /// <exception cref="CommandException">A value that is none; the message names its flag.</exception>
    public void Validate() => _ = Options;

    /// <summary>Says in flags why a state cannot be gone on from.</summary>
    /// <param name="state">The state, as the user named it.</param>
    /// <param name="problem">What the engine found.</param>
    public CommandException Explain(string state, OtherCompanionsException problem)
    {
        const string Other = "begin another state with --state OTHER";
        if (MonitorName.Read(problem.Layout) is not { } kept)
        {
            return IsOn && !problem.Layout.Contains('+', StringComparison.Ordinal)
                ? CommandException.Usage(Given.First().Name, $"the state in {state} was kept without watching; leave out {string.Join(", ", Given.Select(f => f.Name))}, or {Other}")
                : new CommandException("", problem.Message, ExitCodes.Failed, problem);
        }

        if (!IsOn) return CommandException.Usage("--state", $"{state} was kept while watching; pass {Needed(kept)}, or {Other}");
        var own = Options;
        if (kept.AdaptationForgetting != own.AdaptationForgetting)
        {
            return CommandException.Usage("--adapt", kept.AdaptationForgetting == 0
                ? $"the state in {state} was kept without it; leave it out, or {Other}"
                : $"the state in {state} was kept with {Text("--adapt", kept.AdaptationForgetting)}; pass that, or {Other}");
        }

        if (kept.CalibrationRate != own.CalibrationRate) return CommandException.Usage("--calibrate", $"the state in {state} was kept with {Text("--calibrate", kept.CalibrationRate)}; pass that, or {Other}");
        if (kept.DriftThreshold != own.DriftThreshold) return CommandException.Usage("--drift", $"the state in {state} was kept with {Text("--drift", kept.DriftThreshold)}; pass that, or {Other}");
        return new CommandException("", problem.Message, ExitCodes.Failed, problem);
    }

    /// <summary>Flags with which a state is gone on from.</summary>
    private static string Needed(MonitorOptions kept)
    {
        var flags = new List<string>();
        if (kept.CalibrationRate != Usual.CalibrationRate) flags.Add(Text("--calibrate", kept.CalibrationRate));
        if (kept.DriftThreshold != Usual.DriftThreshold) flags.Add(Text("--drift", kept.DriftThreshold));
        if (kept.AdaptationForgetting != 0) flags.Add(Text("--adapt", kept.AdaptationForgetting));
        return flags.Count > 0 ? string.Join(' ', flags) : "--calibrate, --anomalies or --drift";
    }

    private static string Text(string flag, double value) => string.Create(CultureInfo.InvariantCulture, $"{flag} {value}");

    private static double Read(string flag, string? text, double usual, Func<double, bool> holds, string what)
    {
        if (text is null or "") return usual;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && holds(value) ? value : throw CommandException.Usage(flag, $"'{text}' is not {what}");
    }

    private sealed record Flag(string Name, Func<MonitorOptions, double> Of);
}
