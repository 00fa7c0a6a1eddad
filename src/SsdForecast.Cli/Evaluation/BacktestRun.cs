using SsdForecast.Cli.Fitting;
using SsdForecast.Cli.Forecasting;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Output;
using SsdForecast.Cli.Settings;
using SsdForecast.Data;
using SsdForecast.Torch.Evaluation;
using SsdForecast.Torch.Forecasters;
using SsdForecast.Torch.Training;

namespace SsdForecast.Cli.Evaluation;

/// <summary>Backtests a model folder, or a model trained by a configuration.</summary>
internal static class BacktestRun
{
    public static int Execute(CommandHost host, BacktestRequest request)
    {
        request.Validate();
        OutputPlace.RequireFile("--out", request.Out);
        var rule = Rule(request.Split);
        var (table, forecaster) = Open(host, request);
        using (forecaster)
        {
            var result = Backtest.Run(forecaster, table, new BacktestOptions { Split = rule, Windows = request.Windows, Stride = request.Stride });
            if (request.Out is { } path) ForecastCsv.Write(path, result.Models[0].Forecasts);
            Tell(host, request, forecaster, result);
        }
        return ExitCodes.Good;
    }

    private static SplitRule? Rule(string? text)
    {
        try
        {
            return text is null ? null : SplitRule.Parse(text);
        }
        catch (FormatException e)
        {
            throw CommandException.Usage("--split", e.Message);
        }
    }

    private static (SeriesTable Table, Forecaster Forecaster) Open(CommandHost host, BacktestRequest request)
    {
        if (ConfigFile.Is(request.Model))
        {
            var values = ConfigFile.Read(request.Model).With(request.Columns);
            if (request.Data is { } data) values.Set(SettingTable.Path, [DataFile.Require(data, "a CSV file")], "DATA");
            if (request.Device is { } device) values.Set(SettingTable.Device, [device], SettingTable.Device.Option);
            return FitRun.Train(host, values, new FitDisplay(request.Quiet), folder: null);
        }
        DataFile.RequireModel(request.Model);
        var path = DataFile.Require(request.Data ?? throw CommandException.Usage("DATA", "not given; name the CSV file to backtest on"), "a CSV file");
        var forecaster = Forecaster.Load(request.Model, Devices.Checked(request.Device));
        try
        {
            return (ModelData.Load(request.Model, forecaster.Preprocessor, path, request.Columns, host), forecaster);
        }
        catch
        {
            forecaster.Dispose();
            throw;
        }
    }

    private static void Tell(CommandHost host, BacktestRequest request, Forecaster forecaster, BacktestResult result)
    {
        var forecasts = result.Models[0].Forecasts.Count;
        if (request.Json)
        {
            ResultJson.Write(host.Out, new
            {
                request.Model,
                Forecasts = forecasts,
                forecaster.Config.Horizon,
                result.Stride,
                Split = result.Split.Text,
                result.Season,
                result.Metrics,
                MaseByLead = result.Models.Select((m, i) => (m.Model, result.MaeByLead[i])).ToDictionary(p => p.Model, p => p.Item2),
                request.Out,
            });
            return;
        }
        host.Out.WriteLine($"{Numbers.Count(forecasts)} forecasts of {forecaster.Config.Horizon} rows, {result.Stride} rows apart, split {result.Split}, season {result.Season}");
        MetricOutput.Write(host, result.Metrics);
        if (request.Out is { } path) host.Out.WriteLine($"forecasts and actual values written to {path}");
    }
}
