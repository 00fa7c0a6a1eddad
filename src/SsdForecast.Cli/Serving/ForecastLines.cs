using System.Globalization;
using System.Text;
using System.Text.Json;
using SsdForecast.Data;

namespace SsdForecast.Cli.Serving;

/// <summary>
/// Writes forecasts as lines, each flushed as it is written: CSV with the columns of <see cref="ForecastCsv"/>, so that a stream can be drawn as a file
/// of forecasts can, or JSON lines with the same names.
/// </summary>
internal sealed class ForecastLines(TextWriter writer, bool json, bool allLeads)
{
    private readonly StringBuilder _text = new();
    private bool _started;

    public void Write(Forecast forecast)
    {
        if (!_started && !json) Header(forecast);
        _started = true;
        var median = forecast.Median;
        for (var h = 0; h < (allLeads ? forecast.Horizon : 1); h++)
        {
            if (json) Json(forecast, h, median[h]);
            else Csv(forecast, h, median[h]);
        }
        Flush();
    }

    private void Header(Forecast forecast)
    {
        _text.Append("unique_id,origin,ds,lead,y,median");
        foreach (var level in forecast.Levels) _text.Append(CultureInfo.InvariantCulture, $",q{level}");
        _text.Append('\n');
    }

    private void Csv(Forecast forecast, int h, double median)
    {
        _text.Append(CsvLine.Quote(forecast.SeriesId)).Append(CultureInfo.InvariantCulture, $",{forecast.Origin},{Time(forecast, h)},{h + 1},,{median:R}");
        for (var q = 0; q < forecast.Levels.Count; q++) _text.Append(CultureInfo.InvariantCulture, $",{forecast.Values[h, q]:R}");
        _text.Append('\n');
    }

    private void Json(Forecast forecast, int h, double median)
    {
        _text.Append(CultureInfo.InvariantCulture, $"{{\"unique_id\":\"{JsonEncodedText.Encode(forecast.SeriesId)}\",\"origin\":{forecast.Origin}");
        if (forecast.Times.Count > 0) _text.Append(CultureInfo.InvariantCulture, $",\"ds\":\"{Time(forecast, h)}\"");
        _text.Append(CultureInfo.InvariantCulture, $",\"lead\":{h + 1},\"median\":{median:R}");
        for (var q = 0; q < forecast.Levels.Count; q++) _text.Append(CultureInfo.InvariantCulture, $",\"q{forecast.Levels[q]}\":{forecast.Values[h, q]:R}");
        _text.Append("}\n");
    }

    private static string Time(Forecast forecast, int h)
    {
        if (forecast.Times.Count == 0) return "";
        var t = forecast.Times[h];
        return t.ToString(t.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd HH:mm:ss" : "yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);
    }

    // One write a forecast: on an unbuffered console each is a system call.
    private void Flush()
    {
        writer.Write(_text.ToString());
        writer.Flush();
        _text.Clear();
    }
}
