using SsdForecast.Cli.Commands;
using SsdForecast.Cli.Hosting;

namespace SsdForecast.Cli;

/// <summary><c>ssdf</c>: fit, forecast, stream and report on CSV time series.</summary>
public static class Program
{
    /// <summary>Runs the program on the console.</summary>
    /// <param name="args">Verb and options; see <c>ssdf --help</c>.</param>
    /// <returns>0 good, 1 the work failed, 2 the call was wrong.</returns>
    public static int Main(string[] args)
    {
        using var input = new StreamReader(Console.OpenStandardInput(), bufferSize: 1 << 16);
        using var host = new CommandHost(input, Console.Out, Console.Error)
        {
            DrawsOutput = !Console.IsOutputRedirected,
            DrawsProgress = !Console.IsErrorRedirected,
        };
        return RootVerb.Run(args, host);
    }

    /// <summary>Runs the program on given streams, as from a script.</summary>
    /// <param name="args">Verb and options; see <c>ssdf --help</c>.</param>
    /// <param name="input">What would be standard input.</param>
    /// <param name="output">Takes results.</param>
    /// <param name="error">Takes progress, warnings and errors.</param>
    /// <param name="cancellation">Stands for Ctrl-C.</param>
    /// <returns>0 good, 1 the work failed, 2 the call was wrong.</returns>
    public static int Run(IReadOnlyList<string> args, TextReader input, TextWriter output, TextWriter error, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        using var host = new CommandHost(input, output, error, cancellation);
        return RootVerb.Run(args, host);
    }
}
