using System.Globalization;

namespace SsdForecast.Cli.Serving;

/// <summary>The last values of the series that came first, with the forecasts made before them, as lines of characters.</summary>
internal sealed class LiveChart
{
    /// <summary>Characters of a line that are not of the chart.</summary>
    public const int Margin = 13;

    private const int Most = 400;
    private const char Band = '░';
    private const char Median = '─';
    private const char Actual = '●';
    private const char Anomaly = '◆';

    private readonly Queue<(double Value, double Low, double Median, double High, bool IsAnomaly)> _points = new();
    private bool _hasAnomalies;
    private (double Low, double Median, double High) _next = (double.NaN, double.NaN, double.NaN);
    private string? _series;

    /// <summary>What is drawn.</summary>
    public string Title => _series is null ? "" : $"{_series}: {Actual} value   {Median} forecast before it   {Band} its outermost quantiles{(_hasAnomalies ? $"   {Anomaly} anomaly" : "")}";

    /// <summary>A value came; <paramref name="quantiles"/> are of the one after it.</summary>
    public void Add(string seriesId, double value, ReadOnlySpan<double> quantiles, int median, bool isAnomaly = false)
    {
        _series ??= seriesId;
        if (seriesId != _series) return;
        _hasAnomalies |= isAnomaly;
        _points.Enqueue((value, _next.Low, _next.Median, _next.High, isAnomaly));
        if (_points.Count > Most) _points.Dequeue();
        _next = (quantiles[0], quantiles[median], quantiles[^1]);
    }

    /// <summary>The chart: <paramref name="height"/> lines of <paramref name="width"/> characters, with two numbers at the left.</summary>
    public string[] Draw(int width, int height)
    {
        var shown = _points.Skip(Math.Max(0, _points.Count - width)).ToArray();
        double[] all = [.. shown.SelectMany(p => (double[])[p.Value, p.Low, p.High]).Where(double.IsFinite)];
        if (all.Length == 0) return [];
        var (low, high) = (all.Min(), all.Max());
        var unit = high > low ? (high - low) / (height - 1) : 1;
        int Row(double value) => height - 1 - (int)Math.Round((value - low) / unit);
        var cells = new char[height][];
        for (var r = 0; r < height; r++) cells[r] = [.. Enumerable.Repeat(' ', shown.Length)];
        for (var x = 0; x < shown.Length; x++)
        {
            var p = shown[x];
            if (double.IsFinite(p.Low + p.High))
                for (var r = Row(p.High); r <= Row(p.Low); r++) cells[r][x] = Band;
            if (double.IsFinite(p.Median)) cells[Row(p.Median)][x] = Median;
            if (double.IsFinite(p.Value)) cells[Row(p.Value)][x] = p.IsAnomaly ? Anomaly : Actual;
        }

        string Label(int row) => (row == 0 ? high : row == height - 1 ? low : double.NaN) is var v && double.IsFinite(v) ? v.ToString("G5", CultureInfo.InvariantCulture) : "";
        return [.. cells.Select((line, r) => $"{Label(r),10} │ {new string(line)}")];
    }
}
