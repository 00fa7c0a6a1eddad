using System.Runtime.CompilerServices;
using SsdForecast.Data;
using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>Forecasts as an asynchronous stream.</summary>
public static class ForecastStream
{
    /// <summary>Takes events as they come and yields a forecast for each that is taken, in the order in which they are. One that is a repetition, late or waits has none.</summary>
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
        var collected = new Collected(engine.Model);
        await foreach (var e in events.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            collected.Forecasts.Clear();
            var outcome = engine.Observe(e.SeriesId, e.Sequence, e.Observation, [], collected);
            if (outcome.Refusal is { } problem)
            {
                if (refused is null) throw problem;
                refused(e, problem);
            }

            foreach (var forecast in collected.Forecasts) yield return forecast;
        }
    }

    private sealed class Collected(RecurrentModel model) : IObservationSink
    {
        private readonly ForecastBuffer _buffer = new(model);

        public List<Forecast> Forecasts { get; } = [];

        public void Taken(in TakenEvent taken)
        {
            taken.Forecast(_buffer);
            Forecasts.Add(_buffer.ToForecast(_buffer.Horizon));
        }
    }
}
