using SsdForecast.Reports;

namespace SsdForecast.Structure;

/// <summary>The pictures of an inspection.</summary>
public static class InspectionCharts
{
    /// <summary>Hankel singular values below this part of the first are not drawn.</summary>
    private const double LeastShown = 1e-8;

    private const int MostRowsNamed = 6;
    private static readonly int[] RoundSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, int.MaxValue / MostRowsNamed];

    /// <summary>How fast each head of a layer forgets: the spread of its time constants <c>−1 / ln a_t</c> over the window, slowest head first.</summary>
    public static Chart Decay(InspectionReport report, int layer)
    {
        ArgumentNullException.ThrowIfNull(report);
        HeadReport[] heads = [.. report.OfLayer(layer).OrderByDescending(h => Quantile(h, 0.5))];
        double[] x = [.. Enumerable.Range(0, heads.Length).Select(i => (double)i)];
        double[] Steps(double level) => [.. heads.Select(h => TimeConstant(Quantile(h, level)))];
        return new Chart
        {
            Title = $"Decay, layer {layer}",
            Subtitle = "Time constant of a single step, −1 / (dt·A): middle half, 90\u00A0% and all of the window’s steps, and the median",
            X = Axis.Category([.. heads.Select(h => $"{h.Head}")], "head, slowest first"),
            Y = Axis.Number("time constant", "steps") with { Log = true },
            Layers =
            [
                new BandLayer(null, x, [new(0.999, Steps(0), Steps(1)), new(0.9, Steps(0.05), Steps(0.95)), new(0.5, Steps(0.25), Steps(0.75))]),
                new PointLayer(null, x, Steps(0.5)) { Radius = 3 },
            ],
        };
    }

    /// <summary>How far back each head of a layer looks: effective memory and energy-weighted lag.</summary>
    public static Chart Memory(InspectionReport report, int layer)
    {
        ArgumentNullException.ThrowIfNull(report);
        var heads = report.OfLayer(layer);
        double[] x = [.. heads.Select(h => (double)h.Head)];
        return new Chart
        {
            Title = $"Memory, layer {layer}",
            Subtitle = $"Steps until the product of decays is below 1/e (beyond {report.Length}: continued), and the mean lag of the mixing matrix by energy",
            X = Names(heads),
            Y = Axis.Number("look back", "steps") with { Log = true },
            Layers =
            [
                new PointLayer("memory", x, [.. heads.Select(h => h.MemorySteps ?? double.NaN)], Tone.Blue) { Radius = 4 },
                new PointLayer("mean lag", x, [.. heads.Select(h => h.MeanLag ?? double.NaN)], Tone.Vermilion) { Radius = 4 },
            ],
        };
    }

    /// <summary>How much of the state each head of a layer uses, at three tolerances.</summary>
    public static Chart Orders(InspectionReport report, int layer)
    {
        ArgumentNullException.ThrowIfNull(report);
        var heads = report.OfLayer(layer);
        double[] x = [.. heads.Select(h => (double)h.Head)];
        Tone[] tones = [Tone.Blue, Tone.Sky, Tone.Muted];
        return new Chart
        {
            Title = $"State used, layer {layer}",
            Subtitle = $"Hankel singular values above a part of the largest, of {report.StateSize} state numbers",
            X = Names(heads),
            Y = Axis.Number("order") with { WholeNumbers = true, FromZero = true, Max = report.StateSize },
            Layers = [.. HeadAnalysis.Tolerances.Select((t, i) => new BarLayer(Part(t), x, [.. heads.Select(h => (double)h.OrderAt(t))], tones[i]))],
        };
    }

    /// <summary>The Hankel singular values of each head of a layer.</summary>
    public static Chart Hankel(InspectionReport report, int layer)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new Chart
        {
            Title = $"Hankel singular values, layer {layer}",
            Subtitle = "One line a head, relative to its first: where a line has fallen to 0.01, a smaller state would err by 1\u00A0%",
            X = Axis.Number("rank") with { WholeNumbers = true },
            Y = Axis.Number("relative to the first") with { Log = true, Min = LeastShown, Max = 1 },
            Layers =
            [
                .. report.OfLayer(layer).Select(h => new LineLayer(
                    null,
                    [.. h.HankelValues.Select((_, k) => k + 1.0)],
                    [.. h.HankelValues.Select(v => v >= LeastShown ? v : double.NaN)]) { Opacity = 0.6, Tooltip = false }),
                RuleLayer.Horizontal(0.01, "1 %"),
            ],
        };
    }

    /// <summary>The mixing matrix of a head, colours by the square root of an entry's size.</summary>
    public static Chart Mixing(InspectionReport report, HeadReport head)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(head);
        var size = head.Mixing.Count;
        var largest = head.Mixing.Max(row => row.Max(Math.Abs));
        var cells = new double[size, size];
        for (var i = 0; i < size; i++)
            for (var j = 0; j < size; j++) cells[i, j] = j > i ? double.NaN : largest == 0 ? 0 : Math.Sign(head.Mixing[i][j]) * Math.Sqrt(Math.Abs(head.Mixing[i][j]) / largest);
        return new Chart
        {
            Title = $"Head {head.Head}",
            Subtitle = $"memory {Steps(head)}, order {head.OrderAt(HeadAnalysis.Tolerances[0])} of {report.StateSize}",
            Description = $"Mixing matrix of layer {head.Layer}, head {head.Head}, {report.Length} rows: output rows downwards, input rows to the right",
            X = Axis.Category(Rows(report.Length, size)),
            Y = Axis.Category(Rows(report.Length, size)),
            Layers = [new HeatmapLayer(null, cells)],
        };
    }

    internal static string Steps(HeadReport head) => head.MemorySteps is { } steps
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(head.MemoryExtrapolated ? "about " : "")}{Math.Round(steps):N0} step{(Math.Round(steps) == 1 ? "" : "s")}")
        : "without end";

    internal static string Part(double tolerance) => tolerance >= 1e-3
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{tolerance * 100:0.##} %")
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{tolerance:0e-0}");

    /// <summary>Names for the cells that hold a round row of the window; the others have none.</summary>
    private static string[] Rows(int length, int size)
    {
        var names = new string[size];
        Array.Fill(names, "");
        var step = RoundSteps.First(s => length <= MostRowsNamed * s);
        for (var row = 0; row < length; row += step) names[(int)((long)row * size / length)] = $"{row}";
        return names;
    }

    private static Axis Names(IReadOnlyList<HeadReport> heads) => Axis.Category([.. heads.Select(h => $"{h.Head}")], "head");

    private static double Quantile(HeadReport head, double level) => head.Decay.First(q => q.Level == level).Value;

    private static double TimeConstant(double decay) => decay is > 0 and < 1 ? -1 / Math.Log(decay) : double.NaN;
}
