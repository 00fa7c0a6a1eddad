using SsdForecast.Cli.Hosting;
using SsdForecast.Data;

namespace SsdForecast.Cli.Output;

/// <summary>The table of metrics, a row a model.</summary>
internal static class MetricOutput
{
    public static void Write(CommandHost host, IReadOnlyList<MetricRow> rows)
    {
        var nominal = rows.Select(r => r.CoverageLevel).FirstOrDefault(double.IsFinite, double.NaN);
        var table = new TextTable("model", "MASE", "sMAPE", "CRPS", double.IsNaN(nominal) ? "coverage" : $"coverage of {Numbers.Percent(nominal)}");
        foreach (var r in rows)
            table.Add(r.Model, Numbers.Score(r.Mase), Numbers.Score(r.Smape), Numbers.Score(r.Crps), Numbers.Percent(r.Coverage));
        table.Write(host);
        var unscaled = rows.Select(r => r.UnscaledSeries).DefaultIfEmpty(0).Max();
        if (unscaled == 0) return;
        host.Out.WriteLine(rows.Any(r => double.IsFinite(r.Mase))
            ? $"MASE leaves out {Numbers.Count(unscaled)} series whose training rows are flat or fewer than a season: there is nothing to scale by"
            : "MASE is undefined (–): the training rows are flat or fewer than a season, so there is nothing to scale by");
    }
}
