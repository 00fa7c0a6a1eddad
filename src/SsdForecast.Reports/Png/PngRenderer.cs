using System.Runtime.InteropServices;
using System.Text;
using SsdForecast.Data;

namespace SsdForecast.Reports;

/// <summary>
/// Draws charts as PNG: the SVG of <see cref="SvgRenderer"/>, painted by librsvg and cairo, so that both look the same.
/// </summary>
public static class PngRenderer
{
    /// <summary>The most pixels of a picture, 100 million.</summary>
    public const long MaxPixels = 100_000_000;

    private static readonly Lazy<string?> Missing = new(FindMissing);

    /// <summary>Whether this machine can draw PNG.</summary>
    public static bool IsAvailable => Missing.Value is null;

    /// <summary>Says early what <see cref="Render"/> would say late.</summary>
    /// <exception cref="PngUnavailableException">librsvg, cairo or every font is missing.</exception>
    public static void EnsureAvailable()
    {
        if (Missing.Value is { } missing) throw new PngUnavailableException(missing);
    }

    /// <summary>The picture as a PNG file, <paramref name="scale"/> pixels for each pixel of the layout.</summary>
    /// <exception cref="PngUnavailableException">librsvg, cairo or every font is missing.</exception>
    /// <exception cref="ArgumentException">An option makes no sense, or the picture would have more than <see cref="MaxPixels"/> pixels.</exception>
    public static byte[] Render(Chart chart, SvgOptions? options = null, double scale = 2)
    {
        ArgumentNullException.ThrowIfNull(chart);
        options = (options ?? new()) with { Tooltips = false };
        if (options.Theme == ChartTheme.Css)
            throw new ArgumentException("a PNG has no page that could define the variables of the theme Css; take Light or Dark", nameof(options));
        var layout = ChartLayout.Of(chart, options);
        return Rasterize(SvgRenderer.Render(chart, options), options.Width, layout.Height, scale);
    }

    /// <summary>Writes the picture to a file, which appears whole or not at all.</summary>
    /// <exception cref="PngUnavailableException">librsvg, cairo or every font is missing.</exception>
    /// <exception cref="ArgumentException">An option makes no sense.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(Chart chart, string path, SvgOptions? options = null, double scale = 2)
    {
        var png = Render(chart, options, scale);
        AtomicFile.Write(path, stream => stream.Write(png));
    }

    /// <summary>Any SVG as a PNG file.</summary>
    /// <param name="svg">The document.</param>
    /// <param name="width">Width to draw it at, in pixels before scaling.</param>
    /// <param name="height">Height to draw it at, in pixels before scaling.</param>
    /// <exception cref="PngUnavailableException">librsvg, cairo or every font is missing.</exception>
    /// <exception cref="ArgumentException">The size is not positive or too large, or librsvg cannot read the document.</exception>
    public static byte[] Rasterize(string svg, double width, double height, double scale = 2)
    {
        ArgumentNullException.ThrowIfNull(svg);
        if (!(scale > 0 && width > 0 && height > 0 && width * height * scale * scale <= MaxPixels))
            throw new ArgumentException($"a picture of {width} × {height} pixels at scale {scale} is outside 1 to {MaxPixels} pixels");
        EnsureAvailable();
        try
        {
            return Paint(Encoding.UTF8.GetBytes(svg), (int)Math.Ceiling(width * scale), (int)Math.Ceiling(height * scale));
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new PngUnavailableException(PlainText.Clean(e.Message), e);
        }
    }

    private static unsafe byte[] Paint(byte[] svg, int width, int height)
    {
        nint handle = 0, surface = 0, cairo = 0;
        var sink = GCHandle.Alloc(new MemoryStream());
        try
        {
            LibRsvg.Error* error = null;
            fixed (byte* data = svg) handle = LibRsvg.rsvg_handle_new_from_data(data, (nuint)svg.Length, &error);
            if (handle == 0) throw new ArgumentException($"librsvg cannot read the SVG: {PlainText.Clean(LibRsvg.Take(error))}", nameof(svg));
            surface = LibRsvg.cairo_image_surface_create(0, width, height); // 0: ARGB, 8 bits each
            Check(LibRsvg.cairo_surface_status(surface));
            cairo = LibRsvg.cairo_create(surface);
            if (LibRsvg.rsvg_handle_render_document(handle, cairo, new LibRsvg.Rectangle { Width = width, Height = height }, &error) == 0)
                throw new ArgumentException($"librsvg cannot draw the SVG: {PlainText.Clean(LibRsvg.Take(error))}", nameof(svg));
            Check(LibRsvg.cairo_status(cairo));
            Check(LibRsvg.cairo_surface_write_to_png_stream(surface, &Append, GCHandle.ToIntPtr(sink)));
            return ((MemoryStream)sink.Target!).ToArray();
        }
        finally
        {
            if (cairo != 0) LibRsvg.cairo_destroy(cairo);
            if (surface != 0) LibRsvg.cairo_surface_destroy(surface);
            if (handle != 0) LibRsvg.g_object_unref(handle);
            sink.Free();
        }
    }

    private static unsafe void Check(int status)
    {
        if (status != 0)
            throw new InvalidOperationException($"cairo: {Marshal.PtrToStringUTF8((nint)LibRsvg.cairo_status_to_string(status))}");
    }

    // Called from cairo: no exception may leave it. 11 is CAIRO_STATUS_WRITE_ERROR.
    [UnmanagedCallersOnly]
    private static unsafe int Append(nint closure, byte* data, uint length)
    {
        try
        {
            ((MemoryStream)GCHandle.FromIntPtr(closure).Target!).Write(new ReadOnlySpan<byte>(data, (int)length));
            return 0;
        }
        catch (Exception)
        {
            return 11;
        }
    }

    // Without a font, librsvg draws a picture without text and says nothing.
    private static unsafe string? FindMissing()
    {
        try
        {
            LibRsvg.cairo_surface_destroy(LibRsvg.cairo_image_surface_create(0, 1, 1));
            Paint("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\"/>"u8.ToArray(), 1, 1);
            if (LibRsvg.FcInit() == 0) return "fontconfig does not start";
            var fonts = LibRsvg.FcConfigGetFonts(0, 0);
            return fonts is null || fonts->Count == 0 ? "no font is installed" : null;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            return e is DllNotFoundException ? "librsvg, cairo or fontconfig is not installed" : "librsvg is older than 2.46";
        }
    }
}
