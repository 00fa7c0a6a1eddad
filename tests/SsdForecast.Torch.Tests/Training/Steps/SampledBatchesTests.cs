using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Torch.Networks;
using SsdForecast.Torch.Training;
using SsdForecast.Torch.Training.Steps;
using SsdForecast.Torch.Windows;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Training.Steps;

/// <summary>Batches of several steps gathered at once are those gathered one by one.</summary>
public class SampledBatchesTests
{
    [Theory]
    [InlineData(ForecasterKind.Causal, 3, 5)]
    [InlineData(ForecasterKind.Direct, 4, 4)]
    [InlineData(ForecasterKind.Direct, 8, 1)]
    public void Steps_gathered_at_once_are_those_gathered_singly(ForecasterKind kind, int together, int batchSize)
    {
        using var scope = NewDisposeScope();
        var config = SmallNetworks.Config(kind);
        using var data = SmallNetworks.Rows(Tables.Seasonal(rows: 90, series: 2, missing: 0.3), config);
        var plan = new WindowPlan(config, [new Split(70, 80, 90), new Split(40, 50, 60)], 16);
        const int Steps = 10;
        var network = SmallNetworks.Create(config);
        using var several = new SampledBatches(network, data, plan, batchSize, (0, batchSize), Steps, together);
        using var single = new SampledBatches(network, data, plan, batchSize, (0, batchSize), Steps, 1);
        for (var epoch = 1; epoch <= 2; epoch++)
        {
            several.Begin(epoch);
            single.Begin(epoch);
            for (var step = 0; step < Steps; step++)
            {
                var (a, b) = (several.At(step), single.At(step));
                Assert.Equal(batchSize, a.Batch);
                var (left, right) = (Tensors(a), Tensors(b));
                Assert.Equal(left.Count, right.Count);
                foreach (var (x, y) in left.Zip(right)) Close.Within(1e-6, x, y, $"step {step} of epoch {epoch}", floor: 1e-6);
                var statistics = WindowStatistics.Of(b);
                Close.Within(1e-6, a.Statistics!.Value.Deviations, statistics.Deviations, "deviations", floor: 1e-6);
                Assert.Equal(kind == ForecasterKind.Direct, a.Patches is not null);
                Close.Within(1e-6, a.TargetWeights!, Objective.Weights(b), "weights", floor: 1e-6);
            }
        }
    }

    /// <summary>Shares of a batch, one of them empty; a group cut short by the end of the epoch and by that of the places that go up at once; an epoch that was left.</summary>
    [Theory]
    [InlineData(7, 0, 1, 3)]
    [InlineData(7, 1, 3, 4)]
    [InlineData(7, 2, 3, 8)]
    [InlineData(2, 0, 3, 8)]
    [InlineData(1 << 18, 0, 1 << 17, 3)]
    public void Batches_are_the_windows_that_the_seed_draws(int batchSize, int rank, int size, int together)
    {
        using var scope = NewDisposeScope();
        var config = SmallNetworks.Config();
        using var data = SmallNetworks.Rows(Tables.Seasonal(rows: 90, series: 2, missing: 0.3), config);
        var plan = new WindowPlan(config, [new Split(70, 80, 90), new Split(40, 50, 60)], 4);
        const int Steps = 11;
        var first = (int)((long)batchSize * rank / size);
        var count = (int)((long)batchSize * (rank + 1) / size) - first;
        using var batches = new SampledBatches(SmallNetworks.Create(config), data, plan, batchSize, (first, count), Steps, together);
        for (var epoch = 1; epoch <= 3; epoch++)
        {
            batches.Begin(epoch);
            var random = new Random(epoch);
            for (var step = 0; step < (epoch == 2 ? 5 : Steps); step++)
            {
                using var inner = NewDisposeScope();
                var windows = plan.Sample(random, batchSize).AsSpan(first, count).ToArray();
                if (count == 0) continue;
                var (expected, actual) = (data.Gather(windows, plan.Positions), batches.At(step));
                Assert.Equal(count, actual.Batch);
                Assert.True((actual.Filled == expected.Filled).all().item<bool>());
                Assert.True((actual.Mask == expected.Mask).all().item<bool>());
            }
        }
    }

    private static List<Tensor> Tensors(WindowBatch batch)
    {
        var all = new List<Tensor>();
        batch.Select(t =>
        {
            all.Add(t);
            return t;
        });
        return all;
    }
}
