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
        if (MaseNote.Of(rows) is { } note) host.Out.WriteLine(note);
    }
}
