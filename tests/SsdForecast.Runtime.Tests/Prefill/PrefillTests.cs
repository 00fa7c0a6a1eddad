using FsCheck;
using FsCheck.Fluent;
using SsdForecast.Data;

namespace SsdForecast.Runtime.Tests.Prefill;

public class PrefillTests
{
    private static Arbitrary<int> Seeds => Gen.Choose(0, int.MaxValue - 1).ToArbitrary();

    [Fact]
    public void Prefill_then_steps_is_steps_alone() =>
        Prop.ForAll(Seeds, seed =>
        {
            var random = new Random(seed);
            var config = RandomModel.Config(random) with { Lookback = random.Next(2) == 0 ? random.Next(1, 40) : random.Next(40, 200) };
            var folder = RandomModel.Folder(config, random);
            // The state may have begun already, and the history may be short.
            var (before, history) = (random.Next(3) == 0 ? 0 : random.Next(1, 60), random.Next(4) == 0 ? random.Next(0, 20) : random.Next(20, 300));
            Compare(folder, RandomModel.Events(config, before + history + 20, random), before, history);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Whole_vectors_and_several_groups_too()
    {
        var random = new Random(1);
        foreach (var block in new[] { new BlockConfig(), new BlockConfig { NGroups = 4, NormBeforeGate = true, DConv = 1 }, new BlockConfig { DModel = 48, HeadDim = 32, DState = 64 } })
        {
            var config = RandomModel.Config(random) with { Block = block, Layers = 2, Lookback = 100, Horizon = 2, ElapsedTime = block.DConv == 1 };
            Compare(RandomModel.Folder(config, random), RandomModel.Events(config, 420, random), 30, 370);
        }
    }

    [Fact]
    public void Outliers_level_shifts_and_constant_values_leave_no_trace()
    {
        var random = new Random(2);
        var config = RandomModel.Config(random) with { Block = new BlockConfig { DModel = 16 }, Layers = 1, Lookback = 24, ElapsedTime = false, PastCovariates = 0, KnownCovariates = 0, StaticCovariates = 0 };
        var folder = RandomModel.Folder(config, random);
        var values = Enumerable.Range(0, 400).Select(t => t switch { < 60 => 3, 100 => 1e9, 200 => -1e12, > 250 and < 300 => 1e5 + Math.Sin(t), > 350 => 7, _ => Math.Sin(t) }).ToArray();
        var events = values.Select((v, t) => new Observation(new DateTime(2024, 1, 1).AddHours(t), v)).ToArray();
        foreach (var end in new[] { 105, 130, 199, 230, 270, 310, 379 }) Compare(folder, events[..(end + 20)], 0, end);
    }

    [Fact]
    public void Forecasts_of_the_next_step_are_those_of_stepping() =>
        Prop.ForAll(Seeds, seed =>
        {
            var random = new Random(seed);
            var config = RandomModel.Config(random);
            var model = new RecurrentModel(RandomModel.Folder(config, random));
            var scaler = model.Preprocessor.ScalerOf("a");
            var events = RandomModel.Events(config, 150, random);
            var (prefilled, stepped) = (model.CreateState("a"), model.CreateState("a"));
            var next = new double[events.Length * config.Outputs];
            model.Prefill(prefilled, events, next);
            List<double> expected = [];
            foreach (var o in events)
            {
                model.Observe(stepped, o);
                expected.AddRange(Enumerable.Range(0, config.Outputs).Select(q => model.Forecast(stepped).Values[0, q]));
            }

            Assert.InRange(RelativeError.Of(next.Select(scaler.Scale), expected.Select(scaler.Scale)), 0, 1e-5);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Many_series_are_prefilled_side_by_side_and_what_cannot_be_taken_is_left_out() =>
        Prop.ForAll(Seeds, seed =>
        {
            var random = new Random(seed);
            var config = RandomModel.Config(random);
            var model = new RecurrentModel(RandomModel.Folder(config, random));
            var histories = Enumerable.Range(0, 5).Select(_ => RandomModel.Events(config, random.Next(0, 120), random)).ToArray();
            foreach (var h in histories)
                for (var t = 0; t < h.Length; t++) if (random.Next(30) == 0) h[t] = h[t] with { Value = double.NegativeInfinity };
            float[][] Filled(int threads, out IReadOnlyList<RefusedEvent> refused)
            {
                var states = Batched.ObserveBatchTests.States(model, histories.Length);
                refused = model.Prefill(histories.Select((h, i) => new SeriesRun("x", states[i], h)).ToArray(), default, threads);
                return states;
            }

            var one = Filled(1, out var refused);
            Assert.Equal(one, Filled(3, out _));
            Assert.Equal(histories.SelectMany((h, i) => h.Index().Where(e => double.IsInfinity(e.Item.Value)).Select(e => (i, e.Index))), refused.Select(r => (r.Run, r.Event)));
            var stepped = Batched.ObserveBatchTests.States(model, histories.Length);
            for (var i = 0; i < histories.Length; i++)
                foreach (var o in histories[i].Where(o => !double.IsInfinity(o.Value))) model.Observe("x", stepped[i], o);
            Assert.InRange(Difference(model, stepped, one), 0, 1e-5);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Layers_side_by_side_leave_the_same_bits() =>
        Prop.ForAll(Seeds, seed =>
        {
            var random = new Random(seed);
            var config = RandomModel.Config(random) with { Layers = random.Next(1, 5) };
            var model = new RecurrentModel(RandomModel.Folder(config, random));
            var history = RandomModel.Events(config, random.Next(0, 900), random);
            for (var t = 0; t < history.Length; t++) if (random.Next(60) == 0) history[t] = history[t] with { Value = double.NegativeInfinity };
            (float[] State, double[] OneStep, IReadOnlyList<RefusedEvent> Refused) Filled(int threads, bool forecasts)
            {
                var state = Batched.ObserveBatchTests.States(model, 1)[0];
                var oneStep = new double[forecasts ? history.Length * config.Outputs : 0];
                var refused = model.Prefill(new[] { new SeriesRun("x", state, history) }, oneStep, threads);
                return (state, oneStep, refused);
            }

            foreach (var forecasts in new[] { false, true })
            {
                var (one, several) = (Filled(1, forecasts), Filled(random.Next(2, 7), forecasts));
                Assert.Equal(one.State, several.State);
                Assert.Equal(one.OneStep, several.OneStep);
                Assert.Equal(one.Refused.Select(r => r.Event), several.Refused.Select(r => r.Event));
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_history_with_an_event_that_cannot_be_taken_changes_nothing()
    {
        var random = new Random(4);
        var config = RandomModel.Config(random) with { ElapsedTime = false };
        var model = new RecurrentModel(RandomModel.Folder(config, random));
        var events = RandomModel.Events(config, 100, random);
        events[80] = events[80] with { Time = events[79].Time };
        var state = model.CreateState("a");
        var before = model.Save(state);
        Assert.Equal(ObservationProblem.TimeNotAfter, Assert.Throws<ObservationException>(() => model.Prefill(state, events)).Problem);
        Assert.Equal(before, model.Save(state));
        Assert.Throws<ArgumentException>(() => model.Prefill(state, events, new double[1]));
    }

    private static void Compare(ModelFolder folder, Observation[] events, int before, int history)
    {
        var model = new RecurrentModel(folder);
        var (prefilled, stepped) = (model.CreateState("a"), model.CreateState("a"));
        foreach (var o in events[..before]) model.Observe(prefilled, o);
        model.Prefill(prefilled, events.AsSpan(before, history));
        foreach (var o in events[..(before + history)]) model.Observe(stepped, o);
        Assert.Equal(stepped.Count, prefilled.Count);
        Assert.InRange(Difference(model, [stepped.Values], [prefilled.Values]), 0, 1e-5);

        var scaler = folder.Preprocessor.ScalerOf("a");
        List<double> expected = [], actual = [];
        foreach (var o in events[(before + history)..])
        {
            model.Observe(prefilled, o);
            model.Observe(stepped, o);
            expected.AddRange(model.Forecast(stepped).Values.Cast<double>().Select(scaler.Scale));
            actual.AddRange(model.Forecast(prefilled).Values.Cast<double>().Select(scaler.Scale));
        }

        Assert.InRange(RelativeError.Of(actual, expected), 0, 1e-5);
    }

    /// <summary>The largest relative difference of a part of the states: an SSM state, the convolution's inputs, the encoding, the window.</summary>
    private static double Difference(RecurrentModel model, float[][] expected, float[][] actual)
    {
        var layout = model.Layout;
        Range[] parts = [.. Enumerable.Range(0, model.Config.Layers).SelectMany(i => new[] { layout.SsmOf(i), layout.ConvOf(i) }), layout.Encoded, layout.Known, layout.Statics, layout.Ring];
        double largest = 0;
        foreach (var part in parts)
        {
            var (a, b) = (actual.SelectMany(s => s[part]), expected.SelectMany(s => s[part]));
            if (b.Any(v => v != 0)) largest = Math.Max(largest, RelativeError.Of(a, b));
            else Assert.All(a, v => Assert.Equal(0, v));
        }

        return largest;
    }
}
