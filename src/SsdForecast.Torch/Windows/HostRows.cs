using SsdForecast.Data;
using SsdForecast.Runtime;

namespace SsdForecast.Torch.Windows;

/// <summary>The rows of a table as flat float32 arrays, before they go to the device. Layout in <see cref="SeriesTensors"/>.</summary>
internal sealed class HostRows
{
    private HostRows(long rows, int series, ModelConfig config)
    {
        Filled = new float[rows];
        Mask = new float[rows];
        Weight = new float[rows];
        Past = new float[rows * config.PastCovariates];
        Known = new float[rows * config.KnownCovariates];
        Calendar = new float[rows * 2 * config.Calendar.Count];
        Elapsed = config.ElapsedTime ? new float[rows] : null;
        Static = new float[series * config.StaticCovariates];
        Offsets = new long[series];
    }

    public float[] Filled { get; }
    public float[] Mask { get; }
    public float[] Weight { get; }
    public float[] Past { get; }
    public float[] Known { get; }
    public float[] Calendar { get; }
    public float[]? Elapsed { get; }
    public float[] Static { get; }
    public long[] Offsets { get; }

    public static HostRows From(SeriesTable table, Preprocessor preprocessor, ModelConfig config)
    {
        var total = table.Series.Sum(s => (long)s.Count + config.Lookback + config.Horizon);
        var rows = new HostRows(total, table.Series.Count, config);
        long next = 0;
        for (var i = 0; i < table.Series.Count; i++)
        {
            var series = table.Series[i];
            rows.Offsets[i] = next + config.Lookback;
            rows.WriteValues(series, preprocessor.ScalerOf(series.Id), preprocessor.Season <= config.Lookback ? preprocessor.Season : 1, rows.Offsets[i]);
            WriteCovariates(series, preprocessor, preprocessor.PastCovariates, rows.Past, rows.Offsets[i]);
            WriteCovariates(series, preprocessor, preprocessor.KnownCovariates, rows.Known, rows.Offsets[i]);
            rows.WriteTimes(series, preprocessor, config, rows.Offsets[i]);
            for (var c = 0; c < config.StaticCovariates; c++)
            {
                var name = preprocessor.StaticCovariates[c];
                rows.Static[(i * config.StaticCovariates) + c] = Scaled(preprocessor.CovariateScalerOf(name), series.Statics[name]);
            }
            next += series.Count + config.Lookback + config.Horizon;
        }
        return rows;
    }

    private void WriteValues(Series series, Scaler scaler, int season, long offset)
    {
        for (var t = 0; t < series.Count; t++)
        {
            var observed = !double.IsNaN(series.Values[t]);
            Mask[offset + t] = observed ? 1 : 0;
            Weight[offset + t] = t >= series.FirstObserved && series.FirstObserved >= 0 ? 1 : 0;
            Filled[offset + t] = observed ? Checked(series, t, scaler)
                : season > 1 && t >= season && Weight[offset + t - season] == 1 ? Filled[offset + t - season]
                : t > 0 ? Filled[offset + t - 1]
                : 0;
        }
    }

    private static float Checked(Series series, int t, Scaler scaler)
    {
        var scaled = (float)scaler.Scale(series.Values[t]);
        if (float.IsFinite(scaled)) return scaled;
        // One absurd value spoils the scale of all: the largest is the one to name.
        var row = Enumerable.Range(0, series.Count).MaxBy(i => double.IsNaN(series.Values[i]) ? 0 : Math.Abs(series.Values[i]));
        throw new DataException($"series '{series.Id}', row {row + 1}: the value {series.Values[row]:R} is too large to compute with; correct it, or leave its cell empty");
    }

    private static void WriteCovariates(Series series, Preprocessor preprocessor, IReadOnlyList<string> names, float[] destination, long offset)
    {
        for (var c = 0; c < names.Count; c++)
        {
            if (!series.Covariates.TryGetValue(names[c], out var column))
                throw new DataException($"series '{series.Id}' has no column '{names[c]}', a covariate of the model; it has: {string.Join(", ", series.Covariates.Keys)}");
            var scaler = preprocessor.CovariateScalerOf(names[c]);
            for (var t = 0; t < series.Count; t++)
                destination[((offset + t) * names.Count) + c] = Scaled(scaler, column[t]);
        }
    }

    private void WriteTimes(Series series, Preprocessor preprocessor, ModelConfig config, long offset)
    {
        var cycles = config.Calendar;
        for (var t = 0; cycles.Count > 0 && t < series.Count + config.Horizon; t++)
            Data.Calendar.Write(series.Index[t], cycles, Calendar.AsSpan(checked((int)((offset + t) * 2 * cycles.Count))));
        for (var t = 0; Elapsed is not null && t < series.Count; t++)
            Elapsed[offset + t] = t == 0 ? 1 : (float)Math.Clamp((series.Index[t] - series.Index[t - 1]) / preprocessor.Step, 0, 100);
    }

    /// <summary>A missing covariate is 0 after scaling: its mean.</summary>
    private static float Scaled(Scaler scaler, double raw) => double.IsNaN(raw) ? 0 : (float)scaler.Scale(raw);
}
