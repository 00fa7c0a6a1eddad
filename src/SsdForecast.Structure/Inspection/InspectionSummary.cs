using System.Globalization;

namespace SsdForecast.Structure;

/// <summary>An inspection in a few sentences.</summary>
public static class InspectionSummary
{
    /// <summary>The sentences, the answer first.</summary>
    public static IReadOnlyList<string> Sentences(InspectionReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (report.Heads.Count == 0) return ["The model has no layers: it is its linear map alone, and remembers its lookback and nothing else."];
        var tolerance = HeadAnalysis.Tolerances[0];
        var longest = report.Heads.MaxBy(h => h.MemorySteps ?? double.PositiveInfinity)!;
        var memories = report.Heads.Select(h => h.MemorySteps ?? double.PositiveInfinity).Order().ToList();
        var orders = report.Heads.Select(h => h.OrderAt(tolerance)).Order().ToList();
        var widths = report.Heads.Select(h => h.DualWidth).Order().ToList();
        var most = report.Heads.MaxBy(h => h.OrderAt(tolerance))!;
        return
        [
            $"Of {report.Layers} × {report.HeadsOfLayer} heads, the one that remembers longest (layer {longest.Layer}, head {longest.Head}) keeps 1/e of a value for {InspectionCharts.Steps(longest)}; half of the heads keep it for {Number(memories[memories.Count / 2])} steps or less.",
            $"At {InspectionCharts.Part(tolerance)}, half of the heads use {orders[orders.Count / 2]} or fewer of their {report.StateSize} state numbers; the most that one uses is {orders[^1]} (layer {most.Layer}, head {most.Head}).",
            $"Measured on {report.Length} rows{(report.From is { } from && report.To is { } to ? string.Create(CultureInfo.InvariantCulture, $" from {from:yyyy-MM-dd HH:mm} to {to:yyyy-MM-dd HH:mm}") : $" from row {report.Start}")}. Each head equals masked attention of width {widths[0]}{(widths[^1] > widths[0] ? $" to {widths[^1]}" : "")} there.",
        ];
    }

    private static string Number(double x) => double.IsFinite(x) ? Math.Round(x).ToString("N0", CultureInfo.InvariantCulture) : "any number of";
}
