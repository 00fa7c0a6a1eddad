using System.Text.Json;
using System.Text.Json.Serialization;

namespace SsdForecast.Data;

/// <summary>Writes a <see cref="Frequency"/> to JSON as its text, <c>"30min"</c>.</summary>
public sealed class FrequencyJsonConverter : JsonConverter<Frequency>
{
    /// <inheritdoc/>
    /// <exception cref="JsonException">Not the text of a frequency.</exception>
    public override Frequency Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String && Frequency.TryParse(reader.GetString(), out var frequency)) return frequency;
        throw new JsonException("A frequency is a string like \"30min\", \"h\", \"D\" or \"MS\".");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Frequency value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
