using System.Runtime.InteropServices;
using SsdForecast.Data;
using SsdForecast.Reports;
using SsdForecast.Runtime;

namespace SsdForecast.Cli.Hosting;

/// <summary>Turns exceptions into one line and an exit code.</summary>
internal static class Failures
{
    /// <summary>The environment variable that asks for the stack of an unexpected failure.</summary>
    public const string TraceVariable = "SSDF_TRACE";

    /// <summary>Writes <c>ssdf: place: problem; way out</c>, and gives the exit code.</summary>
    public static int Report(Exception exception, TextWriter error)
    {
        var cause = Unwrap(exception);
        var (line, code) = Explain(cause);
        error.WriteLine("ssdf: " + line.ReplaceLineEndings(" "));
        if (Environment.GetEnvironmentVariable(TraceVariable) is { Length: > 0 } and not "0") error.WriteLine(exception);
        return code;
    }

    private static (string Line, int Code) Explain(Exception e) => e switch
    {
        CommandException c => (c.Message, c.ExitCode),
        DataException or ModelFormatException or ObservationException or PngUnavailableException or StateFormatException => (e.Message, ExitCodes.Failed),
        FileNotFoundException { FileName: { } assembly } when assembly.Contains(", Version=", StringComparison.Ordinal)
            => ($"{assembly.Split(',')[0]}: this part of the program is not beside it; install it whole", ExitCodes.Failed),
        UnauthorizedAccessException => (e.Message.TrimEnd('.') + "; check the permissions", ExitCodes.Failed),
        IOException => (e.Message.TrimEnd('.'), ExitCodes.Failed),
        DllNotFoundException => (e.Message, ExitCodes.Failed),
        _ when IsOutOfMemory(e) => ("out of memory; ask for less, in training a smaller --batch-size, --window-length or --lookback", ExitCodes.Failed),
        NotSupportedException when NoTorch(e) is { } without => (without, ExitCodes.Failed),
        _ => ($"{e.GetType().Name}: {Brief(e)}; this is not expected: set {TraceVariable}=1 to see where", ExitCodes.Failed),
    };

    /// <summary>The message without the native frames that TorchSharp puts behind it, and without the trace of its search for libtorch.</summary>
    public static string Brief(Exception e) => NoTorch(e) ?? e.Message.Split("Exception raised from ")[0].Trim();

    private static string? NoTorch(Exception e) => e.Message.Contains("doesn't contain a reference to libtorch", StringComparison.Ordinal)
        ? "TorchSharp's native library cannot be loaded here: it needs glibc 2.34 and the libstdc++ of GCC 13; build with TorchBackend=system to use a libtorch of this machine"
        : null;

    // Torch tells of its allocator in its own words.
    private static bool IsOutOfMemory(Exception e) => e is OutOfMemoryException
        || (e is ExternalException && (e.Message.Contains("can't allocate memory", StringComparison.Ordinal) || e.Message.Contains("out of memory", StringComparison.Ordinal)));

    // A static constructor or a task wraps what went wrong; the reader wants the cause.
    private static Exception Unwrap(Exception e) => e switch
    {
        TypeInitializationException { InnerException: { } inner } => Unwrap(inner),
        AggregateException { InnerExceptions: [var only] } => Unwrap(only),
        _ => e,
    };
}
