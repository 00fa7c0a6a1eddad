using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Runtime.Tests;

namespace SsdForecast.Streaming.Tests;

public class MissingStepsTests
{
    [Fact]
    public void Skipped_steps_are_missing_values_as_in_batch()
    {
        var (skipping, explicitly) = (new StreamingEngine(Streams.Model()), new StreamingEngine(Streams.Model()));
        foreach (var hour in new[] { 0, 1, 2, 6, 7, 15 })
        {
            while (explicitly.Progress("a") is { } p && p.LastTime < Streams.Start.AddHours(hour - 1)) explicitly.Observe("a", new Observation(p.LastTime.AddHours(1), double.NaN));
            explicitly.Observe("a", Streams.At(hour, hour));
            Assert.Equal(Streams.Flat(explicitly.Forecast("a")), Streams.Flat(skipping.Observe("a", Streams.At(hour, hour))));
        }

        Assert.Equal(16, skipping.Progress("a")!.Value.Count);
    }

    [Fact]
    public void Months_are_counted_by_the_calendar()
    {
        var config = Streams.Config with { Calendar = [CalendarCycle.DayOfYear] };
        var random = new Random(1);
        var preprocessor = RandomModel.Preprocessor(config, random) with { Frequency = Frequency.Monthly };
        var engine = new StreamingEngine(new RecurrentModel(RandomModel.Folder(config, random, preprocessor)));
        engine.Observe("a", new Observation(new DateTime(2024, 1, 31), 1));
        engine.Observe("a", new Observation(new DateTime(2024, 2, 29), 2));
        Assert.Equal(2, engine.Progress("a")!.Value.Count);
        var forecast = engine.Observe("a", new Observation(new DateTime(2024, 6, 30), 3));
        Assert.Equal(6, engine.Progress("a")!.Value.Count);
        Assert.Equal(new DateTime(2024, 7, 31), forecast.Times[0]);
    }

    [Fact]
    public void A_gap_too_long_and_an_event_between_steps_are_refused()
    {
        var engine = new StreamingEngine(Streams.Model(), new StreamingOptions { MaxGap = 10 });
        engine.Observe("a", Streams.At(0, 1));
        Assert.Equal(ObservationProblem.GapTooLong, Assert.Throws<ObservationException>(() => engine.Observe("a", Streams.At(12, 1))).Problem);
        var between = new Observation(Streams.Start.AddMinutes(20), 1);
        Assert.Equal(ObservationProblem.TimeOffGrid, Assert.Throws<ObservationException>(() => engine.Observe("a", between)).Problem);
        Assert.Equal(1, engine.Progress("a")!.Value.Count);
        engine.Observe("a", Streams.At(11, 1));
        Assert.Equal(12, engine.Progress("a")!.Value.Count);
    }

    [Fact]
    public void Gaps_may_be_ignored()
    {
        var engine = new StreamingEngine(Streams.Model(), new StreamingOptions { MissingSteps = MissingSteps.Ignore });
        engine.Observe("a", Streams.At(0, 1));
        engine.Observe("a", Streams.At(50, 1));
        engine.Observe("a", new Observation(Streams.Start.AddHours(50.1), 1));
        Assert.Equal(3, engine.Progress("a")!.Value.Count);
    }

    [Fact]
    public void An_irregular_series_has_no_gaps()
    {
        var config = Streams.Config with { ElapsedTime = true };
        var random = new Random(1);
        var engine = new StreamingEngine(new RecurrentModel(RandomModel.Folder(config, random)));
        engine.Observe("a", Streams.At(0, 1));
        engine.Observe("a", Streams.At(1000, 1));
        Assert.Equal(2, engine.Progress("a")!.Value.Count);
    }
}
