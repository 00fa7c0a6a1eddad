using System.Diagnostics;

namespace SsdForecast.Cli.Tests.Serving;

/// <summary>The program as a process of its own, which can be killed and short of room.</summary>
internal static class Ssdf
{
    internal static readonly string Dotnet = Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet";

    public static Process Start(params string[] args)
        => Process.Start(new ProcessStartInfo(Dotnet, [Path.Combine(AppContext.BaseDirectory, "ssdf.dll"), .. args]) { RedirectStandardError = true, RedirectStandardOutput = true })!;

    /// <summary>Runs to the end.</summary>
    public static (int Code, string Output, string Error) Run(params string[] args) => End(Start(args));

    /// <summary>Runs where no file may grow beyond a size.</summary>
    public static (int Code, string Output, string Error) RunShort(int kilobytes, params string[] args)
    {
        var start = new ProcessStartInfo("bash", ["-c", "trap '' XFSZ; ulimit -f $0; exec \"$@\"", $"{kilobytes}", Dotnet, Path.Combine(AppContext.BaseDirectory, "ssdf.dll"), .. args])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        // The runtime would want a large file of its own for compiled code.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        return End(Process.Start(start)!);
    }

    private static (int Code, string Output, string Error) End(Process process)
    {
        using (process)
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            process.WaitForExit();
            return (process.ExitCode, output.Result, error.Result);
        }
    }
}
