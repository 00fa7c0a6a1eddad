using System.Text;

namespace SsdForecast.Reports;

/// <summary>
/// How wide a text is, without a font at hand. The advance widths are those of DejaVu Sans, wider than Helvetica, Arial, Segoe UI and
/// Roboto: what fits by this measure fits in whatever sans-serif the reader has.
/// </summary>
internal static class TextMetrics
{
    private static ReadOnlySpan<short> Regular =>
    [
        318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531,
        1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500,
        500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
    ];

    private static ReadOnlySpan<short> Bold =>
    [
        348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365, 696, 696, 696, 696, 696, 696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 580,
        1000, 774, 762, 734, 830, 683, 683, 821, 837, 372, 372, 775, 637, 995, 837, 850, 733, 850, 770, 720, 682, 812, 774, 1103, 771, 724, 725, 457, 365, 457, 838, 500,
        500, 675, 716, 593, 716, 678, 435, 716, 712, 343, 343, 665, 343, 1042, 712, 687, 716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712, 365, 712, 838,
    ];

    /// <summary>Width in pixels at a font size in pixels.</summary>
    public static double Width(string text, double size, bool bold = false)
    {
        var widths = bold ? Bold : Regular;
        double sum = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            sum += rune.Value switch
            {
                >= 32 and < 127 => widths[rune.Value - 32],
                0x2070 or (>= 0x2074 and <= 0x2079) or 0xB9 or 0xB2 or 0xB3 => 405, // superscript digits
                0xA0 => widths[0],
                0x2009 or 0x202F => 200,
                < 0x2E80 => bold ? 950 : 850, // accented Latin, Greek, Cyrillic: at most this
                _ => 1050,                    // CJK and pictures are one em wide
            };
        }
        return sum * size / 1000;
    }

    /// <summary>The text, or as much of it as fits with an ellipsis at the end.</summary>
    public static string Elide(string text, double width, double size, bool bold = false)
    {
        if (Width(text, size, bold) <= width) return text;
        var kept = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Width(kept.ToString() + rune + "…", size, bold) > width) break;
            kept.Append(rune);
        }
        return kept.ToString().TrimEnd() + "…";
    }

    /// <summary>The text cut into lines at spaces; a word wider than a line is elided, and so is what goes past the last line.</summary>
    public static IReadOnlyList<string> Wrap(string text, double width, double size, bool bold = false, int maxLines = 4)
    {
        var lines = new List<string>();
        var line = "";
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < words.Length; i++)
        {
            var longer = line.Length == 0 ? words[i] : $"{line} {words[i]}";
            if (line.Length == 0 || Width(longer, size, bold) <= width)
            {
                line = longer;
                continue;
            }
            if (lines.Count == maxLines - 1)
            {
                line = string.Join(' ', words.Skip(i).Prepend(line));
                break;
            }
            lines.Add(Elide(line, width, size, bold));
            line = words[i];
        }
        if (line.Length > 0) lines.Add(Elide(line, width, size, bold));
        return lines;
    }
}
