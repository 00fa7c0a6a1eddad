using System.Globalization;
using SsdForecast.Cli.Forecasting;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Output;
using SsdForecast.Cli.Reporting;
using SsdForecast.Cli.Settings;
using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Structure;

namespace SsdForecast.Cli.Inspection;

/// <summary>Inspects a model folder, without torch.</summary>
internal static class InspectRun
{
    public static int Execute(CommandHost host, InspectRequest request)
    {
        DataFile.RequireModel(request.Model);
        if (request.Window is < 8 or > 4096) throw CommandException.Usage("--window", $"is {request.Window}; it must lie between 8 and 4096 rows");
        OutputPlace.RequireFile("--out", request.Out);
        var folder = ModelFolder.Load(request.Model);
        if (folder.Config.Kind != ForecasterKind.Causal)
            throw CommandException.Usage(request.Model, "is a direct model, which reads a whole window and has no recurrence to inspect; inspect a causal model");
        var path = request.Data ?? TrainingFile.Find(request.Model, folder.Training)
            ?? throw CommandException.Usage("DATA", "not given, and the file that the model was trained on is not near or has changed; name a CSV file");
        var table = ModelData.Load(request.Model, folder.Preprocessor, path, request.Columns, host);
        var report = new ModelInspector(folder).Inspect(Chosen(table, request.Series), new InspectorOptions { Window = request.Window ?? new InspectorOptions().Window });
        if (request.Out is not null) InspectionPage.Write(report, request.Out);
        if (request.Json) ResultJson.Write(host.Out, report);
        else Print(host, report, request.Out);
        return ExitCodes.Good;
    }

    private static Series Chosen(SeriesTable table, string? name)
    {
        if (name is null) return table.Series[0];
        return table.TryGet(name, out var series)
            ? series
            : throw CommandException.Usage("--series", $"there is no series '{name}' among {table.Series.Count}; " + (NearestName.Of(name, table.Series.Select(s => s.Id)) is { } near ? $"did you mean '{near}'?" : $"the first is '{table.Series[0].Id}'"));
    }

    private static void Print(CommandHost host, InspectionReport report, string? page)
    {
        foreach (var sentence in InspectionSummary.Sentences(report)) host.Out.WriteLine(sentence);
        var table = new TextTable("layer", "head", "memory", "mean lag", "order 1 %", "order 1e-3", "order 1e-6", "for 99 %", "dual", "kept, median");
        foreach (var h in report.Heads)
        {
            table.Add(
                Text(h.Layer), Text(h.Head), Steps(h.MemorySteps), Steps(h.MeanLag), Text(h.OrdersUsed[0].Order), Text(h.OrdersUsed[1].Order), Text(h.OrdersUsed[2].Order),
                Text(h.ReducedOrder), Text(h.DualWidth), h.Decay.First(q => q.Level == 0.5).Value.ToString("F4", CultureInfo.InvariantCulture));
        }

        if (report.Heads.Count > 0)
        {
            host.Out.WriteLine();
            table.Write(host);
        }

        if (page is not null) host.Out.WriteLine($"pictures written to {page}");
    }

    private static string Text(int n) => n.ToString(CultureInfo.InvariantCulture);

    private static string Steps(double? steps) => steps is { } s ? s.ToString(s < 100 ? "F1" : "F0", CultureInfo.InvariantCulture) : "–";
}
