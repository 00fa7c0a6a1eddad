// Draws a report of forecasts against what happened: one HTML file that needs no network, and PNG where the machine can. Any forecasts will do;
// these are seasonal naive ones, of two seasons, so no model is needed.
//
//   dotnet run --project examples/DrawReport -- datasets/taylor.csv 48 report.html
//
// Arguments: the file, the horizon in rows, and the HTML file to write.
using SsdForecast.Data;
using SsdForecast.Reports;

var path = args.ElementAtOrDefault(0) ?? "datasets/taylor.csv";
var horizon = int.Parse(args.ElementAtOrDefault(1) ?? "48");
var output = args.ElementAtOrDefault(2) ?? "report.html";

var table = SeriesCsv.Read(path);
var series = table.Series[0];
var split = Splits.Fractions(series.Count, 0.7, 0.1);
if (split.TestRows < 9) throw new ArgumentException($"of {path} {split.TestRows} rows are held out; a report takes 9 or more, of some 45 rows in all");
if (horizon < 1 || horizon > split.TestRows - 8) throw new ArgumentException($"a horizon of {horizon} rows; of {path} {split.TestRows} rows are held out, so take 1 to {split.TestRows - 8}");
double[] levels = [0.05, 0.25, 0.5, 0.75, 0.95];

// From every eighth held-out row, a forecast and what then happened.
IReadOnlyList<ForecastVersusActual> Backtest(int season)
{
    var model = SeasonalNaiveModel.Fit(series, split.TrainEnd, season, levels);
    return [.. Enumerable.Range(0, (split.TestRows - horizon) / 8)
        .Select(k => split.ValidationEnd - 1 + (8 * k))
        .Select(origin => new ForecastVersusActual(model.Predict(origin, horizon), series.Values[(origin + 1)..(origin + 1 + horizon)]))];
}

var seasons = series.Index.Frequency?.SeasonLengths ?? [1];
var report = new ReportInput
{
    Title = Path.GetFileNameWithoutExtension(path),
    Models = [new($"naive, season {seasons[^1]}", Backtest(seasons[^1])), new($"naive, season {seasons[0]}", Backtest(seasons[0]))],
    History = table.Series,
    Season = seasons[^1],
    Data = DataSummary.Of(table),
    Warnings = table.Report.Warnings,
};

ForecastReport.Write(report, output);
Console.WriteLine($"report written to {output}");
if (PngRenderer.IsAvailable)
    foreach (var png in ForecastReport.WritePngs(report, Path.ChangeExtension(output, null) + "-figures")) Console.WriteLine(png);
