using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Settings;
using SsdForecast.Data;
using SsdForecast.Reports;

namespace SsdForecast.Cli.Reporting;

/// <summary>A report of a CSV file of forecasts.</summary>
internal static class ForecastFileReport
{
    public static ReportInput Of(CommandHost host, ReportRequest request)
    {
        var forecasts = ForecastCsv.Read(request.Input);
        var table = request.Data is { } path ? DataFile.Load(path, SchemaSettings.Schema(request.Columns), null) : null;
        // What happened since the forecast was made, where the file of forecasts does not know it.
        if (table is not null && forecasts.All(f => f.Actual.All(double.IsNaN))) forecasts = ActualValues.Join(forecasts.Select(f => f.Forecast), table.Series);
        if (table is not null && forecasts.All(f => !table.TryGet(f.Forecast.SeriesId, out _)))
            host.Note($"warning: {request.Data} has none of the series that were forecast, such as '{forecasts[0].Forecast.SeriesId}'");
        return new ReportInput
        {
            Title = request.Title ?? Path.GetFileNameWithoutExtension(request.Data ?? request.Input),
            Models = [new ModelForecasts("ssd", forecasts)],
            History = table?.Series ?? [],
            Season = table is null ? 1 : SeasonalNaive.ChooseSeason(table.Series[0], table.Series[0].Count, forecasts[0].Forecast.Horizon),
            Quantity = request.Quantity,
            Unit = request.Unit,
            Data = table is null ? [] : DataSummary.Of(table),
            Warnings = table?.Report.Warnings ?? [],
            Commands = [$"ssdf report {request.Input}{(request.Data is null ? "" : $" --data {request.Data}")} --out {request.Out}"],
        };
    }
}
