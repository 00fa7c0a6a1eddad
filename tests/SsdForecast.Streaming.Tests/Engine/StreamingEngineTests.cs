using SsdForecast.Runtime;

namespace SsdForecast.Streaming.Tests;

public class StreamingEngineTests
{
    [Fact]
    public void Each_series_is_forecast_as_if_it_were_alone()
    {
        var model = Streams.Model();
        var engine = new StreamingEngine(model, new StreamingOptions { Shards = 3 });
        var alone = new Dictionary<string, RecurrentState>();
        foreach (var (id, o) in Streams.Events(20, 12))
        {
            if (!alone.TryGetValue(id, out var state)) alone.Add(id, state = model.CreateState(id));
            model.Observe(state, o);
            var forecast = engine.Observe(id, o);
            Assert.Equal(id, forecast.SeriesId);
            Assert.Equal(Streams.Flat(model.Forecast(state)), Streams.Flat(forecast));
            Assert.Equal(Streams.Flat(forecast), Streams.Flat(engine.Forecast(id)));
        }

        Assert.Equal(20, engine.SeriesCount);
        Assert.Equal(alone.Keys.Order(), engine.SeriesIds().Order());
        Assert.Equal((12, Streams.Start.AddHours(11)), engine.Progress("series 3"));
    }

    [Fact]
    public void Threads_get_what_one_thread_gets()
    {
        var model = Streams.Model();
        var events = Streams.Events(24, 60);
        var (one, many) = (new StreamingEngine(model), new StreamingEngine(model, new StreamingOptions { Shards = 2 }));
        foreach (var (id, o) in events) one.Observe(id, o);
        // The events of a series stay in order on one thread; series meet in the shards.
        Parallel.ForEach(events.GroupBy(e => e.SeriesId), series =>
        {
            foreach (var (id, o) in series) many.Observe(id, o);
        });
        Assert.Equal(24, many.SeriesCount);
        foreach (var id in one.SeriesIds()) Assert.Equal(Streams.Flat(one.Forecast(id)), Streams.Flat(many.Forecast(id)));
    }

    [Fact]
    public void Threads_that_race_for_one_series_take_each_event_once()
    {
        var config = Streams.Config with { Calendar = [] };
        var random = new Random(1);
        var preprocessor = Runtime.Tests.RandomModel.Preprocessor(config, random) with { Frequency = Data.Frequency.Ordinal };
        var engine = new StreamingEngine(new RecurrentModel(Runtime.Tests.RandomModel.Folder(config, random, preprocessor)));
        Parallel.For(0, 2000, i => engine.Observe("a", new Observation(default, i % 7)));
        Assert.Equal(2000, engine.Progress("a")!.Value.Count);
    }

    [Fact]
    public void An_event_to_a_series_that_is_there_allocates_nothing()
    {
        var engine = new StreamingEngine(Streams.Model());
        var events = Streams.Events(5, 200);
        var forecast = new double[engine.Model.ForecastLength];
        void Run(ReadOnlySpan<SeriesEvent> part)
        {
            foreach (ref readonly var e in part) engine.Observe(e.SeriesId, e.Observation, forecast);
        }

        Run(events.AsSpan(0, 500));
        Assert.Equal(0, Runtime.Tests.Allocations.Least(5, round => Run(events.AsSpan(500 + (100 * round), 100))));
    }

    [Fact]
    public void A_refused_event_leaves_the_series_as_it_was()
    {
        var engine = new StreamingEngine(Streams.Model());
        engine.Observe("a", Streams.At(0, 5));
        engine.Observe("a", Streams.At(1, 6));
        var before = Streams.Flat(engine.Forecast("a"));
        Assert.Equal(ObservationProblem.TimeNotAfter, Assert.Throws<ObservationException>(() => engine.Observe("a", Streams.At(1, 7))).Problem);
        Assert.Equal(ObservationProblem.TimeNotAfter, Assert.Throws<ObservationException>(() => engine.Observe("a", Streams.At(0, 7))).Problem);
        Assert.Equal(ObservationProblem.NotFinite, Assert.Throws<ObservationException>(() => engine.Observe("a", Streams.At(5, double.NegativeInfinity))).Problem);
        Assert.Equal(before, Streams.Flat(engine.Forecast("a")));
        Assert.Equal(2, engine.Progress("a")!.Value.Count);
    }

    [Fact]
    public void A_series_whose_first_event_is_refused_does_not_begin()
    {
        var engine = new StreamingEngine(Streams.Model());
        Assert.Throws<ObservationException>(() => engine.Observe("a", Streams.At(0, double.PositiveInfinity)));
        Assert.False(engine.Contains("a"));
        Assert.Null(engine.Progress("a"));
        Assert.Throws<KeyNotFoundException>(() => engine.Forecast("a"));
        Assert.Throws<ArgumentException>(() => engine.Observe("", Streams.At(0, 1)));
    }

    [Fact]
    public void A_removed_series_begins_anew_in_clean_memory()
    {
        var engine = new StreamingEngine(Streams.Model(), new StreamingOptions { Shards = 1 });
        var fresh = Streams.Flat(new StreamingEngine(engine.Model).Observe("b", Streams.At(0, 4)));
        for (var t = 0; t < 20; t++) engine.Observe("a", Streams.At(t, 100 * t));
        Assert.True(engine.Remove("a"));
        Assert.False(engine.Remove("a"));
        Assert.Equal(fresh, Streams.Flat(engine.Observe("b", Streams.At(0, 4))));
    }

    [Fact]
    public void An_output_that_is_too_short_is_refused_before_the_event_is_taken()
    {
        var engine = new StreamingEngine(Streams.Model());
        Assert.Throws<ArgumentException>(() => engine.Observe("a", Streams.At(0, 1), new double[1]));
        Assert.False(engine.Contains("a"));
        engine.Observe("a", Streams.At(0, 1), []);
        Assert.Equal(1, engine.Progress("a")!.Value.Count);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    public void Options_out_of_range_are_refused(int shards, int maxGap) =>
        Assert.Throws<ArgumentException>(() => new StreamingEngine(Streams.Model(), new StreamingOptions { Shards = shards, MaxGap = maxGap }));
}
