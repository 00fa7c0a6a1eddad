using System.Buffers.Binary;

namespace SsdForecast.Reports.Tests;

/// <summary>Where librsvg or a font is missing, what is tested is that the message says so.</summary>
public class PngRendererTests
{
    private static readonly Chart Chart = Samples.Line([1, 2, 3], [1, 3, 2]);

    [Fact]
    public void A_png_has_the_size_of_its_layout_times_the_scale()
    {
        if (Missing()) return;
        foreach (var scale in new[] { 1.0, 2.0 })
        {
            var png = PngRenderer.Render(Chart, new() { Width = 500 }, scale);
            Assert.Equal((int)(500 * scale), Size(png).Width);
            Assert.Equal((int)(ChartLayout.Of(Chart, new() { Width = 500 }).Height * scale), Size(png).Height);
        }
    }

    [Fact]
    public void What_is_drawn_differs_from_an_empty_page()
    {
        if (Missing()) return;
        var drawn = PngRenderer.Render(Chart);
        var dark = PngRenderer.Render(Chart, new() { Theme = ChartTheme.Dark });
        var blank = PngRenderer.Rasterize("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"800\" height=\"300\"/>", 800, 300);
        Assert.True(drawn.Length > 4 * blank.Length, $"{drawn.Length} and {blank.Length} bytes");
        Assert.NotEqual(drawn, dark);
    }

    [Fact]
    public void A_file_appears_whole()
    {
        if (Missing()) return;
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, "new", "chart.png");
            PngRenderer.Write(Chart, path);
            Assert.Equal(1600, Size(File.ReadAllBytes(path)).Width);
            Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void What_is_no_svg_is_refused_with_the_reason()
    {
        if (Missing()) return;
        var error = Assert.Throws<ArgumentException>(() => PngRenderer.Rasterize("<html", 10, 10));
        Assert.Contains("librsvg", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_large_a_picture_is_refused() => Assert.Throws<ArgumentException>(() => PngRenderer.Render(Chart, scale: 1000));

    [Fact]
    public void A_theme_of_variables_is_refused() => Assert.Throws<ArgumentException>(() => PngRenderer.Render(Chart, new() { Theme = ChartTheme.Css }));

    [Fact]
    public void The_exception_is_one_line_that_names_what_to_install()
    {
        var message = new PngUnavailableException("no font is installed").Message;
        Assert.Contains("no font is installed", message, StringComparison.Ordinal);
        Assert.Contains("librsvg2-2", message, StringComparison.Ordinal);
        Assert.Contains("fonts-dejavu-core", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private static bool Missing()
    {
        if (PngRenderer.IsAvailable) return false;
        Assert.Throws<PngUnavailableException>(PngRenderer.EnsureAvailable);
        Assert.Throws<PngUnavailableException>(() => PngRenderer.Render(Chart));
        return true;
    }

    private static (int Width, int Height) Size(byte[] png)
    {
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10], png[..8]);
        Assert.Equal("IHDR"u8.ToArray(), png[12..16]);
        return (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));
    }
}
