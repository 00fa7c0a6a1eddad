using System.Text.Json;

namespace SsdForecast.Runtime;

/// <summary>Reads the format version before anything else, so that a newer file is told apart from a wrong one.</summary>
internal static class FormatVersions
{
    /// <summary>Checks the key <c>format_version</c>.</summary>
    /// <exception cref="ModelFormatException">Newer than this program reads, or no number.</exception>
    public static void Check(byte[] utf8, string file)
    {
        try
        {
            using var json = JsonDocument.Parse(utf8);
            if (json.RootElement.ValueKind != JsonValueKind.Object) throw new ModelFormatException(file, "is not a JSON object");
            if (!json.RootElement.TryGetProperty("format_version", out var version)) throw new ModelFormatException(file, "has no format_version; it is not a model's configuration");
            if (version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number)) throw new ModelFormatException(file, "format_version is not a number");
            if (number > ModelConfig.CurrentFormatVersion)
                throw new ModelFormatException(file, $"format_version {number} is newer than this program reads ({ModelConfig.CurrentFormatVersion}); update SsdForecast");
        }
        catch (JsonException e)
        {
            throw new ModelFormatException(file, $"not readable as JSON (line {e.LineNumber + 1}, position {e.BytePositionInLine + 1})", e);
        }
    }
}
