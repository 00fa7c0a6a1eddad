using SsdForecast.Data;
using SsdForecast.Runtime;

namespace SsdForecast.Structure;

/// <summary>The rows of a series as the events of a model.</summary>
internal sealed class SeriesEvents
{
    private readonly Series _series;
    private readonly int _horizon;
    private readonly double[][] _past;
    private readonly double[][] _known;
    private readonly double[] _static;

    /// <summary>Finds the columns that the model takes.</summary>
    /// <exception cref="DataException">The series lacks a column that the model takes.</exception>
    public SeriesEvents(Series series, Preprocessor preprocessor, int horizon)
    {
        (_series, _horizon) = (series, horizon);
        _past = [.. preprocessor.PastCovariates.Select(Column)];
        _known = [.. preprocessor.KnownCovariates.Select(Column)];
        _static = [.. preprocessor.StaticCovariates.Select(name => series.Statics.TryGetValue(name, out var value) ? value : throw Missing(name))];
    }

    /// <summary>Row <paramref name="t"/>. Known covariates beyond the last row are missing.</summary>
    public Observation At(int t)
    {
        var known = new double[_horizon * _known.Length];
        for (var h = 0; h < _horizon; h++)
            for (var c = 0; c < _known.Length; c++) known[(h * _known.Length) + c] = t + 1 + h < _series.Count ? _known[c][t + 1 + h] : double.NaN;
        return new Observation(
            _series.Index.HasTimestamps ? _series.Index[t] : default,
            _series.Values[t],
            _past.Select(column => column[t]).ToArray(),
            known,
            _static);
    }

    private double[] Column(string name) => _series.Covariates.TryGetValue(name, out var column) ? column : throw Missing(name);

    private DataException Missing(string name) => new($"series '{_series.Id}' lacks the covariate '{name}' that the model takes; name the column as in training");
}
