using System.Runtime.CompilerServices;
using SsdForecast.Data;
using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>Forecasts as an asynchronous stream.</summary>
public static class ForecastStream
{
    /// <summary>Takes events as they come and yields a forecast for each, in order.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="events">The events.</param>
    /// <param name="refused">
    /// Called with each event that cannot be taken, which then has no forecast and leaves its series as it was. Without it the first such event
    /// ends the stream with its <see cref="ObservationException"/>.
    /// </param>
    /// <param name="cancellationToken">Ends the stream between two events.</param>
    public static async IAsyncEnumerable<Forecast> ForecastAsync(
        this StreamingEngine engine,
        IAsyncEnumerable<SeriesEvent> events,
        Action<SeriesEvent, ObservationException>? refused = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(events);
        await foreach (var e in events.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            Forecast forecast;
            try
            {
                forecast = engine.Observe(e.SeriesId, e.Observation);
            }
            catch (ObservationException problem) when (refused is not null)
            {
                refused(e, problem);
                continue;
            }

            yield return forecast;
        }
    }
}
