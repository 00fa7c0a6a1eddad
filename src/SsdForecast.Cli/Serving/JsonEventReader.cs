using System.Globalization;
using System.Text;
using System.Text.Json;
using SsdForecast.Streaming;

namespace SsdForecast.Cli.Serving;

/// <summary>
/// Reads events from JSON lines: an object with the columns of the training file. A known covariate is the number of that time, or an array of those
/// of the next lead times. Reads forward once and makes no garbage; a property that comes twice counts as it came last.
/// </summary>
internal sealed class JsonEventReader : IEventReader
{
    private readonly EventColumns _columns;
    private readonly int _horizon;
    private readonly bool _takesUnknown;
    private readonly SeriesNames _names = new();
    private readonly Property[] _properties;
    private readonly double[] _past;
    private readonly double[] _known;
    private readonly double[] _statics;
    private readonly double[] _ahead;
    private readonly double[] _targets;
    private byte[] _text = new byte[256];
    private int _textLength;

    /// <summary>What a property is to the model, and whether the line that is read has it.</summary>
    private sealed class Property(string name, Role role, int index)
    {
        public readonly string Name = name;
        public readonly byte[] Utf8 = Encoding.UTF8.GetBytes(name);
        public readonly Role Role = role;
        public readonly int Index = index;
        public bool IsThere;
        public bool IsArray;
    }

    private enum Role
    {
        Id,
        Time,
        Target,
        Past,
        Known,
        Static,
        Sequence,
    }

    /// <summary>A reader of JSON lines.</summary>
    /// <param name="columns">What the columns are called.</param>
    /// <param name="horizon">Lead times of the model.</param>
    /// <param name="takesUnknown">Whether a property that is no column of the model is passed over and not refused.</param>
    public JsonEventReader(EventColumns columns, int horizon, bool takesUnknown)
    {
        (_columns, _horizon, _takesUnknown) = (columns, horizon, takesUnknown);
        var properties = new List<Property>();
        void Add(string? name, Role role, int index = 0)
        {
            if (name is not null && properties.TrueForAll(p => p.Name != name)) properties.Add(new Property(name, role, index));
        }

        void AddAll(IReadOnlyList<string> names, Role role)
        {
            for (var i = 0; i < names.Count; i++) Add(names[i], role, i);
        }

        // The order is that of preference: the names of training before the standard ones.
        Add(columns.Sequence, Role.Sequence);
        Add(columns.Id, Role.Id);
        Add(columns.Time, Role.Time);
        AddAll(columns.Targets, Role.Target);
        AddAll(columns.Past, Role.Past);
        AddAll(columns.Known, Role.Known);
        AddAll(columns.Statics, Role.Static);
        Add(EventColumns.StandardId, Role.Id, 1);
        Add(EventColumns.StandardTime, Role.Time, 1);
        Add(EventColumns.StandardTarget, Role.Target, columns.Targets.Count);
        _properties = [.. properties];
        _targets = new double[columns.Targets.Count + 1];
        _past = new double[columns.Past.Count];
        _known = new double[columns.Known.Count];
        _statics = new double[columns.Statics.Count];
        _ahead = new double[horizon * columns.Known.Count];
    }

    public void Read(ReadOnlySpan<byte> line, List<EventRow> events)
    {
        Array.Fill(_past, double.NaN);
        Array.Fill(_known, double.NaN);
        Array.Fill(_ahead, double.NaN);
        foreach (var property in _properties) property.IsThere = property.IsArray = false;
        string? id = null;
        int idPreference = int.MaxValue, timePreference = int.MaxValue;
        DateTime time = default;
        var sequence = StreamingEngine.NoSequence;
        try
        {
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                throw new BadEventException(BadEvent.Unreadable, "not a JSON object; an event is one, such as {\"ds\": \"2020-01-31 13:00\", \"y\": 1.5}");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (Find(ref reader) is not { } property)
                {
                    if (!_takesUnknown) throw new BadEventException(BadEvent.UnknownColumn, $"'{Short(reader.GetString()!)}' is no column of the model; leave it out, or pass --ignore-unknown");
                    reader.Skip();
                    continue;
                }

                reader.Read();
                property.IsThere = true;
                switch (property.Role)
                {
                    case Role.Id when property.Index <= idPreference:
                        id = _names.Of(Text(ref reader, property));
                        idPreference = property.Index;
                        break;
                    case Role.Time when property.Index <= timePreference && _columns.Time is not null:
                        time = Time(ref reader, property);
                        timePreference = property.Index;
                        break;
                    case Role.Target:
                        _targets[property.Index] = Number(ref reader, property);
                        break;
                    case Role.Past:
                        _past[property.Index] = Number(ref reader, property);
                        break;
                    case Role.Static:
                        _statics[property.Index] = Number(ref reader, property);
                        break;
                    case Role.Known when reader.TokenType == JsonTokenType.StartArray:
                        Ahead(ref reader, property);
                        break;
                    case Role.Known:
                        _known[property.Index] = Number(ref reader, property);
                        property.IsArray = false;
                        break;
                    case Role.Sequence:
                        sequence = Whole(ref reader, property);
                        break;
                    default:
                        reader.Skip();
                        break;
                }
            }

            // Nothing may follow the object.
            if (reader.Read()) throw new BadEventException(BadEvent.Unreadable, $"not readable as JSON at position {reader.TokenStartIndex + 1}");
        }
        catch (JsonException e)
        {
            throw new BadEventException(BadEvent.Unreadable, $"not readable as JSON at position {e.BytePositionInLine + 1}");
        }
        catch (InvalidOperationException)
        {
            throw new BadEventException(BadEvent.Unreadable, "a text of it is not UTF-8, or has half of a surrogate pair");
        }

        Finish(id, time, sequence, events);
    }

    private void Finish(string? id, DateTime time, long sequence, List<EventRow> events)
    {
        if (id is "" || (id is null && _columns.Id is not null && _columns.OnlySeries is null)) throw new BadEventException(BadEvent.BadName, $"the event names no series; add '{_columns.Id ?? EventColumns.StandardId}'");
        if (_columns.Time is not null && !Has(Role.Time)) throw new BadEventException(BadEvent.MissingColumn, $"the event has no '{_columns.Time}'");
        if (_columns.Sequence is not null && !Has(Role.Sequence)) throw new BadEventException(BadEvent.MissingColumn, $"the event has no '{_columns.Sequence}'");
        var (own, standard) = (0, false);
        var statics = _statics;
        bool isAhead = false, isNumber = false;
        foreach (var p in _properties)
        {
            if (p.Role == Role.Target && p.IsThere && p.Index < _columns.Targets.Count) own++;
            standard |= p.Role == Role.Target && p.IsThere && p.Index == _columns.Targets.Count;
            if (p.Role == Role.Static && !p.IsThere) statics = [];
            isAhead |= p.Role == Role.Known && p.IsThere && p.IsArray;
            isNumber |= p.Role == Role.Known && !(p.IsThere && p.IsArray);
        }

        if (own == 0 && !standard) throw new BadEventException(BadEvent.MissingColumn, $"the event has no '{_columns.Targets[0]}'; send null for a missing value");
        if (isAhead && isNumber) throw new BadEventException(BadEvent.NotANumber, $"'{Array.Find(_properties, p => p.Role == Role.Known && !(p.IsThere && p.IsArray))!.Name}' is no array, but another known covariate is");
        foreach (var p in _properties)
        {
            if (p.Role != Role.Target || !p.IsThere || (own > 0 && p.Index == _columns.Targets.Count)) continue;
            events.Add(new EventRow(_columns.Series(id, p.Name, Math.Max(own, 1)), time, _targets[p.Index], _past, isAhead ? [] : _known, statics, isAhead ? _ahead : null, sequence));
        }
    }

    private bool Has(Role role)
    {
        foreach (var p in _properties)
            if (p.Role == role && p.IsThere) return true;
        return false;
    }

    private Property? Find(ref Utf8JsonReader reader)
    {
        foreach (var property in _properties)
            if (reader.ValueTextEquals(property.Utf8)) return property;
        return null;
    }

    private void Ahead(ref Utf8JsonReader reader, Property property)
    {
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var value = Number(ref reader, property);
            if (count < _horizon) _ahead[(count * _columns.Known.Count) + property.Index] = value;
            count++;
        }

        if (count != _horizon) throw new BadEventException(BadEvent.Unreadable, $"'{property.Name}' has {count} numbers, where the model takes {_horizon}, one a lead time");
        property.IsArray = true;
    }

    private double Number(ref Utf8JsonReader reader, Property property)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null: return double.NaN;
            case JsonTokenType.Number when reader.TryGetDouble(out var number) && double.IsFinite(number): return number;
            case JsonTokenType.String:
                try
                {
                    return _columns.Cells.Number(Text(ref reader, property));
                }
                catch (FormatException e)
                {
                    throw new BadEventException(BadEvent.NotANumber, $"'{property.Name}': {e.Message}");
                }

            default: throw new BadEventException(BadEvent.NotANumber, $"'{property.Name}' is not a number");
        }
    }

    private long Whole(ref Utf8JsonReader reader, Property property)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number)) return number;
        if (reader.TokenType == JsonTokenType.String && long.TryParse(Text(ref reader, property), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)) return number;
        throw new BadEventException(BadEvent.NotANumber, $"'{property.Name}' is not a whole number");
    }

    private DateTime Time(ref Utf8JsonReader reader, Property property)
    {
        try
        {
            return _columns.Cells.Time(Text(ref reader, property));
        }
        catch (FormatException e)
        {
            throw new BadEventException(BadEvent.NotATime, $"'{property.Name}': {e.Message}");
        }
    }

    /// <summary>A text or the digits of a number, as they stand or with escapes undone.</summary>
    private ReadOnlySpan<byte> Text(ref Utf8JsonReader reader, Property property)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number)) throw new BadEventException(BadEvent.Unreadable, $"'{property.Name}' is neither text nor a number");
        if (!reader.ValueIsEscaped) return reader.ValueSpan;
        if (_text.Length < reader.ValueSpan.Length) _text = new byte[reader.ValueSpan.Length];
        _textLength = reader.CopyString(_text);
        return _text.AsSpan(0, _textLength);
    }

    private static string Short(string name) => name.Length <= 40 ? name : name[..40] + "…";
}
