using System.Globalization;
using SsdForecast.Reports;

namespace SsdForecast.Structure;

/// <summary>Writes the page of an inspection: the answer, the layers, every mixing matrix, every number.</summary>
internal sealed class InspectionPageWriter(HtmlWriter html, InspectionReport report)
{
    // Matrices stand in as many columns as fit; they need no more than one layout.
    private const string Style = """
        .matrices { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 26px 22px; margin-top: 14px; }
        .matrices figure { max-width: 300px; }
        .matrices h2 { font-size: 16px; }
        .matrices .note { font-size: 13px; }
        """;

    private static readonly SvgOptions Matrix = new()
    {
        Width = 210, PlotHeight = 180, FontSize = 10.5, Padding = 0, Titles = false, Background = false, Tooltips = false, Theme = ChartTheme.Css,
    };

    private readonly FigureWriter _figures = new(html);

    public void Write() => HtmlPage.Write(html, Title, ReportStyle.Css + Style, Content);

    private void Content()
    {
        Header();
        for (var layer = 0; layer < report.Layers; layer++)
        {
            Pair(InspectionCharts.Decay(report, layer), InspectionCharts.Memory(report, layer));
            Pair(InspectionCharts.Orders(report, layer), InspectionCharts.Hankel(report, layer));
            Matrices(layer);
        }

        Table();
        html.Element("footer", $"SsdForecast {typeof(InspectionPage).Assembly.GetName().Version?.ToString(3)}, model {report.Model[..Math.Min(12, report.Model.Length)]}");
    }

    private string Title => $"What the model remembers of {report.Series}";

    private void Header()
    {
        html.Open("header");
        html.Element("p", "Model inspection", "kicker");
        html.Element("h1", Title);
        foreach (var sentence in InspectionSummary.Sentences(report)) html.Element("p", sentence, "lede");
        html.Close();
    }

    private void Pair(Chart left, Chart right)
    {
        html.Open("section", "pair");
        _figures.Half(left);
        _figures.Half(right);
        html.Close();
    }

    private void Matrices(int layer)
    {
        html.Open("section");
        html.Element("h2", $"Mixing matrices, layer {layer}");
        html.Element("p", $"What each output row (downwards) takes from each input row (to the right) of the window’s {report.Length}; colour by the square root of its size, orange below zero.", "note");
        html.Open("div", "matrices");
        foreach (var head in report.OfLayer(layer))
        {
            var chart = InspectionCharts.Mixing(report, head);
            html.Open("figure");
            html.Open("figcaption");
            html.Element("h2", chart.Title);
            html.Element("p", chart.Subtitle!, "note");
            html.Close();
            SvgRenderer.Write(html.Xml, ChartLayout.Of(chart, Matrix with { IdPrefix = $"m{layer}-{head.Head}" }));
            html.Close();
        }

        html.Close();
        html.Close();
    }

    private void Table()
    {
        if (report.Heads.Count == 0) return;
        html.Open("section");
        html.Element("h2", "Every head");
        html.Element("p", "Dual width: the least width of masked attention that equals the head on this window. Range: Σ |ln a|, which the mask carries.", "note");
        html.Open("table");
        html.Open("thead");
        html.Open("tr");
        for (var c = 0; c < Columns.Length; c++) html.Element("th", Columns[c], Class(c), ("scope", "col"));
        html.Close();
        html.Close();
        html.Open("tbody");
        foreach (var head in report.Heads)
        {
            html.Open("tr");
            foreach (var (c, cell) in Cells(head).Index()) html.Element("td", cell, Class(c));
            html.Close();
        }

        html.Close();
        html.Close();
        html.Close();
    }

    // A percentage or power stays on one line.
    private static readonly string[] Columns =
    [
        "Layer, head", "Memory, steps", "Mean lag",
        .. HeadAnalysis.Tolerances.Select(t => $"Order at {InspectionCharts.Part(t).Replace(' ', '\u00A0').Replace('-', '\u2011')}"),
        "For 99\u00A0%", "Dual width", "Range", "Gain", "Skip",
    ];

    /// <summary>A phone shows what answers the question: memory, lag, the order at the first tolerance, the dual.</summary>
    private static string? Class(int column) => column is 0 or 1 or 2 or 3 || Columns[column] == "Dual width" ? null : "optional";

    private static IEnumerable<string> Cells(HeadReport h) =>
    [
        $"{h.Layer}, {h.Head}",
        h.MemorySteps is { } m ? (h.MemoryExtrapolated ? "~" : "") + NumberFormat.Count((long)Math.Round(m)) : "∞",
        h.MeanLag is { } lag ? NumberFormat.Fixed(lag, 1, thousands: true) : "–",
        .. h.OrdersUsed.Select(o => o.Order.ToString(CultureInfo.InvariantCulture)),
        h.ReducedOrder.ToString(CultureInfo.InvariantCulture),
        h.DualWidth.ToString(CultureInfo.InvariantCulture),
        NumberFormat.Value(h.LogRange, 3),
        NumberFormat.Value(h.Gain, 3),
        NumberFormat.Fixed(h.Skip, 3, thousands: false),
    ];
}
