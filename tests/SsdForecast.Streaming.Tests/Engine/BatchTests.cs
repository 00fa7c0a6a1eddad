using FsCheck;
using FsCheck.Fluent;
using SsdForecast.Runtime.Tests;

namespace SsdForecast.Streaming.Tests;

public class BatchTests
{
    [Fact]
    public void A_batch_does_what_its_events_do_one_by_one() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        using var folder = new TemporaryFolder();
        var model = Streams.Model();
        var options = new StreamingOptions
        {
            Shards = random.Next(1, 4),
            Late = (LatePolicy)random.Next(3),
            OffGrid = (OffGridPolicy)random.Next(3),
            ReorderWindow = 3,
            MaxResident = random.Next(3) == 0 ? random.Next(2, 9) : 0,
            Companions = random.Next(4) == 0 ? [new SumCompanion()] : [],
        };
        var single = new StreamingEngine(model, options with { MaxResident = 0 });
        using var batched = options.MaxResident > 0 || random.Next(2) == 0 ? StreamingEngine.Open(model, Stores.Make(Stores.Sqlite, folder.Path), options) : new StreamingEngine(model, options);
        var hours = new int[12];
        var length = model.ForecastLength;
        for (var round = 0; round < 8; round++)
        {
            var events = new SeriesEvent[random.Next(0, 60)];
            for (var e = 0; e < events.Length; e++)
            {
                var s = random.Next(hours.Length);
                hours[s] += random.Next(8) switch { 0 => 3, 1 => 0, 2 => -1, _ => 1 };
                hours[s] = Math.Max(0, hours[s]);
                events[e] = new SeriesEvent($"s{s}", Streams.Beside(hours[s], random.Next(6) == 0 ? random.Next(-40, 40) : 0, random.Next(20) == 0 ? double.PositiveInfinity : random.NextDouble())) { Sequence = random.Next(2) == 0 ? hours[s] : StreamingEngine.NoSequence };
            }

            var withForecasts = random.Next(3) > 0;
            var (expected, forecasts) = (new double[length], new double[withForecasts ? events.Length * length : 0]);
            var outcomes = batched.ObserveBatch(events, forecasts);
            for (var e = 0; e < events.Length; e++)
            {
                var outcome = single.Observe(events[e].SeriesId, events[e].Sequence, events[e].Observation, expected);
                Assert.Equal((outcome.Status, outcome.Taken, outcome.Snapped, outcome.Refusal?.Message), (outcomes[e].Status, outcomes[e].Taken, outcomes[e].Snapped, outcomes[e].Refusal?.Message));
                if (withForecasts && single.Contains(events[e].SeriesId)) Assert.Equal(expected, forecasts.AsSpan(e * length, length).ToArray());
            }
        }

        Stores.Same(single, batched);
        foreach (var status in Enum.GetValues<ObservationStatus>()) Assert.Equal(single.Counts()[status], batched.Counts()[status]);
        Assert.Equal(single.Counts().Taken, batched.Counts().Taken);
        Assert.Equal(single.Counts().Snapped, batched.Counts().Snapped);
        Assert.Equal(single.Counts().Waiting, batched.Counts().Waiting);
        return true;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));

    [Fact]
    public void A_bad_event_of_a_batch_leaves_the_others()
    {
        var engine = new StreamingEngine(Streams.Model());
        Assert.Throws<ArgumentException>(() => engine.ObserveBatch(new SeriesEvent[] { new("a", Streams.At(0, 1)) }, new double[1]));
        Assert.False(engine.Contains("a"));
        var outcomes = engine.ObserveBatch(new SeriesEvent[] { new("a", Streams.At(0, 1)), new("b", Streams.At(0, double.NegativeInfinity)), new("c", Streams.At(0, 1)) });
        Assert.Equal([ObservationStatus.Accepted, ObservationStatus.Rejected, ObservationStatus.Accepted], outcomes.Select(o => o.Status));
        Assert.Equal(2, engine.SeriesCount);
    }
}
