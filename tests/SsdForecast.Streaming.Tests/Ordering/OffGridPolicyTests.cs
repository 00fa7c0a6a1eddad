using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Runtime.Tests;

namespace SsdForecast.Streaming.Tests;

public class OffGridPolicyTests
{
    [Fact]
    public void A_time_beside_the_grid_is_taken_as_of_the_nearest_step_and_counted()
    {
        var (exact, jittered) = (Engine(OffGridPolicy.Snap), Engine(OffGridPolicy.Snap));
        (int Hour, int Minutes)[] events = [(0, 0), (1, 7), (2, -12), (3, 0), (6, 29), (7, -29)];
        foreach (var (hour, minutes) in events)
        {
            Assert.False(Send(exact, hour, 0).Snapped);
            var outcome = Send(jittered, hour, minutes);
            Assert.Equal((ObservationStatus.Accepted, 1, minutes != 0), (outcome.Status, outcome.Taken, outcome.Snapped));
            Assert.Equal(exact.Progress("a"), jittered.Progress("a"));
            Assert.Equal(Streams.Flat(exact.Forecast("a")), Streams.Flat(jittered.Forecast("a")));
            Assert.Equal(exact.Forecast("a").Times, jittered.Forecast("a").Times);
        }

        Assert.Equal(4, jittered.Counts().Snapped);
        Assert.Equal(0, exact.Counts().Snapped);
    }

    [Fact]
    public void The_calendar_has_a_grid_too()
    {
        var random = new Random(1);
        var preprocessor = RandomModel.Preprocessor(Streams.Config, random) with { Frequency = Frequency.Monthly };
        var engine = new StreamingEngine(new RecurrentModel(RandomModel.Folder(Streams.Config, random, preprocessor)));
        engine.Observe("a", new Observation(new DateTime(2024, 1, 31), 1));
        Assert.False(engine.Observe("a", 2, new DateTime(2024, 2, 29), 2).Snapped);
        Assert.True(engine.Observe("a", 3, new DateTime(2024, 3, 28), 2).Snapped);
        Assert.Equal(new DateTime(2024, 3, 31), engine.Progress("a")!.Value.LastTime);
        // A day of a month is of that month, as in a file, though the end of another is nearer.
        Assert.True(engine.Observe("a", 4, new DateTime(2024, 4, 2), 2).Snapped);
        Assert.Equal(new DateTime(2024, 4, 30), engine.Progress("a")!.Value.LastTime);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Half_a_step_is_of_the_step_that_follows_whichever_event_was_before_it(int last)
    {
        var engine = Engine(OffGridPolicy.Snap);
        Send(engine, 0, 0);
        Send(engine, last, 0);
        Assert.True(Send(engine, 3, 30).Snapped);
        Assert.Equal(Streams.Start.AddHours(4), engine.Progress("a")!.Value.LastTime);
    }

    [Fact]
    public void Another_event_of_a_step_that_was_taken_is_refused_and_a_repetition_known()
    {
        var engine = Engine(OffGridPolicy.Snap);
        engine.Observe("a", 1, Streams.Beside(0, 0, 1), []);
        Assert.True(engine.Observe("a", 2, Streams.Beside(1, 7, 1), []).Snapped);
        var before = Streams.Flat(engine.Forecast("a"));
        Assert.Equal(ObservationStatus.Duplicate, engine.Observe("a", 2, Streams.Beside(1, 7, 1), []).Status);
        var other = engine.Observe("a", 3, Streams.Beside(1, 20, 5), []);
        Assert.Equal((ObservationStatus.Rejected, ObservationProblem.TimeOffGrid), (other.Status, other.Refusal!.Problem));
        Assert.Equal(before, Streams.Flat(engine.Forecast("a")));
        Assert.Equal(1, engine.Counts().Snapped);
    }

    [Fact]
    public void With_reordering_an_event_waits_for_its_step()
    {
        var engine = new StreamingEngine(Streams.Model(), new StreamingOptions { Late = LatePolicy.Reorder });
        engine.Observe("a", 1, Streams.Beside(0, 0, 1), []);
        var waits = engine.Observe("a", 3, Streams.Beside(2, 5, 1), []);
        Assert.Equal((ObservationStatus.Buffered, true), (waits.Status, waits.Snapped));
        Assert.Equal(ObservationStatus.Duplicate, engine.Observe("a", 3, Streams.Beside(2, 5, 1), []).Status);
        Assert.Equal(ObservationProblem.TimeOffGrid, engine.Observe("a", 4, Streams.Beside(2, 9, 1), []).Refusal!.Problem);
        var exact = engine.Observe("a", 5, Streams.Beside(2, 0, 1), []);
        Assert.Equal((ObservationStatus.Rejected, ObservationProblem.TimeNotAfter), (exact.Status, exact.Refusal!.Problem));
        Assert.Equal(2, engine.Observe("a", 2, Streams.Beside(1, -3, 1), []).Taken);
        Assert.Equal((3L, Streams.Start.AddHours(2)), engine.Progress("a"));
    }

    [Fact]
    public void Nothing_is_allocated_for_an_event_snapped_or_not()
    {
        var engine = Engine(OffGridPolicy.Snap);
        var least = Allocations.Least(20, round =>
        {
            for (var hour = 50 * round; hour < 50 * (round + 1); hour++) Send(engine, hour, 7 * (hour % 2));
        });
        Assert.Equal((0L, 500L), (least, engine.Counts().Snapped));
    }

    [Fact]
    public void It_may_be_refused_or_kept()
    {
        var refusing = Engine(OffGridPolicy.Refuse);
        Send(refusing, 0, 0);
        var refused = Send(refusing, 1, 7);
        Assert.Equal((ObservationStatus.Rejected, ObservationProblem.TimeOffGrid), (refused.Status, refused.Refusal!.Problem));
        Assert.Contains("as of 2024-01-01 01:00:00", refused.Refusal.Message, StringComparison.Ordinal);
        Assert.Equal(1, refusing.Progress("a")!.Value.Count);

        var keeping = Engine(OffGridPolicy.Keep);
        Send(keeping, 0, 0);
        Assert.False(Send(keeping, 1, 7).Snapped);
        Assert.Equal(Streams.Start.AddMinutes(67), keeping.Progress("a")!.Value.LastTime);
        Assert.Throws<ArgumentException>(() => Engine((OffGridPolicy)7));
    }

    [Theory]
    [InlineData(Stores.Sqlite)]
    [InlineData(Stores.Files)]
    public void What_was_logged_is_replayed_as_it_was_taken(string kind)
    {
        using var folder = new TemporaryFolder();
        var whole = Engine(OffGridPolicy.Keep);
        using (var engine = Stores.Open(kind, folder.Path, new StreamingOptions { OffGrid = OffGridPolicy.Keep }))
        {
            foreach (var hour in Enumerable.Range(0, 5))
                foreach (var e in new[] { whole, engine }) Send(e, hour, 7 * (hour % 2));
        }

        using var again = Stores.Open(kind, folder.Path);
        Assert.Equal(5, again.Recovery!.Replayed);
        Stores.Same(whole, again);
    }

    private static StreamingEngine Engine(OffGridPolicy policy) => new(Streams.Model(), new StreamingOptions { OffGrid = policy });

    private static ObservationOutcome Send(StreamingEngine engine, int hour, int minutes)
        => engine.Observe("a", StreamingEngine.NoSequence, Streams.Beside(hour, minutes, 1 + (hour * 0.1)), []);
}
