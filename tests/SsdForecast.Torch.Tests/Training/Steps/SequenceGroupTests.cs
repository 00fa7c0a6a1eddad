using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Torch.Networks;
using SsdForecast.Torch.Training;
using SsdForecast.Torch.Training.Steps;
using SsdForecast.Torch.Windows;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Training.Steps;

/// <summary>Gradients of long sequences: exact within a group of chunks.</summary>
public class SequenceGroupTests
{
    private const int Chunk = 9;

    [Theory]
    [InlineData(ScalarType.Float64, 1, 1e-10, false)]
    [InlineData(ScalarType.Float64, 4, 1e-10, false)]
    [InlineData(ScalarType.Float64, 4, 1e-10, true)]
    [InlineData(ScalarType.Float32, 4, 1e-5, false)]
    public void A_group_has_the_gradient_of_one_pass_from_the_same_state(ScalarType dtype, int chunks, double tolerance, bool mamba3)
    {
        using var scope = NewDisposeScope();
        var config = SmallNetworks.Config();
        if (mamba3) config = config with { Block = config.Block with { DConv = 0, Discretization = Discretization.Trapezoid, RotationFraction = 0.5, BCNorm = true } };
        using var data = SmallNetworks.Rows(Tables.Seasonal(rows: 120, series: 2, missing: 0.1), config);
        var network = (CausalNetwork)SmallNetworks.Create(config, 6, dtype);
        var windows = new Window[] { new(0, 0, 110), new(1, 0, 90) };
        WindowBatch Rows(int start, int count) => data.Gather([.. windows.Select(w => w with { Start = start })], count).To(dtype);
        CausalState state;
        using (no_grad()) state = network.Run(Rows(0, 30), null).State.Keep();

        (Tensor Gradients, CausalState After) Grouped(int chunk, int count, bool recompute)
        {
            foreach (var parameter in network.parameters()) parameter.grad = null;
            var group = new SequenceGroup(network, k => Rows(30 + (k * chunk), chunk), count, (batch, output) => Loss(batch, output)) { Recompute = recompute };
            var after = group.Backward(state);
            return (SmallNetworks.Gradients(network), after);
        }
        var (expected, expectedState) = Grouped(chunks * Chunk, 1, false);
        Assert.True(expected.norm().to_type(ScalarType.Float64).item<double>() > 1e-3);
        foreach (var recompute in new[] { false, true })
        {
            var (gradients, after) = Grouped(Chunk, chunks, recompute);
            Close.Within(tolerance, gradients, expected, $"gradients, recompute {recompute}");
            foreach (var (a, b) in after.Carried.Zip(expectedState.Carried)) Close.Within(tolerance, a, b, "state");
        }
    }

    /// <summary>The gradient does go from chunk to chunk: cut off, it would be another.</summary>
    [Fact]
    public void Chunks_of_a_group_are_not_cut_from_each_other()
    {
        using var scope = NewDisposeScope();
        var config = SmallNetworks.Config();
        using var data = SmallNetworks.Rows(Tables.Seasonal(rows: 120), config);
        var network = (CausalNetwork)SmallNetworks.Create(config, 6, ScalarType.Float64);
        Tensor Gradients(int groups, int chunks)
        {
            foreach (var parameter in network.parameters()) parameter.grad = null;
            CausalState? state = null;
            for (var g = 0; g < groups; g++)
            {
                var first = g * chunks;
                state = new SequenceGroup(network, k => data.Gather([new(0, (first + k) * Chunk, 120)], Chunk).To(ScalarType.Float64), chunks, Loss) { Recompute = true }.Backward(state);
            }
            return SmallNetworks.Gradients(network);
        }
        Assert.InRange(Close.Error(Gradients(4, 1), Gradients(1, 4)), 1e-6, 10);
    }

    [Fact]
    public void Dropout_is_the_same_when_a_chunk_is_computed_again()
    {
        using var scope = NewDisposeScope();
        var config = SmallNetworks.Config(dropout: 0.5);
        using var data = SmallNetworks.Rows(Tables.Seasonal(rows: 120), config);
        var network = (CausalNetwork)SmallNetworks.Create(config, 6, ScalarType.Float64);
        network.train();
        Tensor Gradients(bool recompute)
        {
            foreach (var parameter in network.parameters()) parameter.grad = null;
            new SequenceGroup(network, k => data.Gather([new(0, k * Chunk, 120)], Chunk).To(ScalarType.Float64), 3, Loss) { Recompute = recompute, Seed = k => manual_seed(k + 100) }.Backward(null);
            return SmallNetworks.Gradients(network);
        }
        Close.Within(1e-10, Gradients(true), Gradients(false), "gradients");
    }

    [Fact]
    public void The_walk_has_the_loss_of_the_whole_series_in_one_batch()
    {
        using var scope = NewDisposeScope();
        var config = SmallNetworks.Config();
        using var data = SmallNetworks.Rows(Tables.Seasonal(rows: 130, missing: 0.2), config);
        var network = (CausalNetwork)SmallNetworks.Create(config, 6);
        network.eval();
        Split[] splits = [new(101, 120, 130)];
        using var parameters = new FlatParameters(network);
        var options = new TrainingOptions { SequenceChunk = 8, GradientChunks = 3 };
        using var steps = new SequenceSteps(network, data, new SequencePlan(splits, 1, 24), options);
        steps.BeginEpoch(1, 0);
        Assert.Equal(5, steps.StepsPerEpoch);
        for (var s = 0; s < 5; s++) steps.Accumulate(s, parameters, null);

        var whole = data.Gather([new(0, 0, 101)], 100);
        using var objective = new Objective(config, PointLoss.Absolute, steps.NominalTargets, CPU);
        Tensor loss, weight;
        using (no_grad()) (loss, weight) = objective.Sums(whole, network.Run(whole, null).Output);
        Assert.Equal(weight.item<float>(), parameters.WeightTally().item<float>(), 1e-5 * weight.item<float>());
        Assert.Equal(loss.item<float>(), parameters.LossTally().item<float>(), 1e-5 * loss.item<float>());
    }

    [Fact]
    public void Lanes_dealt_out_to_processes_add_up()
    {
        using var scope = NewDisposeScope();
        var config = SmallNetworks.Config();
        using var data = SmallNetworks.Rows(Tables.Seasonal(rows: 130, series: 2), config);
        Split[] splits = [new(101, 120, 130), new(60, 80, 130)];
        var options = new TrainingOptions { SequenceChunk = 8, GradientChunks = 2, BatchSize = 3 };
        Tensor Accumulated(int rank, int size)
        {
            var network = (CausalNetwork)SmallNetworks.Create(config, 6);
            using var parameters = new FlatParameters(network);
            using var steps = new SequenceSteps(network, data, new SequencePlan(splits, 3, 16), options, rank, size);
            steps.BeginEpoch(1, 0);
            for (var s = 0; s < steps.StepsPerEpoch; s++) steps.Accumulate(s, parameters, null);
            return parameters.Gradients.clone();
        }
        Close.Within(1e-5, Accumulated(0, 2) + Accumulated(1, 2), Accumulated(0, 1), "gradients");
    }

    [Fact]
    public void A_longer_walk_holds_no_more_tensors()
    {
        var config = SmallNetworks.Config();
        using var data = SmallNetworks.Rows(Tables.Seasonal(rows: 600), config);
        var network = (CausalNetwork)SmallNetworks.Create(config, 6);
        using var parameters = new FlatParameters(network);
        long LiveAfter(int trainEnd)
        {
            using var steps = new SequenceSteps(network, data, new SequencePlan([new Split(trainEnd, 600, 600)], 1, 16), new TrainingOptions { SequenceChunk = 8, GradientChunks = 2 });
            steps.BeginEpoch(1, 0);
            for (var s = 0; s < steps.StepsPerEpoch; s++) steps.Accumulate(s, parameters, null);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        }
        LiveAfter(33);
        Assert.Equal(LiveAfter(65), LiveAfter(593));
    }

    private static Tensor Loss(WindowBatch batch, NetworkOutput output)
    {
        var (target, mask) = Objective.Targets(batch, output);
        return ((target.unsqueeze(-1) - output.Offsets).square() * mask.unsqueeze(-1)).sum();
    }
}
