using System.Reflection;
using System.Runtime.InteropServices;

namespace SsdForecast.Reports;

/// <summary>The functions of librsvg 2.46 or later, cairo and fontconfig that drawing a picture takes.</summary>
internal static unsafe partial class LibRsvg
{
    private const string Rsvg = "rsvg-2";
    private const string Cairo = "cairo";
    private const string GObject = "gobject-2.0";
    private const string GLib = "glib-2.0";
    private const string FontConfig = "fontconfig";

    static LibRsvg() => NativeLibrary.SetDllImportResolver(typeof(LibRsvg).Assembly, Resolve);

    [StructLayout(LayoutKind.Sequential)]
    public struct Rectangle
    {
        public double X, Y, Width, Height;
    }

    /// <summary>GError: domain, code, message.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Error
    {
        public uint Domain;
        public int Code;
        public byte* Message;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct FontSet
    {
        public int Count;
        public int Allocated;
        public void* Patterns;
    }

    [LibraryImport(Rsvg)]
    public static partial nint rsvg_handle_new_from_data(byte* data, nuint length, Error** error);

    [LibraryImport(Rsvg)]
    public static partial int rsvg_handle_render_document(nint handle, nint cairo, in Rectangle viewport, Error** error);

    [LibraryImport(Cairo)]
    public static partial nint cairo_image_surface_create(int format, int width, int height);

    [LibraryImport(Cairo)]
    public static partial nint cairo_create(nint surface);

    [LibraryImport(Cairo)]
    public static partial int cairo_status(nint cairo);

    [LibraryImport(Cairo)]
    public static partial int cairo_surface_status(nint surface);

    [LibraryImport(Cairo)]
    public static partial byte* cairo_status_to_string(int status);

    [LibraryImport(Cairo)]
    public static partial int cairo_surface_write_to_png_stream(nint surface, delegate* unmanaged<nint, byte*, uint, int> write, nint closure);

    [LibraryImport(Cairo)]
    public static partial void cairo_destroy(nint cairo);

    [LibraryImport(Cairo)]
    public static partial void cairo_surface_destroy(nint surface);

    [LibraryImport(GObject)]
    public static partial void g_object_unref(nint handle);

    [LibraryImport(GLib)]
    public static partial void g_error_free(Error* error);

    [LibraryImport(FontConfig)]
    public static partial int FcInit();

    [LibraryImport(FontConfig)]
    public static partial FontSet* FcConfigGetFonts(nint config, int set);

    /// <summary>The text of a GError, which is freed.</summary>
    public static string Take(Error* error)
    {
        if (error is null) return "unknown error";
        var text = Marshal.PtrToStringUTF8((nint)error->Message) ?? "unknown error";
        g_error_free(error);
        return text;
    }

    // Distributions without development packages have only the names with a version.
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        string[] candidates = name switch
        {
            Rsvg => ["librsvg-2.so.2", "librsvg-2.2.dylib", "librsvg-2-2.dll"],
            Cairo => ["libcairo.so.2", "libcairo.2.dylib", "libcairo-2.dll"],
            GObject => ["libgobject-2.0.so.0", "libgobject-2.0.0.dylib", "libgobject-2.0-0.dll"],
            GLib => ["libglib-2.0.so.0", "libglib-2.0.0.dylib", "libglib-2.0-0.dll"],
            FontConfig => ["libfontconfig.so.1", "libfontconfig.1.dylib", "libfontconfig-1.dll"],
            _ => [],
        };
        foreach (var candidate in candidates)
            if (NativeLibrary.TryLoad(candidate, assembly, path, out var handle)) return handle;
        return 0;
    }
}
