using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using SsdForecast.Data;
using SsdForecast.Streaming;

namespace SsdForecast.Cli.Serving;

/// <summary>
/// Writes forecasts as lines: CSV with the columns of <see cref="ForecastCsv"/>, so that a stream can be drawn as a file of forecasts can, or JSON
/// lines with the same names. What a monitor says stands behind, on the line of the first lead time: of the event that the forecast follows, and how far
/// the forecast was moved. Makes no garbage.
/// </summary>
internal sealed class ForecastLines : IDisposable
{
    private readonly OutputBuffer _output;
    private readonly bool _allLeads;
    private readonly bool _tellsEvents, _tellsAnomalies, _tellsDrift, _tellsShift;
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
    private static readonly JsonEncodedText EventTime = JsonEncodedText.Encode("event_ds");
    private static readonly JsonEncodedText EventValue = JsonEncodedText.Encode("event_y");
    private static readonly JsonEncodedText PValue = JsonEncodedText.Encode("p_value");
    private static readonly JsonEncodedText Score = JsonEncodedText.Encode("score");
    private static readonly JsonEncodedText Anomaly = JsonEncodedText.Encode("anomaly");
    private static readonly JsonEncodedText Drift = JsonEncodedText.Encode("drift");
    private static readonly JsonEncodedText DriftStatistic = JsonEncodedText.Encode("drift_statistic");
    private static readonly JsonEncodedText Shift = JsonEncodedText.Encode("shift");

    /// <summary>A writer of lines.</summary>
    /// <param name="output">Takes the lines.</param>
    /// <param name="levels">Quantile levels.</param>
    /// <param name="json">JSON lines, not CSV.</param>
    /// <param name="allLeads">All lead times, not the first alone.</param>
    /// <param name="monitor">What is watched; null for nothing.</param>
    public ForecastLines(OutputBuffer output, IReadOnlyList<double> levels, bool json, bool allLeads, MonitorRequest? monitor = null)
    {
        if (monitor is not null) (_tellsEvents, _tellsAnomalies, _tellsDrift, _tellsShift) = (monitor.TellsEvents, monitor.Anomalies is not null, monitor.Drift is not null, monitor.Adapt is not null);
        (_output, _levels, _allLeads) = (output, levels, allLeads);
        _quantiles = [.. levels.Select(level => JsonEncodedText.Encode(string.Create(CultureInfo.InvariantCulture, $"q{level}")))];
        if (json) _json = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        // A file that is gone on with has its header.
        _started = output.Length > 0;
    }

    /// <summary>Writes a forecast.</summary>
    /// <param name="forecast">The forecast.</param>
    /// <param name="watched">The event that it follows, where something is watched.</param>
    public void Write(ForecastBuffer forecast, in WatchedEvent watched = default)
    {
        if (!_started && _json is null) Header();
        _started = true;
        for (var h = 0; h < (_allLeads ? forecast.Horizon : 1); h++)
        {
            if (_json is not null) Json(_json, forecast, h, watched);
            else Csv(forecast, h, watched);
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

        if (_tellsEvents) _output.Write(",event_ds,event_y"u8);
        if (_tellsAnomalies) _output.Write(",p_value,score,anomaly"u8);
        if (_tellsDrift) _output.Write(",drift,drift_statistic"u8);
        if (_tellsShift) _output.Write(",shift"u8);
        _output.Write("\n"u8);
    }

    private void Csv(ForecastBuffer forecast, int h, in WatchedEvent watched)
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

        if (_tellsEvents || _tellsShift) Csv(watched, isFirst: h == 0, hasTime: forecast.Times.Length > 0);
        _output.Write("\n"u8);
    }

    /// <summary>As many cells on every line, empty ones on those of further lead times.</summary>
    private void Csv(in WatchedEvent watched, bool isFirst, bool hasTime)
    {
        var verdict = watched.Verdict;
        var isJudged = isFirst && !double.IsNaN(verdict.PValue);
        if (_tellsEvents)
        {
            _output.Write(","u8);
            if (isFirst && hasTime) _output.Advance(TimeText(watched.Time, _output.GetSpan(32)));
            Cell(watched.Value, isFirst);
        }

        if (_tellsAnomalies)
        {
            Cell(verdict.PValue, isJudged);
            Cell(verdict.Score, isJudged);
            Cell(verdict.IsAnomaly, isJudged);
        }

        if (_tellsDrift)
        {
            Cell(verdict.HasDrifted, isJudged);
            Cell(verdict.DriftStatistic, isJudged);
        }

        if (_tellsShift) Cell(watched.Shift, isFirst);
    }

    private void Cell(double value, bool isThere)
    {
        _output.Write(","u8);
        if (isThere && double.IsFinite(value)) Format(value);
    }

    private void Cell(bool value, bool isThere)
    {
        _output.Write(","u8);
        if (isThere) _output.Write(value ? "true"u8 : "false"u8);
    }

    private void Json(Utf8JsonWriter writer, ForecastBuffer forecast, int h, in WatchedEvent watched)
    {
        writer.Reset();
        writer.WriteStartObject();
        writer.WriteString(UniqueId, Name(forecast.SeriesId));
        writer.WriteNumber(Origin, forecast.Origin);
        if (forecast.Times.Length > 0)
        {
            Time(writer, Ds, forecast.Times[h]);
        }

        writer.WriteNumber(Lead, h + 1);
        var row = forecast.Row(h);
        Number(writer, Median, row[forecast.MedianIndex]);
        for (var q = 0; q < row.Length; q++) Number(writer, _quantiles[q], row[q]);
        if (h == 0 && (_tellsEvents || _tellsShift)) Json(writer, watched, hasTime: forecast.Times.Length > 0);
        writer.WriteEndObject();
        writer.Flush();
        _output.Write("\n"u8);
    }

    private void Json(Utf8JsonWriter writer, in WatchedEvent watched, bool hasTime)
    {
        var verdict = watched.Verdict;
        var isJudged = !double.IsNaN(verdict.PValue);
        if (_tellsEvents)
        {
            if (hasTime) Time(writer, EventTime, watched.Time);
            Number(writer, EventValue, watched.Value);
        }

        if (_tellsAnomalies)
        {
            Number(writer, PValue, verdict.PValue);
            Number(writer, Score, verdict.Score);
            if (isJudged) writer.WriteBoolean(Anomaly, verdict.IsAnomaly);
            else writer.WriteNull(Anomaly);
        }

        if (_tellsDrift)
        {
            if (isJudged) writer.WriteBoolean(Drift, verdict.HasDrifted);
            else writer.WriteNull(Drift);
            Number(writer, DriftStatistic, verdict.DriftStatistic);
        }

        if (_tellsShift) Number(writer, Shift, watched.Shift);
    }

    private static void Time(Utf8JsonWriter writer, JsonEncodedText name, DateTime time)
    {
        Span<byte> text = stackalloc byte[32];
        writer.WriteString(name, text[..TimeText(time, text)]);
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
        // The general formatter takes ten times as long, and it is needed for parts of a second alone.
        if (time.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            time.TryFormat(into, out var length, "yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);
            return length;
        }

        "0000-00-00 00:00:00"u8.CopyTo(into);
        var (year, month, day) = time;
        Digits(into, year / 100, year % 100);
        Digits(into[5..], month);
        Digits(into[8..], day);
        Digits(into[11..], time.Hour);
        Digits(into[14..], time.Minute);
        Digits(into[17..], time.Second);
        return 19;
    }

    private static void Digits(Span<byte> into, params ReadOnlySpan<int> pairs)
    {
        for (var i = 0; i < pairs.Length; i++) (into[2 * i], into[(2 * i) + 1]) = ((byte)('0' + (pairs[i] / 10)), (byte)('0' + (pairs[i] % 10)));
    }

    private void Format<T>(T value)
        where T : IUtf8SpanFormattable
    {
        value.TryFormat(_output.GetSpan(64), out var length, default, CultureInfo.InvariantCulture);
        _output.Advance(length);
    }

    private void Text(string text) => _output.Advance(Encoding.UTF8.GetBytes(text, _output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));
}
