using System.Text;

namespace SsdForecast.Reports;

/// <summary>
/// Text from outside (series ids, file names, column names) made fit for XML and for a line of print. Escaping of markup is the writer's work;
/// this removes what no markup can hold or what would disturb the text around it.
/// </summary>
internal static class PlainText
{
    /// <summary>
    /// The text with control characters, line breaks and unpaired surrogates replaced by a space or U+FFFD, without direction overrides, and
    /// elided past <paramref name="most"/> characters.
    /// </summary>
    public static string Clean(string? text, int most = 300)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var clean = new StringBuilder(Math.Min(text.Length, most));
        foreach (var rune in text.EnumerateRunes()) // an unpaired surrogate comes out as U+FFFD
        {
            if (clean.Length >= most) return clean.Append('…').ToString();
            if (rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0x200E or 0x200F or 0xFEFF) continue;
            if (rune.Value is 0xFFFE or 0xFFFF) clean.Append('\uFFFD');
            else if (Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029) clean.Append(' ');
            else clean.Append(rune);
        }
        return clean.ToString();
    }
}
