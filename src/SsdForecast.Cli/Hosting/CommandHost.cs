using System.Runtime.InteropServices;

namespace SsdForecast.Cli.Hosting;

/// <summary>What a command may talk to: streams, the terminal and the wish of the user to stop.</summary>
/// <param name="input">Events of <c>stream</c>.</param>
/// <param name="output">Results.</param>
/// <param name="error">Progress, warnings and errors.</param>
/// <param name="cancellation">Asks a long command to stop and keep what it has.</param>
internal sealed class CommandHost(TextReader input, TextWriter output, TextWriter error, CancellationToken cancellation = default) : IDisposable
{
    private readonly List<PosixSignalRegistration> _signals = [];
    private CancellationTokenSource? _stop;

    public TextReader In { get; } = input;

    public TextWriter Out { get; } = output;

    public TextWriter Error { get; } = error;

    /// <summary>The command line, for commands that start the program again.</summary>
    public IReadOnlyList<string> Arguments { get; set; } = [];

    /// <summary>Whether <see cref="Out"/> is a terminal: tables may be drawn.</summary>
    public bool DrawsOutput { get; init; }

    /// <summary>Whether <see cref="Error"/> is a terminal: a progress bar may be drawn.</summary>
    public bool DrawsProgress { get; init; }

    /// <summary>
    /// From now on Ctrl-C and SIGTERM ask to stop, once; a second Ctrl-C ends the process. Commands that have nothing to keep never ask, and end at once.
    /// </summary>
    public CancellationToken StopRequests()
    {
        if (_stop is not null) return _stop.Token;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGINT, PosixSignal.SIGTERM])
            _signals.Add(PosixSignalRegistration.Create(signal, Stop));
        return _stop.Token;
    }

    /// <summary>A line of progress or warning on standard error.</summary>
    public void Note(string line) => Error.WriteLine(line);

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        _stop?.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        if (_stop is null || _stop.IsCancellationRequested) return;
        context.Cancel = true;
        _stop.Cancel();
    }
}
