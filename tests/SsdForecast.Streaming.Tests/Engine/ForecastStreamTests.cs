using SsdForecast.Data;
using SsdForecast.Runtime;

namespace SsdForecast.Streaming.Tests;

public class ForecastStreamTests
{
    private static async IAsyncEnumerable<SeriesEvent> Come(IEnumerable<SeriesEvent> events)
    {
        foreach (var e in events)
        {
            await Task.Yield();
            yield return e;
        }
    }

    private static SeriesEvent[] OneOfThreeBad =>
    [
        new("a", Streams.At(0, 1)), new("a", Streams.At(1, double.PositiveInfinity)), new("b", Streams.At(1, 2)),
    ];

    [Fact]
    public async Task Each_event_yields_its_forecast_in_order()
    {
        var events = Streams.Events(3, 10);
        var (engine, direct) = (new StreamingEngine(Streams.Model()), new StreamingEngine(Streams.Model()));
        var i = 0;
        await foreach (var forecast in engine.ForecastAsync(Come(events)))
        {
            Assert.Equal(events[i].SeriesId, forecast.SeriesId);
            Assert.Equal(Streams.Flat(direct.Observe(events[i].SeriesId, events[i].Observation)), Streams.Flat(forecast));
            i++;
        }

        Assert.Equal(events.Length, i);
    }

    [Fact]
    public async Task A_refused_event_is_reported_and_passed_over()
    {
        var refused = new List<(SeriesEvent Event, ObservationException Problem)>();
        var forecasts = new List<Forecast>();
        await foreach (var f in new StreamingEngine(Streams.Model()).ForecastAsync(Come(OneOfThreeBad), (e, p) => refused.Add((e, p)))) forecasts.Add(f);
        Assert.Equal(["a", "b"], forecasts.Select(f => f.SeriesId));
        Assert.Equal(OneOfThreeBad[1], Assert.Single(refused).Event);
        Assert.Equal(ObservationProblem.NotFinite, refused[0].Problem.Problem);
    }

    [Fact]
    public async Task Without_a_handler_a_refused_event_ends_the_stream()
    {
        var seen = 0;
        await Assert.ThrowsAsync<ObservationException>(async () =>
        {
            await foreach (var _ in new StreamingEngine(Streams.Model()).ForecastAsync(Come(OneOfThreeBad))) seen++;
        });
        Assert.Equal(1, seen);
    }

    [Fact]
    public async Task The_stream_can_be_cancelled()
    {
        using var source = new CancellationTokenSource();
        var engine = new StreamingEngine(Streams.Model());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in engine.ForecastAsync(Endless(), cancellationToken: source.Token))
                if (engine.Progress("a")!.Value.Count == 5) await source.CancelAsync();
        });
        Assert.Equal(5, engine.Progress("a")!.Value.Count);

        async IAsyncEnumerable<SeriesEvent> Endless([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token = default)
        {
            for (var t = 0; ; t++)
            {
                await Task.Yield();
                token.ThrowIfCancellationRequested();
                yield return new SeriesEvent("a", Streams.At(t, 1));
            }
        }
    }
}
