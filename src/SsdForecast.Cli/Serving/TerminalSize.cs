using System.Runtime.InteropServices;

namespace SsdForecast.Cli.Serving;

/// <summary>How large the terminal is that standard error is, now.</summary>
internal static partial class TerminalSize
{
    private const int StandardError = 2;
    private const nuint AskWindowSize = 0x5413;

    /// <summary>Columns and lines; 80 by 24 where it does not say.</summary>
    public static (int Width, int Height) Now => OfError() ?? OfConsole() ?? (80, 24);

    // The console of .NET knows the terminal that standard output is, and forecasts may go elsewhere.
    private static (int Width, int Height)? OfError()
    {
        if (!OperatingSystem.IsLinux()) return null;
        try
        {
            return Ask(StandardError, AskWindowSize, out var size) == 0 && size is { Columns: > 0, Rows: > 0 } ? (size.Columns, size.Rows) : null;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    private static (int Width, int Height)? OfConsole()
    {
        try
        {
            return Console.WindowWidth > 0 && Console.WindowHeight > 0 ? (Console.WindowWidth, Console.WindowHeight) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Ask(int descriptor, nuint request, out WindowSize size);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct WindowSize
    {
        public readonly ushort Rows;
        public readonly ushort Columns;
        private readonly ushort _width;
        private readonly ushort _height;
    }
}
