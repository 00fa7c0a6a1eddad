namespace SsdForecast.Runtime.Tests.Quantization;

public class Int8AccuracyTests
{
    /// <summary>The bound is measured on one sample and judged on another, so a model in a hundred or so is beyond it: here one of forty may be, and none by far.</summary>
    [Fact]
    public void Other_events_of_the_kind_stay_within_the_printed_bound()
    {
        var beyond = 0;
        for (var seed = 1; seed <= 40; seed++)
        {
            var random = new Random(seed);
            var folder = RandomModel.Folder(RandomModel.Config(random) with { Layers = random.Next(1, 3), Lookback = random.Next(8, 40) }, random);
            var accuracy = Int8Accuracy.Measure(folder, 1500);
            Assert.Equal(1500, accuracy.Events);
            Assert.InRange(accuracy.Typical, 1e-6, accuracy.Usual);
            Assert.InRange(accuracy.Usual, accuracy.Typical, accuracy.Largest);
            var others = SampleEvents.Create(folder.Config, folder.Preprocessor, 1500, seed + 2);
            var usual = Int8Accuracy.Measure(folder, "default", others).Usual;
            Assert.InRange(usual, 0, 2 * accuracy.Bound);
            if (usual > accuracy.Bound) beyond++;
        }

        Assert.InRange(beyond, 0, 1);
    }

    [Fact]
    public void A_sine_stays_within_the_printed_bound()
    {
        var random = new Random(4);
        var config = RandomModel.Config(random) with { Layers = 2, Lookback = 30, ElapsedTime = false, PastCovariates = 0, KnownCovariates = 0, StaticCovariates = 0 };
        var folder = RandomModel.Folder(config, random);
        var printed = Int8Accuracy.Measure(folder);
        var scaler = folder.Preprocessor.ScalerOf("default");
        var time = new DateTime(2031, 5, 6);
        var others = Enumerable.Range(0, 500).Select(t => new Observation(time.AddHours(t), scaler.Unscale(Math.Sin(t * 0.3) + (0.3 * random.NextDouble())))).ToArray();
        Assert.InRange(Int8Accuracy.Measure(folder, "default", others).Usual, 0, printed.Bound);
        // An int8 model is no worse than a forecast can be read.
        Assert.InRange(printed.Typical, 0, 0.05);
    }

    [Fact]
    public void A_model_without_blocks_and_with_a_head_of_zeros_loses_nothing()
    {
        var random = new Random(5);
        var config = RandomModel.Config(random) with { Layers = 0 };
        var weights = RandomModel.Weights(config, random).Select(w => w.Name == "head.weight" ? SafetensorsTensor.FromFloat32(w.Name, [.. w.Shape], new float[w.Shape.Aggregate(1L, (a, n) => a * n)]) : w);
        var folder = ModelFolder.Create(config, RandomModel.Preprocessor(config, random), new TrainingRecord { Seed = 1 }, weights);
        Assert.Equal(0, Int8Accuracy.Measure(folder, 100).Largest);
    }

    [Fact]
    public void No_events_are_refused()
    {
        var random = new Random(6);
        Assert.Throws<ArgumentException>(() => Int8Accuracy.Measure(RandomModel.Folder(RandomModel.Config(random), random), 0));
    }
}
