using SkiaSharp;
using SP = global::ScottPlot;

namespace SsdForecast.Reports;

/// <summary>What stands above the plot, laid out as <see cref="SvgRenderer"/> does for the same width: titles, legend, the caption of the vertical axis, the names of vertical rules.</summary>
internal sealed class ScottPlotHead(Chart chart, ChartTheme theme, double fontSize, string font) : SP.IPanel, SP.IRenderAction
{
    private ChartLayout _layout = ChartLayout.Of(chart, new SvgOptions { Theme = theme, FontSize = fontSize });

    public bool IsVisible { get; set; } = true;

    public float MinimumSize { get; set; }

    public float MaximumSize { get; set; } = float.MaxValue;

    public SP.Edge Edge => SP.Edge.Top;

    public bool ShowDebugInformation { get; set; }

    /// <summary>Lays out anew where the picture has another width.</summary>
    public void Render(SP.RenderPack rp)
    {
        var options = _layout.Options with { Width = Math.Clamp(rp.FigureRect.Width / rp.Plot.ScaleFactor, 120, 20_000) };
        if (options != _layout.Options) _layout = ChartLayout.Of(chart, options);
    }

    public float Measure(SP.Paint paint) => IsVisible ? Math.Clamp((float)_layout.PlotTop, MinimumSize, MaximumSize) : 0;

    public SP.PixelRect GetPanelRect(SP.PixelRect dataRect, float size, float offset, SP.Paint paint) =>
        new(0, dataRect.Right, dataRect.Top - offset, dataRect.Top - offset - size);

    public void Render(SP.RenderPack rp, float size, float offset)
    {
        if (!IsVisible) return;
        var top = GetPanelRect(rp.DataRect, size, offset, rp.Paint).Top;
        var canvas = rp.Canvas;
        canvas.Save();
        canvas.Translate(rp.ScaledFigureRect.Left, top);
        foreach (var entry in _layout.Legend) Swatch(canvas, entry);
        foreach (var text in _layout.Texts.Where(t => t.Role != TextRole.Tick && t.Bottom <= _layout.PlotTop)) Text(canvas, text, text.Role == TextRole.Rule ? Shift(rp) : 0);
        canvas.Restore();
    }

    // The plot here starts where ScottPlot puts it.
    private double Shift(SP.RenderPack rp) => rp.DataRect.Left - rp.ScaledFigureRect.Left - _layout.PlotLeft;

    private void Text(SKCanvas canvas, PlacedText text, double shift)
    {
        using var face = new SKFont(SP.Fonts.GetTypeface(font, text.Bold, false), (float)text.Size) { Subpixel = true };
        using var paint = Paint(text.Role is TextRole.Title or TextRole.Legend or TextRole.Context ? theme.Text : theme.SecondaryText, 1);
        var align = text.Anchor switch { Anchor.Start => SKTextAlign.Left, Anchor.Middle => SKTextAlign.Center, _ => SKTextAlign.Right };
        canvas.DrawText(text.Text, (float)(text.X + shift), (float)text.Y, align, face, paint);
    }

    private void Swatch(SKCanvas canvas, LegendEntry entry)
    {
        var (x, y) = ((float)entry.X, (float)entry.Y);
        const float width = (float)LegendEntry.Swatch;
        var colour = theme[entry.Layer.Tone];
        switch (entry.Layer)
        {
            case LineLayer line:
                using (var stroke = Paint(colour, 1))
                using (var dash = line.Dash == LineDash.Solid ? null : SKPathEffect.CreateDash(line.Dash == LineDash.Dashed ? [5, 4] : [1, 4], 0))
                {
                    (stroke.IsStroke, stroke.StrokeWidth, stroke.PathEffect) = (true, (float)Math.Max(line.Width, 1.5), dash);
                    canvas.DrawLine(x, y, x + width, y, stroke);
                }
                break;
            case BandLayer band:
                var shown = Math.Clamp(band.Intervals.Count, 1, 3);
                using (var fill = Paint(colour, band.Opacity * LayerDrawing.BandOpacity(shown)))
                    for (var i = 0; i < shown; i++) canvas.DrawRect(x, y - 6 + 2 * i, width, 12 - 4 * i, fill);
                break;
            case PointLayer points:
                using (var fill = Paint(colour, 1)) canvas.DrawCircle(x + width / 2, y, (float)Math.Clamp(points.Radius, 2, 5), fill);
                break;
            default:
                using (var fill = Paint(colour, 1)) canvas.DrawRect(x + 4, y - 5, 11, 11, fill);
                break;
        }
    }

    private static SKPaint Paint(string colour, double opacity) =>
        new() { Color = SKColor.Parse(colour).WithAlpha((byte)Math.Round(255 * opacity)), IsAntialias = true };
}
