using System.Globalization;
using System.Text;

namespace SsdForecast.Reports;

/// <summary>The <c>d</c> of a path, to a tenth of a pixel.</summary>
internal sealed class PathData
{
    private readonly StringBuilder _text = new();

    public bool IsEmpty => _text.Length == 0;

    /// <summary>A coordinate as text.</summary>
    public static string Number(double value) =>
        (Math.Round(value, 1) + 0.0).ToString("0.#", CultureInfo.InvariantCulture); // + 0.0: no minus zero

    public PathData Move(double x, double y) => Add('M', x, y);

    public PathData Line(double x, double y) => Add('L', x, y);

    public PathData Close()
    {
        _text.Append('Z');
        return this;
    }

    public override string ToString() => _text.ToString();

    private PathData Add(char command, double x, double y)
    {
        _text.Append(command).Append(Number(x)).Append(' ').Append(Number(y));
        return this;
    }
}
