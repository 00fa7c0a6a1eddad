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
        if (request.Png is not null && !PngRenderer.IsAvailable) throw new PngUnavailableException("librsvg, cairo or every font is missing");
        // A file of forecasts is drawn without torch.
        var input = File.Exists(request.Input) ? ForecastFileReport.Of(host, request)
            : Directory.Exists(request.Input) ? ModelReport.Of(host, request)
            : throw CommandException.Usage(request.Input, "no such file or folder; name a model folder, or a CSV file that 'ssdf forecast' or 'ssdf backtest' has written");
        Write(host, input, request.Out, request.Png, request.Json);
        return ExitCodes.Good;
    }

    /// <summary>Writes a report and tells where.</summary>
    public static IReadOnlyList<string> Write(CommandHost host, ReportInput input, string path, string? pngs, bool json)
    {
        ForecastReport.Write(input, path);
        var drawn = pngs is null ? [] : ForecastReport.WritePngs(input, pngs);
        if (json)
        {
            ResultJson.Write(host.Out, new { Out = path, Png = drawn });
            return drawn;
        }
        host.Out.WriteLine($"report written to {path}");
        if (drawn.Count > 0) host.Out.WriteLine($"{drawn.Count} PNG files written to {pngs}");
        return drawn;
    }
}
