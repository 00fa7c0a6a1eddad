using FsCheck;
using FsCheck.Fluent;
using SsdForecast.Data;

namespace SsdForecast.Runtime.Tests.Recurrent;

public class RecurrentModelTests
{
    private static Arbitrary<int> Seeds => Gen.Choose(0, int.MaxValue - 1).ToArbitrary();

    private static double[] Flat(Forecast f) => [.. f.Values.Cast<double>()];

    [Fact]
    public void Forecasts_are_those_of_the_float64_reference_for_random_models() =>
        Prop.ForAll(Seeds, seed =>
        {
            var random = new Random(seed);
            var config = RandomModel.Config(random);
            var folder = RandomModel.Folder(config, random);
            var scaler = folder.Preprocessor.ScalerOf("a");
            var model = new RecurrentModel(folder);
            var reference = new ReferenceRecurrence(folder, "a");
            var state = model.CreateState("a");
            List<double> fast = [], exact = [];
            foreach (var o in RandomModel.Events(config, 70, random))
            {
                model.Observe(state, o);
                reference.Observe(o);
                // In scaled units: an offset must not flatter the comparison.
                fast.AddRange(Flat(model.Forecast(state)).Select(scaler.Scale));
                exact.AddRange(reference.Forecast().Cast<double>().Select(scaler.Scale));
            }

            Assert.InRange(RelativeError.Of(fast, exact), 0, 1e-5);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_state_saved_at_any_point_continues_bit_for_bit() =>
        Prop.ForAll(Seeds, Gen.Choose(0, 50).ToArbitrary(), (seed, cut) =>
        {
            var random = new Random(seed);
            var config = RandomModel.Config(random);
            var folder = RandomModel.Folder(config, random);
            var events = RandomModel.Events(config, 50, random);
            var model = new RecurrentModel(folder);
            var whole = model.CreateState("a");
            var state = model.CreateState("a");
            for (var t = 0; t < events.Length; t++)
            {
                // A second model of the same folder stands for another process.
                if (t == cut) state = (model = new RecurrentModel(folder)).Restore(model.Save(state));
                model.Observe(whole, events[t]);
                model.Observe(state, events[t]);
                Assert.Equal(Flat(model.Forecast(whole)), Flat(model.Forecast(state)));
            }

            Assert.Equal(model.Save(whole), model.Save(state));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_step_and_a_forecast_allocate_nothing()
    {
        var random = new Random(5);
        var config = RandomModel.Config(random) with { Horizon = 3, Quantiles = [0.1, 0.5, 0.9], PastCovariates = 2, KnownCovariates = 1, StaticCovariates = 1, Calendar = [CalendarCycle.HourOfDay] };
        var model = new RecurrentModel(RandomModel.Folder(config, random));
        var events = RandomModel.Events(config, 400, random);
        var state = new float[model.StateLength];
        model.InitializeState(state, "a");
        Assert.Equal(0, Allocations.OfSteps(model, state, events));
    }

    [Fact]
    public void A_forecast_changes_nothing()
    {
        var random = new Random(6);
        var config = RandomModel.Config(random);
        var model = new RecurrentModel(RandomModel.Folder(config, random));
        var state = model.CreateState("a");
        foreach (var o in RandomModel.Events(config, 20, random)) model.Observe(state, o);
        var before = model.Save(state);
        Assert.Equal(Flat(model.Forecast(state)), Flat(model.Forecast(state)));
        Assert.Equal(before, model.Save(state));
    }

    [Fact]
    public void A_series_that_training_did_not_have_takes_the_default_scaler()
    {
        var random = new Random(7);
        var config = RandomModel.Config(random) with { ElapsedTime = false };
        var preprocessor = RandomModel.Preprocessor(config, random);
        var (own, other) = (new Scaler(100, 7), new Scaler(-3, 0.25));
        preprocessor = preprocessor with { SeriesScalers = new Dictionary<string, Scaler> { ["a"] = own, ["default"] = other } };
        var model = new RecurrentModel(RandomModel.Folder(config, random, preprocessor));
        var (known, unknown) = (model.CreateState("a"), model.CreateState("never seen"));
        foreach (var o in RandomModel.Events(config, 40, random))
        {
            // The same scaled value for both: the forecasts differ by the scalers alone.
            model.Observe(known, o with { Value = own.Unscale(o.Value / 20) });
            model.Observe(unknown, o with { Value = other.Unscale(o.Value / 20) });
        }

        var scaled = Flat(model.Forecast(known)).Select(own.Scale);
        Assert.InRange(RelativeError.Of(Flat(model.Forecast(unknown)).Select(other.Scale), scaled), 0, 1e-5);
    }

    [Fact]
    public void Quantiles_ascend_and_carry_their_levels()
    {
        var random = new Random(8);
        var config = RandomModel.Config(random) with { Quantiles = [0.05, 0.25, 0.5, 0.75, 0.95], Horizon = 4 };
        var model = new RecurrentModel(RandomModel.Folder(config, random));
        var state = model.CreateState("b");
        foreach (var o in RandomModel.Events(config, 30, random)) model.Observe(state, o);
        var forecast = model.Forecast(state);
        Assert.Equal("b", forecast.SeriesId);
        Assert.Equal(29, forecast.Origin);
        Assert.Equal([0.05, 0.25, 0.5, 0.75, 0.95], forecast.Levels);
        for (var h = 0; h < 4; h++)
            for (var q = 1; q < 5; q++) Assert.True(forecast.Values[h, q] >= forecast.Values[h, q - 1]);
    }

    [Fact]
    public void There_is_no_forecast_before_the_first_event()
    {
        var random = new Random(9);
        var model = new RecurrentModel(RandomModel.Folder(RandomModel.Config(random), random));
        Assert.Throws<InvalidOperationException>(() => model.Forecast(model.CreateState("a")));
    }

    [Fact]
    public void A_direct_model_is_not_streamed()
    {
        var random = new Random(10);
        var config = RandomModel.Config(random);
        var folder = ModelFolder.Create(config with { Kind = ForecasterKind.Direct }, RandomModel.Preprocessor(config, random), new TrainingRecord(), []);
        var e = Assert.Throws<ModelFormatException>(() => new RecurrentModel(folder));
        Assert.Contains("direct", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_misshapen_and_non_finite_tensors_are_named()
    {
        var random = new Random(11);
        var config = RandomModel.Config(random) with { Layers = 1 };
        var preprocessor = RandomModel.Preprocessor(config, random);
        var weights = RandomModel.Weights(config, random).ToList();
        string Message(IEnumerable<SafetensorsTensor> tensors) =>
            Assert.Throws<ModelFormatException>(() => new RecurrentModel(ModelFolder.Create(config, preprocessor, new TrainingRecord(), tensors))).Message;
        const string Name = "backbone.layers.0.mixer.dt_bias";
        var heads = config.Block.Heads;
        Assert.Contains(Name, Message(weights.Where(w => w.Name != Name)), StringComparison.Ordinal);
        var wide = SafetensorsTensor.FromFloat32(Name, [heads + 1], new float[heads + 1]);
        Assert.Contains($"({heads + 1})", Message(weights.Where(w => w.Name != Name).Append(wide)), StringComparison.Ordinal);
        var bad = SafetensorsTensor.FromFloat32(Name, [heads], [.. Enumerable.Repeat(float.NaN, heads)]);
        Assert.Contains("not finite", Message(weights.Where(w => w.Name != Name).Append(bad)), StringComparison.Ordinal);
    }
}
