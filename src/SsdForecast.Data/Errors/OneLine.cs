namespace SsdForecast.Data;

/// <summary>Keeps messages to one line, whatever text of a file they quote.</summary>
internal static class OneLine
{
    private const int Longest = 60;

    /// <summary>The text with control characters and line breaks replaced by a middle dot.</summary>
    public static string Of(string text) => string.Create(text.Length, text, static (span, source) =>
    {
        for (var i = 0; i < span.Length; i++)
            span[i] = char.IsControl(source[i]) || source[i] is '\u2028' or '\u2029' ? '·' : source[i];
    });

    /// <summary>As <see cref="Of"/>, and cut to a length that fits in a sentence.</summary>
    public static string Short(string text) => Of(text.Length <= Longest ? text : text[..Longest] + "…");

    /// <summary>Names in quotes, the first ten of them, for listing columns that exist.</summary>
    public static string List(IReadOnlyCollection<string> names)
    {
        var shown = string.Join(", ", names.Take(10).Select(n => $"'{Short(n)}'"));
        return names.Count > 10 ? $"{shown} and {names.Count - 10} more" : shown;
    }
}
