using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Output;
using SsdForecast.Cli.Settings;
using SsdForecast.Reports;

namespace SsdForecast.Cli.Reporting;

/// <summary>Draws a report.</summary>
internal static class ReportRun
{
    public static int Execute(CommandHost host, ReportRequest request)
    {
        if (request.Windows < 0) throw CommandException.Usage("--windows", $"{request.Windows} is too small; it must be 1 or more");
        if (request.Png is not null) PngRenderer.EnsureAvailable();
        OutputPlace.RequireFile("--out", request.Out);
        OutputPlace.RequireFolder("--png", request.Png);
        // A file of forecasts is drawn without torch.
        var input = File.Exists(request.Input) ? ForecastFileReport.Of(host, request)
            : Directory.Exists(request.Input) ? ModelReport.Of(host, request)
            : throw CommandException.Usage(request.Input, "no such file or folder; name a model folder, or a CSV file that 'ssdf forecast' or 'ssdf backtest' has written");
        var drawn = Write(input, request.Out, request.Png);
        if (request.Json) ResultJson.Write(host.Out, new { request.Out, Png = drawn });
        else Tell(host, request.Out, request.Png, drawn);
        return ExitCodes.Good;
    }

    /// <summary>Writes a report, and its charts as PNG.</summary>
    /// <returns>The PNG files.</returns>
    public static IReadOnlyList<string> Write(ReportInput input, string path, string? pngs)
    {
        ForecastReport.Write(input, path);
        return pngs is null ? [] : ForecastReport.WritePngs(input, pngs);
    }

    /// <summary>Tells what was written.</summary>
    public static void Tell(CommandHost host, string path, string? pngs, IReadOnlyList<string> drawn)
    {
        host.Out.WriteLine($"report written to {path}");
        if (drawn.Count > 0) host.Out.WriteLine($"{drawn.Count} PNG files written to {pngs}");
    }
}
