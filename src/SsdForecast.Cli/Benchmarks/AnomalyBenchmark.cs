using System.Globalization;
using SsdForecast.Cli.Fitting;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Output;
using SsdForecast.Cli.Settings;
using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Streaming;
using SsdForecast.Torch.Training;

namespace SsdForecast.Cli.Benchmarks;

/// <summary>
/// Streams watched for anomalies: for each file a model is trained on the first part, then every later row is judged by the forecast made before it came,
/// as <see cref="SeriesMonitor"/> does in a service.
/// </summary>
internal static class AnomalyBenchmark
{
    /// <summary>What a stream gave. Windows that begin before the judged rows are left out.</summary>
    internal sealed record Result(string File, long Judged, double Mase, double Coverage, double CalibratedCoverage, long Flags, long FlagsOutside, int Windows, int WindowsHit, int Drifts)
    {
        /// <summary>Flags outside labelled windows, a thousand judged values.</summary>
        public double FlagsOutsidePerThousand => 1000.0 * FlagsOutside / Judged;
    }

    public static int Execute(CommandHost host, IReadOnlyList<string> files, string? windowsFile, MonitorOptions options, SettingValues given, bool quiet, bool json)
    {
        var windows = windowsFile is null ? AnomalyWindows.None : AnomalyWindows.Read(windowsFile);
        var results = new List<Result>();
        foreach (var file in files)
        {
            if (!quiet) host.Note($"{file}:");
            results.Add(Run(host, file, windows.Of(file), options, given, quiet));
        }

        if (json)
        {
            ResultJson.Write(host.Out, new { Level = options.AnomalyLevel, Adaptation = options.AdaptationForgetting, Streams = results });
            return ExitCodes.Good;
        }
        var table = new TextTable("stream", "judged", "MASE", "coverage", "calibrated", "flags", "outside windows", "a thousand", "windows hit", "drifts");
        foreach (var r in results)
            table.Add(r.File, Numbers.Count(r.Judged), Numbers.Score(r.Mase), Numbers.Percent(r.Coverage), Numbers.Percent(r.CalibratedCoverage), $"{r.Flags}", $"{r.FlagsOutside}", r.FlagsOutsidePerThousand.ToString("F2", CultureInfo.InvariantCulture), r.Windows == 0 ? "" : $"{r.WindowsHit} of {r.Windows}", $"{r.Drifts}");
        table.Write(host);
        host.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"one step ahead; coverage is that of the outermost quantiles; a flag is a p-value below {options.AnomalyLevel:G3}; {results.Sum(r => r.WindowsHit)} of {results.Sum(r => r.Windows)} windows hit, {1000.0 * results.Sum(r => r.FlagsOutside) / results.Sum(r => r.Judged):F2} flags outside them a thousand values"));
        return ExitCodes.Good;
    }

    private static Result Run(CommandHost host, string file, IReadOnlyList<(DateTime Start, DateTime End)> windows, MonitorOptions options, SettingValues given, bool quiet)
    {
        var values = new SettingValues();
        values.Set(SettingTable.Horizon, ["1"], "--horizon");
        values.Set(SettingTable.Split, ["0.15/0.05/0.8"], "--split");
        var (table, forecaster) = FitRun.Train(host, RunSettings.Read(file, values.With(given)), new FitDisplay(quiet), folder: null);
        var folder = Directory.CreateTempSubdirectory("ssdf-anomalies-");
        try
        {
            using (forecaster) forecaster.Save(Path.Combine(folder.FullName, "model"));
            var model = RecurrentModel.Load(Path.Combine(folder.FullName, "model"));
            var rule = SplitRule.Parse(forecaster.Training.Options["split"]);
            return Replay(model, Path.GetFileName(file), table, rule, windows, options);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Result Replay(RecurrentModel model, string name, SeriesTable table, SplitRule rule, IReadOnlyList<(DateTime Start, DateTime End)> windows, MonitorOptions options)
    {
        long judged = 0, inside = 0, calibratedInside = 0, flags = 0, outside = 0;
        double error = 0, naive = 0;
        var (drifts, hit) = (0, new HashSet<DateTime>());
        var began = DateTime.MaxValue;
        var season = model.Preprocessor.Season;
        var monitor = new SeriesMonitor(model.Config, options);
        var (raw, calibrated) = (new double[model.ForecastLength], new double[model.ForecastLength]);
        var width = model.Config.Outputs;
        var median = Median(model.Config.Levels);
        foreach (var series in table.Series)
        {
            var (state, memory) = (new float[model.StateLength], new float[monitor.StateLength]);
            model.InitializeState(state, series.Id);
            monitor.Initialize(memory);
            var first = rule.Cut(series).ValidationEnd;
            for (var t = 0; t < series.Count; t++)
            {
                var (time, y) = (series.Index.HasTimestamps ? series.Index[t] : default, series.Values[t]);
                if (t > 0)
                {
                    model.Forecast(state, raw);
                    raw.CopyTo(calibrated, 0);
                    monitor.Adjust(memory, model.Encoded(state), model.Scale(state), calibrated);
                    var verdict = monitor.Judge(memory, model.Encoded(state), model.Scale(state), raw.AsSpan(0, width), y);
                    if (t >= first && !double.IsNaN(y))
                    {
                        if (time < began) began = time;
                        judged++;
                        if (y >= raw[0] && y <= raw[width - 1]) inside++;
                        if (y >= calibrated[0] && y <= calibrated[width - 1]) calibratedInside++;
                        if (verdict.HasDrifted) drifts++;
                        if (t >= season && !double.IsNaN(series.Values[t - season]))
                        {
                            error += Math.Abs(y - calibrated[median]);
                            naive += Math.Abs(y - series.Values[t - season]);
                        }
                        if (verdict.IsAnomaly)
                        {
                            flags++;
                            var known = windows.Where(w => time >= w.Start && time <= w.End).ToList();
                            if (known.Count == 0) outside++;
                            foreach (var w in known) hit.Add(w.Start);
                        }
                    }
                }
                model.Observe(series.Id, state, new Observation(time, y));
            }
        }

        var within = windows.Count(w => w.End >= began);
        return new Result(name, judged, error / naive, (double)inside / judged, (double)calibratedInside / judged, flags, outside, within, hit.Count, drifts);
    }

    private static int Median(IReadOnlyList<double> levels) => levels.Index().MinBy(l => Math.Abs(l.Item - 0.5)).Index;
}
