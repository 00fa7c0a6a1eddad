using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Fitting;
using SsdForecast.Cli.Output;
using SsdForecast.Cli.Settings;
using SsdForecast.Data;
using SsdForecast.Torch.Forecasters;

namespace SsdForecast.Cli.Forecasting;

/// <summary>Forecasts a file by a model folder.</summary>
internal static class ForecastRun
{
    public static int Execute(CommandHost host, ForecastRequest request)
    {
        DataFile.RequireModel(request.Model);
        DataFile.Require(request.Data, "a CSV file");
        OutputPlace.RequireFile("--out", request.Out);
        using var forecaster = Forecaster.Load(request.Model, Devices.Checked(request.Device));
        var table = ModelData.Load(request.Model, forecaster.Preprocessor, request.Data, request.Columns, host);
        var forecasts = Predict(host, forecaster, table);
        ForecastCsv.Write(request.Out, forecasts);

        if (request.Json) ResultJson.Write(host.Out, new { request.Model, request.Data, request.Out, Series = forecasts.Count, forecaster.Config.Horizon, forecasts[0].Levels });
        else host.Out.WriteLine($"{Numbers.Count(forecasts.Count)} series, {forecaster.Config.Horizon} lead times and {forecasts[0].Levels.Count} quantiles each, written to {request.Out}");
        return ExitCodes.Good;
    }

    /// <summary>Forecasts what comes after a table, with a warning where known covariates had to be made up.</summary>
    public static IReadOnlyList<Forecast> Predict(CommandHost host, Forecaster forecaster, SeriesTable table)
    {
        var season = forecaster.Preprocessor.Season;
        var extended = FutureCovariates.Extend(table, forecaster.Preprocessor.KnownCovariates, forecaster.Config.Horizon, season, out var repeated);
        if (repeated.Count > 0)
            host.Note($"warning: known covariates end before the horizon does, and their last season ({season} rows) is repeated: '{string.Join("', '", repeated)}'; give rows with times and covariates and an empty target to forecast with real ones");
        var forecasts = forecaster.Predict(extended);
        string[] broken = [.. forecasts.Where(f => f.Values.Cast<double>().Any(v => !double.IsFinite(v))).Select(f => f.SeriesId)];
        if (broken.Length > 0)
            host.Note($"warning: forecasts of {Numbers.Count(broken.Length)} of {Numbers.Count(forecasts.Count)} series are not finite, first '{broken[0]}': numbers of the model overflow on the way; look for absurd values in the series, or train again with a lower --learning-rate");
        return forecasts;
    }
}
