using System.Text.Json;
using System.Text.Json.Serialization;

namespace SsdForecast.Runtime;

/// <summary>The JSON of the model folder: snake_case, indented, keys in the order of the records, unknown and repeated keys refused.</summary>
internal static class ModelJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        WriteIndented = true,
        NewLine = "\n",
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    /// <summary>The text of a record, UTF-8, with a line break at the end.</summary>
    public static byte[] Write<T>(T value) => [.. JsonSerializer.SerializeToUtf8Bytes(value, Options), (byte)'\n'];

    /// <summary>Reads a record.</summary>
    /// <exception cref="ModelFormatException">Not JSON of this type; names <paramref name="file"/> and the key.</exception>
    public static T Read<T>(byte[] utf8, string file)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(utf8, Options) ?? throw new ModelFormatException(file, "holds null; restore the file");
        }
        catch (JsonException e)
        {
            throw new ModelFormatException(file, Explain(e, typeof(T)), e);
        }
    }

    // System.Text.Json says what is wrong in terms of .NET types; the reader of a file wants its key and the way out.
    private static string Explain(JsonException e, Type type)
    {
        var key = e.Path is { Length: > 2 } path ? path[2..] : "";
        if (e.Message.Contains("could not be mapped", StringComparison.Ordinal))
            return $"unknown key '{key}'; remove it or correct its name (known: {string.Join(", ", KeysOf(type, key))})";
        if (e.Message.Contains("Duplicate property", StringComparison.Ordinal))
            return $"key '{e.Message.Split('\'', 3).ElementAtOrDefault(1) ?? key}' occurs twice; remove one";
        if (e.Message.Contains("missing required properties", StringComparison.Ordinal))
            return $"a key is missing: {e.Message[(e.Message.LastIndexOf(':') + 1)..].Trim().TrimEnd('.')}";
        var place = e.LineNumber is { } line ? $" (line {line + 1}, position {e.BytePositionInLine + 1})" : "";
        return key.Length > 0 ? $"key '{key}' has a value that it cannot take{place}" : $"not readable as JSON{place}";
    }

    private static IEnumerable<string> KeysOf(Type type, string path)
    {
        // Only the block of config.json is nested; everything else is one level deep.
        var owner = path.Contains('.', StringComparison.Ordinal) && path.StartsWith("block.", StringComparison.Ordinal) ? typeof(BlockConfig) : type;
        return owner.GetProperties()
            .Where(p => p.CanWrite && p.GetCustomAttributes(typeof(JsonIgnoreAttribute), false).Length == 0)
            .Select(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name));
    }
}
