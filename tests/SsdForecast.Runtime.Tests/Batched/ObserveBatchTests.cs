using FsCheck;
using FsCheck.Fluent;

namespace SsdForecast.Runtime.Tests.Batched;

public class ObserveBatchTests
{
    private static Arbitrary<int> Seeds => Gen.Choose(0, int.MaxValue - 1).ToArbitrary();

    [Fact]
    public void A_batch_is_its_events_one_by_one_bit_for_bit() =>
        Prop.ForAll(Seeds, seed =>
        {
            var random = new Random(seed);
            var config = RandomModel.Config(random);
            var options = new RecurrentOptions { Weights = random.Next(2) == 0 ? WeightFormat.Float32 : WeightFormat.Int8 };
            var model = new RecurrentModel(RandomModel.Folder(config, random), options);
            var histories = Enumerable.Range(0, random.Next(1, 40)).Select(_ => RandomModel.Events(config, 24, random)).ToArray();
            var (batched, single) = (States(model, histories.Length), States(model, histories.Length));
            var taken = new int[histories.Length];
            for (var batch = 0; batch < 4; batch++)
            {
                // Some series have no event, most one, some a few; some events cannot be taken.
                var lengths = histories.Select(_ => random.Next(4) switch { 0 => 0, 3 => random.Next(2, 7), _ => 1 }).ToArray();
                var events = histories.Select((h, i) => h[taken[i]..(taken[i] + lengths[i])]).ToArray();
                foreach (var e in events)
                    for (var k = 0; k < e.Length; k++) if (random.Next(15) == 0) e[k] = e[k] with { Value = random.Next(2) == 0 ? double.PositiveInfinity : 1e300 };
                var runs = events.Select((e, i) => new SeriesRun($"series {i}", batched[i], e)).ToArray();
                var forecasts = new double[lengths.Sum() * model.ForecastLength];
                var refused = model.ObserveBatch(runs, random.Next(3) == 0 ? default : forecasts, random.Next(0, 4));
                if (forecasts.All(f => f == 0)) forecasts = [];

                List<(int, int)> expected = [];
                var at = 0;
                for (var i = 0; i < events.Length; i++)
                {
                    for (var k = 0; k < events[i].Length; k++, at++)
                    {
                        var forecast = new double[model.ForecastLength];
                        try
                        {
                            model.Observe("x", single[i], events[i][k]);
                            model.Forecast(single[i], forecast);
                        }
                        catch (ObservationException)
                        {
                            expected.Add((i, k));
                        }

                        if (forecasts.Length > 0) Assert.Equal(forecast, forecasts[(at * forecast.Length)..((at + 1) * forecast.Length)]);
                    }

                    Assert.Equal(single[i], batched[i]);
                    taken[i] += lengths[i];
                }

                Assert.Equal(expected, refused.Select(r => (r.Run, r.Event)));
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_default_model_too_on_any_number_of_threads()
    {
        // Sizes that fill whole vectors take other kernels than the random ones.
        var random = new Random(2);
        var config = RandomModel.Config(random) with { Block = new BlockConfig(), Layers = 2, Lookback = 50, Horizon = 3, Quantiles = [0.1, 0.5, 0.9], ElapsedTime = false };
        var model = new RecurrentModel(RandomModel.Folder(config, random));
        var histories = Enumerable.Range(0, 250).Select(_ => RandomModel.Events(config, 3, random)).ToArray();
        var single = States(model, histories.Length);
        for (var i = 0; i < histories.Length; i++)
            foreach (ref readonly var o in histories[i].AsSpan()) model.Observe("x", single[i], o);
        foreach (var threads in new[] { 1, 2, 7 })
        {
            var batched = States(model, histories.Length);
            Assert.Empty(model.ObserveBatch(histories.Select((h, i) => new SeriesRun("x", batched[i], h)).ToArray(), default, threads));
            Assert.Equal(single, batched);
        }
    }

    [Fact]
    public void An_empty_batch_does_nothing()
    {
        var random = new Random(3);
        var model = new RecurrentModel(RandomModel.Folder(RandomModel.Config(random), random));
        Assert.Empty(model.ObserveBatch(Array.Empty<SeriesRun>()));
        var state = States(model, 1)[0];
        var before = (float[])state.Clone();
        Assert.Empty(model.ObserveBatch(new[] { new SeriesRun("x", state, default) }));
        Assert.Equal(before, state);
    }

    [Fact]
    public void Short_states_and_short_outputs_are_refused_by_name()
    {
        var random = new Random(4);
        var config = RandomModel.Config(random);
        var model = new RecurrentModel(RandomModel.Folder(config, random));
        var events = RandomModel.Events(config, 1, random);
        var e = Assert.Throws<ArgumentException>(() => model.ObserveBatch(new[] { new SeriesRun("late", new float[model.StateLength - 1], events) }));
        Assert.Contains("late", e.Message, StringComparison.Ordinal);
        var run = new[] { new SeriesRun("x", States(model, 1)[0], events) };
        Assert.Throws<ArgumentException>(() => model.ObserveBatch(run, new double[model.ForecastLength - 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.ObserveBatch(run, default, -1));
    }

    [Fact]
    public void An_int8_step_allocates_nothing()
    {
        var random = new Random(5);
        var config = RandomModel.Config(random) with { Block = new BlockConfig(), Layers = 2, Lookback = 336, Horizon = 1, Quantiles = [0.1, 0.5, 0.9], ElapsedTime = false };
        var model = new RecurrentModel(RandomModel.Folder(config, random), new RecurrentOptions { Weights = WeightFormat.Int8 });
        var events = RandomModel.Events(config, 400, random);
        Assert.Equal(0, Allocations.OfSteps(model, States(model, 1)[0], events));
    }

    internal static float[][] States(RecurrentModel model, int count)
    {
        var states = new float[count][];
        for (var i = 0; i < count; i++)
        {
            states[i] = new float[model.StateLength];
            model.InitializeState(states[i], i % 2 == 0 ? "a" : "never seen");
        }

        return states;
    }
}
