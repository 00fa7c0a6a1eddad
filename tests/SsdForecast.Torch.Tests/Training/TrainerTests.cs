using SsdForecast.Runtime;
using SsdForecast.Torch.Forecasters;
using SsdForecast.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Training;

public class TrainerTests
{
    private static readonly ForecasterOptions Options = new()
    {
        Horizon = 6,
        Lookback = 24,
        Quantiles = [0.1, 0.5, 0.9],
        Block = new BlockConfig { DModel = 8, DState = 4, HeadDim = 8 },
        Layers = 1,
    };

    private static readonly TrainingOptions Quick = new() { Epochs = 4, StepsPerEpoch = 4, BatchSize = 4, WindowLength = 32, Patience = 10 };

    private sealed class Cancel(int afterEpoch, CancellationTokenSource source) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.EpochEnded && value.Epoch == afterEpoch) source.Cancel();
        }
    }

    [Fact]
    public void An_interrupted_run_that_resumes_equals_an_uninterrupted_one()
    {
        var table = Tables.Seasonal();
        using var folder = new TemporaryFolder();
        double[] Fit(TrainingOptions options, int? cancelAfter = null)
        {
            using var source = new CancellationTokenSource();
            using var forecaster = Forecaster.Fit(table, Options, options, cancelAfter is { } n ? new Cancel(n, source) : null, source.Token);
            return [.. forecaster.Predict(table).SelectMany(f => f.Values.Cast<double>())];
        }
        var whole = Fit(Quick);
        var resumable = Quick with { CheckpointFolder = folder.Path };
        Fit(resumable, cancelAfter: 2);
        Assert.True(File.Exists(Path.Combine(folder.Path, "state.json")));
        Assert.Equal(whole, Fit(resumable));
        Assert.False(Directory.Exists(folder.Path));
    }

    [Fact]
    public void A_run_over_whole_series_that_resumes_equals_an_uninterrupted_one()
    {
        var table = Tables.Seasonal();
        using var folder = new TemporaryFolder();
        var training = Quick with { SequenceChunk = 16, GradientChunks = 2, BatchSize = 2, StepsPerEpoch = 3 };
        double[] Fit(TrainingOptions options, int? cancelAfter = null)
        {
            using var source = new CancellationTokenSource();
            using var forecaster = Forecaster.Fit(table, Options, options, cancelAfter is { } n ? new Cancel(n, source) : null, source.Token);
            return [.. forecaster.Predict(table).SelectMany(f => f.Values.Cast<double>())];
        }
        var whole = Fit(training);
        Fit(training with { CheckpointFolder = folder.Path }, cancelAfter: 2);
        Assert.Equal(whole, Fit(training with { CheckpointFolder = folder.Path }));
        // Keeping activations changes memory, not results.
        foreach (var (a, e) in Fit(training with { Recompute = false }).Zip(whole)) Assert.Equal(e, a, 1e-3 * Math.Abs(e));
    }

    /// <summary>The one step of the epoch has a loss still, that of the weights before it.</summary>
    [Fact]
    public void Weights_whose_forecasts_are_no_numbers_are_not_kept()
    {
        using var forecaster = Forecaster.Fit(Tables.Seasonal(), Options, Quick with { Epochs = 1, StepsPerEpoch = 1, LearningRate = 1e20, WarmUp = 0 });
        Assert.Equal(0, forecaster.Training.BestEpoch);
        Assert.True(double.IsFinite(forecaster.Training.TrainingLoss[0]));
        Assert.Equal(double.PositiveInfinity, forecaster.Training.ValidationLoss[^1]);
        Assert.All(forecaster.Predict(Tables.Seasonal()), f => Assert.All(f.Values.Cast<double>(), v => Assert.True(double.IsFinite(v))));
    }

    [Fact]
    public void Whole_series_are_for_causal_models()
    {
        var error = Assert.Throws<ArgumentException>(() => Forecaster.Fit(Tables.Seasonal(), Options with { Kind = ForecasterKind.Direct }, Quick with { SequenceChunk = 16 }));
        Assert.Contains("sequence_chunk", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_thousand_steps_leave_no_tensor_behind()
    {
        var table = Tables.Seasonal(rows: 120);
        void Fit(int steps)
        {
            using var forecaster = Forecaster.Fit(table, Options, Quick with { Epochs = 1, StepsPerEpoch = steps, BatchSize = 1, WindowLength = 16 });
        }
        Fit(2);
        Collect();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Fit(1000);
        Collect();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static void Collect()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    [Fact]
    public void Progress_tells_speed_and_time_left()
    {
        var reports = new List<TrainingProgress>();
        var progress = new Synchronous(reports.Add);
        using var forecaster = Forecaster.Fit(Tables.Seasonal(), Options, Quick, progress);
        Assert.Equal(4, reports.Count(r => r.EpochEnded));
        Assert.All(reports, r => Assert.True(r.SamplesPerSecond > 0 && r.Remaining >= TimeSpan.Zero && double.IsFinite(r.Loss)));
        Assert.Equal(TimeSpan.Zero, reports[^1].Remaining);
        Assert.Equal(16, forecaster.Training.Steps);
    }

    private sealed class Synchronous(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }

    [Fact]
    public void The_pinball_gradient_equals_finite_differences()
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        Tensor Leaf(params long[] shape) => randn(shape, dtype: ScalarType.Float64).requires_grad_(true);
        var (target, quantiles) = (Leaf(2, 3, 4), Leaf(2, 3, 4, 3));
        var mask = (rand(2, 3, 4) > 0.3).to_type(ScalarType.Float64);
        var levels = tensor(new[] { 0.1, 0.5, 0.9 });
        double Loss()
        {
            var e = target.unsqueeze(-1) - quantiles;
            return ((maximum(e * levels, e * (levels - 1)).sum(-1) * mask).sum() / (mask.sum() * 3)).item<double>();
        }
        var loss = PinballLoss.Of(target, quantiles, mask, levels);
        Assert.Equal(Loss(), loss.item<double>(), 1e-12);
        loss.backward();
        using var _ = no_grad();
        foreach (var leaf in new[] { target, quantiles })
            for (long i = 0; i < leaf.numel(); i++)
            {
                var element = leaf.view(-1).narrow(0, i, 1);
                element.add_(1e-6);
                var up = Loss();
                element.sub_(2e-6);
                var down = Loss();
                element.add_(1e-6);
                Assert.Equal((up - down) / 2e-6, leaf.grad!.view(-1)[i].item<double>(), 1e-6);
            }
    }

    [Theory]
    [InlineData("0.7/0.1/0.2")]
    [InlineData("last:24/48")]
    [InlineData("ett")]
    [InlineData("LTSF")]
    public void Split_rules_are_read(string text) => Assert.Equal(text.ToUpperInvariant(), SplitRule.Parse(text).Text.ToUpperInvariant());

    [Theory]
    [InlineData("0.7/0.1")]
    [InlineData("0.7/0.1/0.1")]
    [InlineData("last:x/2")]
    [InlineData("")]
    public void Other_text_is_no_split(string text) => Assert.Throws<FormatException>(() => SplitRule.Parse(text));
}
