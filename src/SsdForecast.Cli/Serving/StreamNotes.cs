using SsdForecast.Cli.Hosting;

namespace SsdForecast.Cli.Serving;

/// <summary>Lines that a stream has for its user: on standard error, or in the live view while there is one.</summary>
/// <param name="host">Has the standard error.</param>
internal sealed class StreamNotes(CommandHost host)
{
    /// <summary>Sees what goes on, if anyone does.</summary>
    public LiveView? View { get; set; }

    /// <summary>One more line.</summary>
    public void Add(string line)
    {
        if (View is null) host.Note(line);
        else View.Note(line);
    }
}
