using System.Text.Json;

namespace SsdForecast.Cli.Serving;

/// <summary>
/// Reads events from JSON lines: an object with the columns of the training file. A known covariate is the number of that time, or an array of those
/// of the next lead times.
/// </summary>
/// <param name="columns">What the columns are called.</param>
/// <param name="horizon">Lead times of the model.</param>
internal sealed class JsonEventReader(EventColumns columns, int horizon) : IEventReader
{
    public void Read(string line, List<EventRow> events)
    {
        if (string.IsNullOrWhiteSpace(line)) return;
        using var document = Parse(line);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object) throw new BadEventException("not a JSON object; an event is one, such as {\"ds\": \"2020-01-31 13:00\", \"y\": 1.5}");
        bool Has(string name) => root.TryGetProperty(name, out _);

        var id = columns.FindId(Has) is { } idName ? Text(root, idName) : null;
        if (id is "" || (id is null && columns.Id is not null && columns.OnlySeries is null)) throw new BadEventException($"the event names no series; add '{columns.Id ?? "unique_id"}'");
        var time = columns.Time is null ? default : Time(root, columns.FindTime(Has) ?? throw new BadEventException($"the event has no '{columns.Time}'"));
        var targets = columns.FindTargets(Has);
        if (targets.Count == 0) throw new BadEventException($"the event has no '{columns.Targets[0]}'; send null for a missing value");

        var past = columns.Past.Select(c => Property(root, c)).ToArray();
        var statics = columns.Statics.Count > 0 && columns.Statics.All(Has) ? columns.Statics.Select(c => Property(root, c)).ToArray() : [];
        var ahead = columns.Known.Any(c => root.TryGetProperty(c, out var v) && v.ValueKind == JsonValueKind.Array) ? Ahead(root) : null;
        var known = ahead is null ? columns.Known.Select(c => Property(root, c)).ToArray() : [];
        foreach (var target in targets)
            events.Add(new EventRow(columns.Series(id, target, targets.Count), time, Property(root, target), past, known, statics, ahead));
    }

    private static JsonDocument Parse(string line)
    {
        try
        {
            return JsonDocument.Parse(line);
        }
        catch (JsonException e)
        {
            throw new BadEventException($"not readable as JSON at position {e.BytePositionInLine + 1}");
        }
    }

    private double[] Ahead(JsonElement root)
    {
        var ahead = new double[horizon * columns.Known.Count];
        Array.Fill(ahead, double.NaN);
        for (var c = 0; c < columns.Known.Count; c++)
        {
            if (!root.TryGetProperty(columns.Known[c], out var values) || values.ValueKind != JsonValueKind.Array) throw new BadEventException($"'{columns.Known[c]}' is no array, but another known covariate is");
            if (values.GetArrayLength() != horizon) throw new BadEventException($"'{columns.Known[c]}' has {values.GetArrayLength()} numbers, where the model takes {horizon}, one a lead time");
            for (var h = 0; h < horizon; h++) ahead[(h * columns.Known.Count) + c] = Number(values[h], columns.Known[c]);
        }
        return ahead;
    }

    private double Property(JsonElement root, string name) => root.TryGetProperty(name, out var value) ? Number(value, name) : double.NaN;

    private double Number(JsonElement value, string name)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null: return double.NaN;
            case JsonValueKind.Number when value.TryGetDouble(out var number) && double.IsFinite(number): return number;
            case JsonValueKind.String: return Read(name, () => columns.Cells.Number(value.GetString()!));
            default: throw new BadEventException($"'{name}' is not a number");
        }
    }

    private DateTime Time(JsonElement root, string name) => Read(name, () => columns.Cells.Time(Text(root, name)));

    private static string Text(JsonElement root, string name)
    {
        var value = root.GetProperty(name);
        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number => value.GetRawText(),
            _ => throw new BadEventException($"'{name}' is neither text nor a number"),
        };
    }

    private static T Read<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (FormatException e)
        {
            throw new BadEventException($"'{name}': {e.Message}");
        }
    }
}
