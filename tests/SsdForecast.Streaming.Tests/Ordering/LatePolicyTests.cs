using FsCheck;
using FsCheck.Fluent;
using SsdForecast.Runtime;
using SsdForecast.Runtime.Tests;

namespace SsdForecast.Streaming.Tests;

public class LatePolicyTests
{
    private static StreamingEngine Engine(LatePolicy late, int window = 16) => new(Streams.Model(), new StreamingOptions { Late = late, ReorderWindow = window });

    private static ObservationStatus Send(StreamingEngine engine, int hour, long sequence = StreamingEngine.NoSequence)
        => engine.Observe("a", sequence, Streams.At(hour, hour), []).Status;

    [Fact]
    public void A_repeated_sequence_number_changes_nothing()
    {
        var engine = Engine(LatePolicy.Refuse);
        for (var t = 0; t < 200; t++) Assert.Equal(ObservationStatus.Accepted, Send(engine, t, 10 * t));
        var before = Streams.Flat(engine.Forecast("a"));
        for (var t = 0; t < 200; t++) Assert.Equal(ObservationStatus.Duplicate, Send(engine, t, 10 * t));
        // The number counts, whatever else the event says.
        Assert.Equal(ObservationStatus.Duplicate, engine.Observe("a", 1990, Streams.At(900, 5), []).Status);
        Assert.Equal(before, Streams.Flat(engine.Forecast("a")));
        Assert.Equal(201, engine.Counts()[ObservationStatus.Duplicate]);
        Assert.Equal(200, engine.Progress("a")!.Value.Count);
    }

    [Theory]
    [InlineData(LatePolicy.Refuse, ObservationStatus.Rejected)]
    [InlineData(LatePolicy.Drop, ObservationStatus.Dropped)]
    [InlineData(LatePolicy.Reorder, ObservationStatus.Dropped)]
    public void A_late_event_is_refused_or_dropped(LatePolicy late, ObservationStatus expected)
    {
        var engine = Engine(late);
        for (var t = 5; t < 10; t++) Send(engine, t, t);
        var before = Streams.Flat(engine.Forecast("a"));
        Assert.Equal(expected, Send(engine, 3, 3));
        Assert.Equal(expected, Send(engine, 3));
        Assert.Equal(before, Streams.Flat(engine.Forecast("a")));
        Assert.Equal(expected == ObservationStatus.Rejected ? 2 : 0, engine.Counts()[ObservationProblem.TimeNotAfter]);
        Assert.Equal(2, engine.Counts()[expected]);
    }

    [Fact]
    public void A_series_without_times_goes_by_its_numbers()
    {
        var config = Streams.Config with { Calendar = [] };
        var random = new Random(1);
        var preprocessor = Runtime.Tests.RandomModel.Preprocessor(config, random) with { Frequency = Data.Frequency.Ordinal };
        var model = new RecurrentModel(Runtime.Tests.RandomModel.Folder(config, random, preprocessor));
        var whole = new StreamingEngine(model);
        foreach (var i in (int[])[1, 2, 3, 4, 5, 6]) whole.Observe("a", new Observation(default, i));
        var engine = new StreamingEngine(model, new StreamingOptions { Late = LatePolicy.Reorder });
        ObservationStatus Send(long n) => engine.Observe("a", n, default, n).Status;
        Assert.Equal(ObservationStatus.Accepted, Send(1));
        Assert.Equal(ObservationStatus.Buffered, Send(4));
        Assert.Equal(ObservationStatus.Buffered, Send(3));
        Assert.Equal(ObservationStatus.Duplicate, Send(3));
        Assert.Equal(ObservationStatus.Accepted, Send(2));
        Assert.Equal(ObservationStatus.Duplicate, Send(2));
        Assert.Equal(ObservationStatus.Accepted, Send(5));
        Assert.Equal(ObservationStatus.Accepted, Send(6));
        Assert.Equal(ObservationStatus.Dropped, Send(-3));
        Assert.Equal(ObservationStatus.Duplicate, Send(-300));
        Assert.Equal(Streams.Flat(whole.Forecast("a")), Streams.Flat(engine.Forecast("a")));
        Assert.Equal(ObservationStatus.Rejected, new StreamingEngine(model) is var strict && strict.Observe("a", 5, default, 1).Taken == 1 ? strict.Observe("a", 4, default, 1).Status : default);
    }

    [Fact]
    public void A_shuffle_within_the_window_ends_as_order_does() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        var window = random.Next(1, 12);
        var model = Streams.Model();
        var numbered = random.Next(2) == 0;
        var (whole, shuffled) = (new StreamingEngine(model), new StreamingEngine(model, new StreamingOptions { Late = LatePolicy.Reorder, ReorderWindow = window }));
        var sink = new Order();
        var hours = Enumerable.Range(0, 60).Where(h => h == 0 || random.Next(6) > 0).ToArray();
        foreach (var h in hours) whole.Observe("a", Streams.At(h, h));
        // Each event after the first goes back by less than the window; numbers tell what is missing, and without them the clock does.
        var sent = 0;
        var order = hours.Select((h, i) => (h, i, Key: i == 0 ? -1 : i + (random.NextDouble() * (window - 1)))).OrderBy(e => e.Key);
        foreach (var (h, i, _) in order)
        {
            var outcome = shuffled.Observe("a", numbered ? i : StreamingEngine.NoSequence, Streams.At(h, h), [], sink);
            Assert.Contains(outcome.Status, (ObservationStatus[])[ObservationStatus.Accepted, ObservationStatus.Buffered]);
            Assert.Equal(++sent - sink.Values.Count, shuffled.Counts().Waiting);
            if (random.Next(3) == 0) Assert.Equal(ObservationStatus.Duplicate, shuffled.Observe("a", numbered ? i : StreamingEngine.NoSequence, Streams.At(h, h), [], sink).Status switch { ObservationStatus.Dropped => ObservationStatus.Duplicate, var s => s });
        }

        shuffled.Release("a", sink);
        Assert.Equal(whole.Progress("a"), shuffled.Progress("a"));
        Assert.Equal(Streams.Flat(whole.Forecast("a")), Streams.Flat(shuffled.Forecast("a")));
        Assert.Equal(hours.Select(h => (double)h), sink.Values);
        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_gap_is_given_up_when_too_many_wait()
    {
        var engine = Engine(LatePolicy.Reorder, window: 3);
        Send(engine, 0);
        foreach (var hour in (int[])[2, 3, 4]) Assert.Equal(ObservationStatus.Buffered, Send(engine, hour));
        Assert.Equal(1, engine.Progress("a")!.Value.Count);
        var outcome = engine.Observe("a", StreamingEngine.NoSequence, Streams.At(5, 5), []);
        Assert.Equal((ObservationStatus.Accepted, 4), (outcome.Status, outcome.Taken));
        // Hour 1 counts as missing now.
        Assert.Equal(6, engine.Progress("a")!.Value.Count);
        Assert.Equal(ObservationStatus.Dropped, Send(engine, 1));
    }

    [Fact]
    public void An_event_that_waited_and_cannot_be_taken_is_told_of()
    {
        var engine = new StreamingEngine(Streams.Model(), new StreamingOptions { Late = LatePolicy.Reorder, OffGrid = OffGridPolicy.Keep });
        var sink = new Order();
        engine.Observe("a", 1, Streams.At(0, 1), [], sink);
        Assert.Equal(ObservationStatus.Buffered, engine.Observe("a", 4, new Observation(Streams.Start.AddHours(4), 4), [], sink).Status);
        Assert.Equal(ObservationStatus.Buffered, engine.Observe("a", 5, new Observation(Streams.Start.AddHours(4.1), 5), [], sink).Status);
        Assert.Equal(2, engine.Counts().Waiting);
        Assert.Equal(1, engine.Release("a", sink));
        Assert.Equal(0, engine.Counts().Waiting);
        Assert.Equal(1, sink.RefusedCount);
        Assert.Equal(1, engine.Counts()[ObservationProblem.TimeOffGrid]);
        Assert.Equal([1.0, 4.0], sink.Values);
    }

    [Fact]
    public void What_waits_is_counted_from_the_snapshot_on()
    {
        using var folder = new TemporaryFolder();
        var options = new StreamingOptions { Late = LatePolicy.Reorder };
        using (var engine = Stores.Open(Stores.Sqlite, folder.Path, options))
        {
            foreach (var hour in (int[])[0, 3, 4]) Send(engine, hour);
            engine.Snapshot();
            Send(engine, 5);
            Assert.Equal(3, engine.Counts().Waiting);
        }

        using var replayed = Stores.Open(Stores.Sqlite, folder.Path, options);
        Assert.Equal(1, replayed.Counts().Waiting);
        foreach (var hour in (int[])[1, 2]) Send(replayed, hour);
        Assert.Equal(-2, replayed.Counts().Waiting);
        Send(replayed, 8);
        Assert.True(replayed.Remove("a"));
        Assert.Equal(-2, replayed.Counts().Waiting);
    }

    private sealed class Order : IObservationSink
    {
        public List<double> Values { get; } = [];

        public int RefusedCount { get; private set; }

        public void Taken(in TakenEvent taken) => Values.Add(taken.Observation.Value);

        public void Refused(string seriesId, ObservationException refusal) => RefusedCount++;
    }
}
