using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Torch.Training;
using SsdForecast.Torch.Training.Steps;
using SsdForecast.Torch.Windows;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Training.Steps;

/// <summary>A batch dealt out to processes is the batch of one.</summary>
public class WindowStepsTests
{
    [Theory]
    [InlineData(ForecasterKind.Causal, 8, 2)]
    [InlineData(ForecasterKind.Causal, 5, 2)]
    [InlineData(ForecasterKind.Causal, 7, 3)]
    [InlineData(ForecasterKind.Causal, 2, 3)]
    [InlineData(ForecasterKind.Direct, 5, 2)]
    public void The_shares_of_a_batch_add_up_to_it(ForecasterKind kind, int batch, int ranks)
    {
        using var scope = NewDisposeScope();
        var config = SmallNetworks.Config(kind);
        // Missing values and unequal lengths: the shares do not weigh the same.
        var table = Tables.Seasonal(rows: 90, series: 2, missing: 0.3);
        using var data = SmallNetworks.Rows(table, config);
        var plan = new WindowPlan(config, [new Split(70, 80, 90), new Split(40, 50, 60)], 16);
        var options = new TrainingOptions { BatchSize = batch, StepsPerEpoch = 3 };
        Tensor Accumulated(int rank, int size)
        {
            var network = SmallNetworks.Create(config, 2);
            using var parameters = new FlatParameters(network);
            using var steps = new WindowSteps(network, data, plan, options, rank, size);
            steps.BeginEpoch(11, 0);
            for (var s = 0; s < 3; s++) steps.Accumulate(s, parameters, null);
            return parameters.Gradients.clone();
        }
        var whole = Accumulated(0, 1);
        var parts = Enumerable.Range(0, ranks).Select(r => Accumulated(r, ranks)).Aggregate((a, b) => a + b);
        Close.Within(1e-5, parts, whole, "gradients, loss and weight");
        Assert.True(whole[^1].item<float>() == 0 && whole[^63].item<float>() > 0);
    }

    [Fact]
    public void A_step_normalised_by_its_weight_has_the_mean_loss()
    {
        using var scope = NewDisposeScope();
        var config = SmallNetworks.Config();
        using var data = SmallNetworks.Rows(Tables.Seasonal(rows: 90, missing: 0.3), config);
        var plan = new WindowPlan(config, [new Split(70, 80, 90)], 16);
        var network = SmallNetworks.Create(config, 2);
        using var parameters = new FlatParameters(network);
        using var steps = new WindowSteps(network, data, plan, new TrainingOptions { BatchSize = 4, StepsPerEpoch = 1 });
        steps.BeginEpoch(7, 0);
        steps.Accumulate(0, parameters, null);
        using var optimizer = new FlatAdamW(parameters, 0, 0);
        using var loss = optimizer.Normalise(1e9, 1e-9);

        var batch = data.Gather(plan.Sample(new Random(7), 4), plan.Positions);
        var (target, mask) = Objective.Targets(batch, network.call(batch));
        mask = mask * batch.Behind(batch.Weight, batch.Lookback).mean([-1L]).square().unsqueeze(-1);
        var expected = PinballLoss.Of(target, network.call(batch).Offsets, mask, tensor(new[] { 0.1f, 0.5f, 0.9f }));
        Assert.Equal(expected.item<float>(), loss.item<float>(), 1e-5);
        foreach (var parameter in network.parameters()) parameter.grad = zeros_like(parameter);
        expected.backward();
        foreach (var (name, part) in parameters.PartsOf(parameters.GradientsOnly()))
            Close.Within(1e-4, part, network.get_parameter(name)!.grad!, name, floor: 1e-5);
    }
}
