namespace SsdForecast.Reports.Tests;

/// <summary>What must hold for the layout of every picture.</summary>
internal static class Layouts
{
    /// <summary>No text touches another and none leaves the picture; every tick lies on its axis.</summary>
    public static void Sound(ChartLayout layout)
    {
        var texts = layout.Texts;
        foreach (var text in texts)
        {
            Assert.True(text.Left >= -0.5 && text.Right <= layout.Options.Width + 0.5, $"“{text.Text}” from {text.Left} to {text.Right} leaves the width {layout.Options.Width}");
            Assert.True(text.Top >= -0.5 && text.Bottom <= layout.Height + 0.5, $"“{text.Text}” from {text.Top} to {text.Bottom} leaves the height {layout.Height}");
            AssertReadable(text.Text);
        }
        for (var i = 0; i < texts.Count; i++)
        {
            for (var j = 0; j < i; j++)
                Assert.False(texts[i].Overlaps(texts[j]), $"“{texts[i].Text}” ({texts[i].Role}) overlaps “{texts[j].Text}” ({texts[j].Role}) at width {layout.Options.Width}");
        }
        foreach (var tick in layout.XTicks.Ticks) Assert.InRange(layout.X.Map(tick.Value), layout.PlotLeft - 0.01, layout.PlotRight + 0.01);
        foreach (var tick in layout.YTicks.Ticks) Assert.InRange(layout.Y.Map(tick.Value), layout.PlotTop - 0.01, layout.PlotBottom + 0.01);
    }

    /// <summary>A text is no printed NaN or infinity.</summary>
    public static void AssertReadable(string text)
    {
        Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Infinity", text, StringComparison.Ordinal);
        Assert.DoesNotContain("∞", text, StringComparison.Ordinal);
    }
}
