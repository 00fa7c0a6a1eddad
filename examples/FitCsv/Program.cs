// Fits a model to the series of a CSV file, scores it on rows it has not seen, and forecasts what comes next.
//
//   dotnet run --project examples/FitCsv -- datasets/air_passengers.csv 12 air-passengers
//
// Arguments: the file, the horizon in rows, the folder for the model, and optionally the most epochs.
using SsdForecast.Data;
using SsdForecast.Torch.Evaluation;
using SsdForecast.Torch.Forecasters;
using SsdForecast.Torch.Training;

var path = args.ElementAtOrDefault(0) ?? "datasets/air_passengers.csv";
var horizon = int.Parse(args.ElementAtOrDefault(1) ?? "12");
var folder = args.ElementAtOrDefault(2) ?? "air-passengers";
var epochs = int.Parse(args.ElementAtOrDefault(3) ?? "30");

// The loader finds the columns, the step and the layout, and its report says what it found and what it repaired.
var table = SeriesCsv.Read(path);
foreach (var line in table.Report.Lines) Console.WriteLine(line);

// 70 % of the rows train, 10 % decide when to stop, 20 % are held out.
using var forecaster = Forecaster.Fit(
    table,
    new ForecasterOptions { Horizon = horizon },
    new TrainingOptions { Epochs = epochs },
    new EpochLines());

// The held-out rows, beside a seasonal naive forecast and ridge regression.
var backtest = Backtest.Run(forecaster, table);
foreach (var m in backtest.Metrics)
    Console.WriteLine($"{m.Model,-15} MASE {m.Mase:F3}  sMAPE {m.Smape:F2}  CRPS {m.Crps:F3}  {m.CoverageLevel:P0} interval covers {m.Coverage:P1}");

forecaster.Record(backtest.Metrics);
forecaster.Save(folder);

foreach (var forecast in forecaster.Predict(table))
    Console.WriteLine($"{forecast.SeriesId}: {string.Join(", ", forecast.Median.Select(v => v.ToString("G5")))}");
Console.WriteLine($"model written to {folder}");

internal sealed class EpochLines : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress p)
    {
        if (p.EpochEnded) Console.WriteLine($"epoch {p.Epoch}: loss {p.Loss:F4}, validation {p.ValidationLoss:F4}, {p.SamplesPerSecond:N0} samples/s");
    }
}
