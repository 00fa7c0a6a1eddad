using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using SsdForecast.Data;
using SsdForecast.Streaming;

namespace SsdForecast.Cli.Serving;

/// <summary>
/// Writes forecasts as lines: CSV with the columns of <see cref="ForecastCsv"/>, so that a stream can be drawn as a file of forecasts can, or JSON
/// lines with the same names. Makes no garbage.
/// </summary>
internal sealed class ForecastLines : IDisposable
{
    private readonly OutputBuffer _output;
    private readonly bool _allLeads;
    private readonly Utf8JsonWriter? _json;
    private readonly JsonEncodedText[] _quantiles;
    private readonly IReadOnlyList<double> _levels;
    private readonly Dictionary<string, JsonEncodedText> _names = new(StringComparer.Ordinal);
    private bool _started;

    private static readonly JsonEncodedText UniqueId = JsonEncodedText.Encode("unique_id");
    private static readonly JsonEncodedText Origin = JsonEncodedText.Encode("origin");
    private static readonly JsonEncodedText Ds = JsonEncodedText.Encode("ds");
    private static readonly JsonEncodedText Lead = JsonEncodedText.Encode("lead");
    private static readonly JsonEncodedText Median = JsonEncodedText.Encode("median");

    /// <summary>A writer of lines.</summary>
    /// <param name="output">Takes the lines.</param>
    /// <param name="levels">Quantile levels.</param>
    /// <param name="json">JSON lines, not CSV.</param>
    /// <param name="allLeads">All lead times, not the first alone.</param>
    public ForecastLines(OutputBuffer output, IReadOnlyList<double> levels, bool json, bool allLeads)
    {
        (_output, _levels, _allLeads) = (output, levels, allLeads);
        _quantiles = [.. levels.Select(level => JsonEncodedText.Encode(string.Create(CultureInfo.InvariantCulture, $"q{level}")))];
        if (json) _json = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        // A file that is gone on with has its header.
        _started = output.Length > 0;
    }

    public void Write(ForecastBuffer forecast)
    {
        if (!_started && _json is null) Header();
        _started = true;
        for (var h = 0; h < (_allLeads ? forecast.Horizon : 1); h++)
        {
            if (_json is not null) Json(_json, forecast, h);
            else Csv(forecast, h);
        }
    }

    public void Dispose() => _json?.Dispose();

    private void Header()
    {
        Text("unique_id,origin,ds,lead,y,median");
        foreach (var quantile in _quantiles)
        {
            _output.Write(","u8);
            _output.Write(quantile.EncodedUtf8Bytes);
        }

        _output.Write("\n"u8);
    }

    private void Csv(ForecastBuffer forecast, int h)
    {
        Text(CsvLine.Quote(forecast.SeriesId));
        _output.Write(","u8);
        Format(forecast.Origin);
        _output.Write(","u8);
        Time(forecast, h);
        _output.Write(","u8);
        Format(h + 1L);
        _output.Write(",,"u8);
        var row = forecast.Row(h);
        Format(row[forecast.MedianIndex]);
        foreach (var value in row)
        {
            _output.Write(","u8);
            Format(value);
        }

        _output.Write("\n"u8);
    }

    private void Json(Utf8JsonWriter writer, ForecastBuffer forecast, int h)
    {
        writer.Reset();
        writer.WriteStartObject();
        writer.WriteString(UniqueId, Name(forecast.SeriesId));
        writer.WriteNumber(Origin, forecast.Origin);
        if (forecast.Times.Length > 0)
        {
            Span<byte> time = stackalloc byte[32];
            writer.WriteString(Ds, time[..TimeText(forecast.Times[h], time)]);
        }

        writer.WriteNumber(Lead, h + 1);
        var row = forecast.Row(h);
        Number(writer, Median, row[forecast.MedianIndex]);
        for (var q = 0; q < row.Length; q++) Number(writer, _quantiles[q], row[q]);
        writer.WriteEndObject();
        writer.Flush();
        _output.Write("\n"u8);
    }

    private static void Number(Utf8JsonWriter writer, JsonEncodedText name, double value)
    {
        if (double.IsFinite(value)) writer.WriteNumber(name, value);
        else writer.WriteNull(name);
    }

    private JsonEncodedText Name(string seriesId)
    {
        if (_names.TryGetValue(seriesId, out var encoded)) return encoded;
        if (_names.Count == 1 << 14) _names.Clear();
        return _names[seriesId] = JsonEncodedText.Encode(seriesId);
    }

    private void Time(ForecastBuffer forecast, int h)
    {
        if (forecast.Times.Length > 0) _output.Advance(TimeText(forecast.Times[h], _output.GetSpan(32)));
    }

    private static int TimeText(DateTime time, Span<byte> into)
    {
        time.TryFormat(into, out var length, time.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd HH:mm:ss" : "yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);
        return length;
    }

    private void Format<T>(T value)
        where T : IUtf8SpanFormattable
    {
        value.TryFormat(_output.GetSpan(64), out var length, default, CultureInfo.InvariantCulture);
        _output.Advance(length);
    }

    private void Text(string text) => _output.Advance(Encoding.UTF8.GetBytes(text, _output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));
}
