namespace SsdForecast.Reports;

/// <summary>Where everything of a chart goes: the plot, the scales, and every text with its box. Drawing adds no positions of its own.</summary>
internal sealed class ChartLayout
{
    private const double TickLength = 5;
    private const double LabelGap = 7;
    private readonly List<PlacedText> _texts = [];

    private ChartLayout(Chart chart, SvgOptions options)
    {
        Chart = chart;
        Options = options;
    }

    public Chart Chart { get; }

    public SvgOptions Options { get; }

    public double Height { get; private set; }

    public double PlotLeft { get; private set; }

    public double PlotRight { get; private set; }

    public double PlotTop { get; private set; }

    public double PlotBottom { get; private set; }

    public Scale X { get; private set; }

    public Scale Y { get; private set; }

    /// <summary>Nothing to draw: no axes, and a note instead.</summary>
    public bool IsEmpty { get; private set; }

    public TickSet XTicks { get; private set; } = new([]);

    public TickSet YTicks { get; private set; } = new([]);

    public IReadOnlyList<LegendEntry> Legend { get; private set; } = [];

    /// <summary>Every text of the picture.</summary>
    public IReadOnlyList<PlacedText> Texts => _texts;

    private double Small => Options.FontSize;

    private double Left => Options.Padding;

    private double Right => Options.Width - Options.Padding;

    public static ChartLayout Of(Chart chart, SvgOptions options)
    {
        options.Validate();
        var layout = new ChartLayout(chart, options);
        layout.Arrange();
        return layout;
    }

    private void Arrange()
    {
        var xExtent = ChartExtents.OfX(Chart);
        var yExtent = xExtent.IsEmpty ? xExtent : ChartExtents.OfY(Chart, xExtent);
        IsEmpty = xExtent.IsEmpty || yExtent.IsEmpty;
        var plotHeight = Options.PlotHeight ?? UsualHeight();

        var top = Options.Padding;
        if (Options.Titles) top = PlaceTitles(top);
        Legend = LegendEntry.Place(Chart, Left, Right, top, Small, out top);
        _texts.AddRange(Legend.Select(e => e.Label));
        if (Legend.Count > 0) top += Small * 0.5;

        if (IsEmpty)
        {
            (PlotLeft, PlotRight, PlotTop, PlotBottom) = (Left, Right, top, top + plotHeight);
            _texts.Add(new("no data", (Left + Right) / 2, top + plotHeight / 2, Small, Anchor.Middle, TextRole.Note));
            Height = PlotBottom + Options.Padding;
            return;
        }

        // The rows above the plot need the horizontal scale (for rules), which needs the width of the vertical labels: heights are known first.
        YTicks = AxisTicks.Vertical(Chart, yExtent.Min, yExtent.Max, plotHeight, (Right - Left) * 0.35, Small);
        PlotLeft = Left + YTicks.Ticks.Select(t => TextMetrics.Width(t.Label, Small)).DefaultIfEmpty(0).Max() + LabelGap;
        PlotRight = Right;
        X = new Scale(xExtent.Min, xExtent.Max, PlotLeft, PlotRight, Chart.X.Log);
        top = PlaceCaptionAndRules(top);
        PlotTop = top + Small * 0.6;
        PlotBottom = PlotTop + plotHeight;
        var upsideDown = Chart.Layers.Any(l => l is HeatmapLayer);
        Y = upsideDown
            ? new Scale(yExtent.Min, yExtent.Max, PlotTop, PlotBottom)
            : new Scale(yExtent.Min, yExtent.Max, PlotBottom, PlotTop, Chart.Y.Log);
        foreach (var tick in YTicks.Ticks)
            _texts.Add(new(tick.Label, PlotLeft - LabelGap, Y.Map(tick.Value) + Small * 0.35, Small, Anchor.End, TextRole.Tick));
        PlaceHorizontalTicks();
        PlaceHorizontalRules();
        Height = _texts.Max(t => t.Bottom) + Options.Padding;
        Height = Math.Ceiling(Math.Max(Height, PlotBottom + Options.Padding));
    }

    // A matrix keeps its proportions where the page allows.
    private double UsualHeight() => Chart.Layers.OfType<HeatmapLayer>().FirstOrDefault() is { Values: var matrix }
        ? Math.Clamp(Options.Width * 0.9 * matrix.GetLength(0) / matrix.GetLength(1), 120, 480)
        : Math.Clamp(Options.Width * 0.36, 190, 360);

    private double PlaceTitles(double top)
    {
        top = PlaceLines(PlainText.Clean(Chart.Title), top, Small * 1.3, true, TextRole.Title, 3);
        if (Chart.Subtitle is { Length: > 0 } subtitle) top = PlaceLines(PlainText.Clean(subtitle), top + 1, Small * 1.04, false, TextRole.Subtitle, 3);
        return top + Small * 0.7;
    }

    private double PlaceLines(string text, double top, double size, bool bold, TextRole role, int maxLines)
    {
        foreach (var line in TextMetrics.Wrap(text, Right - Left, size, bold, maxLines))
        {
            _texts.Add(new(line, Left, top + size, size, Anchor.Start, role, bold));
            top += size * 1.3;
        }
        return top;
    }

    // The caption of the vertical axis and the names of vertical rules share a row above the plot, where they cover no data.
    private double PlaceCaptionAndRules(double top)
    {
        var rows = new List<List<PlacedText>>();
        if (Chart.Y.Caption is { } caption) Put(PlainText.Clean(caption), Left, Anchor.Start, TextRole.Caption);
        foreach (var rule in Chart.Layers.OfType<RuleLayer>().Where(r => r.IsVertical && r.Label is not null && X.Accepts(r.At)))
        {
            var label = TextMetrics.Elide(PlainText.Clean(rule.Label), (PlotRight - PlotLeft) * 0.8, Small * 0.95);
            var (x, width) = (X.Map(rule.At), TextMetrics.Width(label, Small * 0.95));
            var span = TextSpan.Centred(x, width, Left, Right);
            Put(label, span.Left, Anchor.Start, TextRole.Rule);
        }
        foreach (var (row, i) in rows.Select((row, i) => (row, i)))
            _texts.AddRange(row.Select(t => t with { Y = top + Small * (1 + 1.4 * i) }));
        return top + rows.Count * Small * 1.4;

        void Put(string text, double x, Anchor anchor, TextRole role)
        {
            var size = role == TextRole.Rule ? Small * 0.95 : Small;
            var placed = new PlacedText(TextMetrics.Elide(text, Right - Left, size), x, 0, size, anchor, role);
            var row = rows.Find(r => r.TrueForAll(t => !t.Overlaps(placed, AxisSpace.Gap)));
            if (row is null) rows.Add(row = []);
            row.Add(placed);
        }
    }

    private void PlaceHorizontalTicks()
    {
        var space = new AxisSpace(PlotLeft, PlotRight, 0, Options.Width, Small);
        XTicks = AxisTicks.Horizontal(Chart, X.Min, X.Max, space);
        var line = PlotBottom + TickLength + Small * 1.05;
        foreach (var tick in XTicks.Ticks)
        {
            Under(tick.Label, tick.Value, line, TextRole.Tick);
            if (tick.Context is { } context) Under(context, tick.Value, line + Small * 1.35, TextRole.Context);
        }
        if (Chart.X.Caption is not { } caption) return;
        var y = line + Small * (XTicks.HasContext ? 2.9 : 1.55);
        var text = TextMetrics.Elide(PlainText.Clean(caption), Right - Left, Small);
        var span = TextSpan.Centred((PlotLeft + PlotRight) / 2, TextMetrics.Width(text, Small), Left, Right);
        _texts.Add(new(text, span.Left, y, Small, Anchor.Start, TextRole.Caption));

        void Under(string label, double value, double y, TextRole role) =>
            _texts.Add(new(label, space.Span(label, value, X).Centre, y, Small, Anchor.Middle, role));
    }

    private void PlaceHorizontalRules()
    {
        foreach (var rule in Chart.Layers.OfType<RuleLayer>().Where(r => !r.IsVertical && r.Label is not null && Y.Accepts(r.At)))
        {
            var label = TextMetrics.Elide(PlainText.Clean(rule.Label), (PlotRight - PlotLeft) * 0.6, Small * 0.95);
            var placed = new PlacedText(label, PlotRight - 4, Y.Map(rule.At) - 5, Small * 0.95, Anchor.End, TextRole.Rule);
            if (placed.Top < PlotTop) placed = placed with { Y = Y.Map(rule.At) + Small * 1.1 };
            if (_texts.TrueForAll(t => !t.Overlaps(placed, 2))) _texts.Add(placed);
        }
    }
}
