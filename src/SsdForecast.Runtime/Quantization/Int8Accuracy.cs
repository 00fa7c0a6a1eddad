using SsdForecast.Data;

namespace SsdForecast.Runtime;

/// <summary>
/// What <see cref="WeightFormat.Int8"/> costs a model in accuracy: the forecasts after each event of a sample by both formats, each with a state of its
/// own, and how far they lie apart. An event's difference is the largest of all its quantiles and lead times, in units of the forecast's own scale (σ of the
/// window, as the head's outputs are).
/// </summary>
/// <param name="Events">Number of events compared.</param>
/// <param name="Typical">The median of the events' differences.</param>
/// <param name="Usual">What 95 of 100 events stay below.</param>
/// <param name="Largest">The largest difference of all.</param>
public sealed record Int8Accuracy(int Events, double Typical, double Usual, double Largest)
{
    /// <summary>How far <see cref="Bound"/> lies above what was seen.</summary>
    public const double Margin = 3;

    /// <summary>
    /// What 95 of 100 other events of the sample's kind are held to: <see cref="Margin"/> times <see cref="Usual"/>. It is measured and not proven. (What one
    /// product of a matrix can lose is proven, and too far from what a forecast does lose to be of use; the largest difference of a sample says little about
    /// that of another, for it belongs to the rarest of its events.)
    /// </summary>
    public double Bound => Margin * Usual;

    /// <summary>Compares on events of the caller's.</summary>
    /// <param name="folder">The model.</param>
    /// <param name="seriesId">Their series, which chooses the scaler.</param>
    /// <param name="events">Oldest first, at least one; every one must be one that the model takes.</param>
    /// <exception cref="ObservationException">An event cannot be taken.</exception>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static Int8Accuracy Measure(ModelFolder folder, string seriesId, IReadOnlyList<Observation> events)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(events);
        if (events.Count == 0) throw new ArgumentException("there are no events to compare on", nameof(events));
        var (exact, rounded) = (new RecurrentModel(folder), new RecurrentModel(folder, new RecurrentOptions { Weights = WeightFormat.Int8 }));
        var (exactState, roundedState) = (exact.CreateState(seriesId), rounded.CreateState(seriesId));
        var (a, b) = (new double[exact.ForecastLength], new double[exact.ForecastLength]);
        var differences = new double[events.Count];
        for (var t = 0; t < events.Count; t++)
        {
            exact.Observe(exactState, events[t]);
            rounded.Observe(roundedState, events[t]);
            exact.Forecast(exactState.Values, a);
            rounded.Forecast(roundedState.Values, b);
            ref readonly var header = ref exact.Layout.Header((ReadOnlySpan<float>)exactState.Values);
            var unit = header.Std * header.Sigma;
            for (var i = 0; i < a.Length; i++) differences[t] = Math.Max(differences[t], Math.Abs(a[i] - b[i]) / unit);
        }

        Array.Sort(differences);
        return new Int8Accuracy(events.Count, differences[events.Count / 2], differences[(int)(0.95 * (events.Count - 1))], differences[^1]);
    }

    /// <summary>
    /// Compares on made-up events at the model's own scale, the same every time: a season, a slow walk and noise, here and there a level shift, an outlier
    /// and a missing value. Covariates vary about their means.
    /// </summary>
    /// <param name="folder">The model.</param>
    /// <param name="count">Number of events.</param>
    public static Int8Accuracy Measure(ModelFolder folder, int count = 2000)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return Measure(folder, Preprocessor.DefaultSeries, SampleEvents.Create(folder.Config, folder.Preprocessor, count));
    }
}
