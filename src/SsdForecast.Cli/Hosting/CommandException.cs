using SsdForecast.Data;

namespace SsdForecast.Cli.Hosting;

/// <summary>An expected failure of a command: one line that names the place and the way out, and the exit code.</summary>
internal sealed class CommandException(string place, string problem, int exitCode, Exception? inner = null)
    : Exception(place.Length == 0 ? problem : $"{place}: {problem}", inner)
{
    /// <summary>What the process returns.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>The call was wrong: an option, a configuration key, a named input that does not exist.</summary>
    /// <param name="place">The option, or file and line.</param>
    /// <param name="problem">What is wrong; what to do.</param>
    public static CommandException Usage(string place, string problem) => new(place, problem, ExitCodes.Usage);

    /// <summary>The call was right and the work failed.</summary>
    public static CommandException Work(string place, string problem, Exception? inner = null) => new(place, problem, ExitCodes.Failed, inner);
}
