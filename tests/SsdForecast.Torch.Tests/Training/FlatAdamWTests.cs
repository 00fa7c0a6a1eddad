using SsdForecast.Runtime;
using SsdForecast.Torch.Networks;
using SsdForecast.Torch.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Training;

/// <summary>The flat optimizer beside TorchSharp's AdamW, one tensor a parameter.</summary>
[Collection("GPU")]
public class FlatAdamWTests
{
    [Theory]
    [InlineData(ForecasterKind.Causal, ScalarType.Float32, 0.0, 1e-6)]
    [InlineData(ForecasterKind.Direct, ScalarType.Float32, 0.3, 1e-6)]
    [InlineData(ForecasterKind.Causal, ScalarType.Float64, 0.3, 1e-13)]
    public void Steps_equal_those_of_AdamW(ForecasterKind kind, ScalarType dtype, double skipRate, double tolerance)
    {
        using var scope = NewDisposeScope();
        var config = SmallNetworks.Config(kind);
        var (flat, plain) = (SmallNetworks.Create(config, 3, dtype), SmallNetworks.Create(config, 3, dtype));
        using var parameters = new FlatParameters(flat);
        using var optimizer = new FlatAdamW(parameters, weightDecay: 0.05, skipRate);
        using var reference = Reference(plain, 1e-2, 0.05, skipRate);
        var random = new Random(5);
        for (var step = 0; step < 25; step++)
        {
            manual_seed(step);
            var (clip, rate) = (random.NextDouble() * 3, 1e-2 * random.NextDouble());
            // The flat side gets sums over a weight, the other the mean.
            var weight = 0.25 + random.NextDouble();
            parameters.Gradients.zero_();
            using (no_grad())
                foreach (var ((name, a), (_, b)) in flat.named_parameters().Zip(plain.named_parameters()))
                {
                    var gradient = randn(a.shape, dtype: dtype) * (name.StartsWith("head", StringComparison.Ordinal) ? 10 : 0.1);
                    a.grad!.add_(gradient * weight);
                    b.grad = gradient;
                }
            parameters.Tally(tensor(2 * weight, dtype: dtype), tensor(weight, dtype: dtype));
            using var loss = optimizer.Normalise(clip, 1e-9);
            optimizer.Step(rate);

            nn.utils.clip_grad_norm_(plain.parameters(), clip);
            foreach (var (group, part) in reference.ParamGroups.Zip(new[] { 1, 1, skipRate })) group.LearningRate = rate * part;
            reference.step();
            Assert.Equal(2, loss.to_type(ScalarType.Float64).item<double>(), 1e-6);
            foreach (var ((name, a), (_, b)) in flat.named_parameters().Zip(plain.named_parameters()))
                Close.Within(tolerance, a, b, $"{name} after step {step + 1}", floor: 1e-3);
        }
    }

    [Fact]
    public void Parameters_are_views_and_gradients_arrive_in_the_flat_buffer()
    {
        using var scope = NewDisposeScope();
        var config = SmallNetworks.Config();
        var (flat, plain) = (SmallNetworks.Create(config, 4), SmallNetworks.Create(config, 4));
        using var data = SmallNetworks.Rows(Tables.Seasonal(rows: 60), config);
        var batch = data.Gather([new(0, 15, 50), new(0, 3, 50)], 20);
        var parameters = new FlatParameters(flat);
        Tensor Loss(ForecastNetwork network) => network.call(batch).Offsets.square().mean();
        Loss(flat).backward();
        Loss(flat).backward();
        Loss(plain).backward();
        foreach (var ((name, a), (_, b)) in parameters.PartsOf(parameters.GradientsOnly()).Zip(parameters.PartsOf(parameters.Values).Select(p => (p.Name, plain.get_parameter(p.Name)!.grad ?? zeros_like(p.Part)))))
            Close.Within(1e-6, a, 2 * b, name, floor: 1e-6);
        Assert.All(parameters.PartsOf(parameters.Values), p => Assert.Equal(0, p.Part.storage_offset() % 64));

        // The buffer is the network, also after it is gone.
        using (no_grad()) parameters.Values.mul_(2);
        parameters.Dispose();
        foreach (var ((name, a), (_, b)) in flat.named_parameters().Zip(plain.named_parameters()))
        {
            Assert.Null(a.grad);
            Close.Within(0, a, 2 * b, name);
        }
    }

    /// <summary>Of narrow models, and of one with matrices that are copied by themselves.</summary>
    [Theory]
    [InlineData(ForecasterKind.Causal, 20, 8)]
    [InlineData(ForecasterKind.Direct, 1, 8)]
    [InlineData(ForecasterKind.Causal, 20, 256)]
    public void Gradients_that_are_collected_are_those_that_are_added_to_views(ForecasterKind kind, int positions, int width)
    {
        using var scope = NewDisposeScope();
        var config = SmallNetworks.Config(kind) with { Block = new BlockConfig { DModel = width, DState = 4, HeadDim = 8 } };
        using var data = SmallNetworks.Rows(Tables.Seasonal(rows: 60), config);
        var batch = data.Gather([new(0, 15, 50), new(0, 3, 50)], positions);
        Tensor Run(bool collects)
        {
            var network = SmallNetworks.Create(config, 4);
            using var parameters = new FlatParameters(network, collects);
            for (var step = 0; step < 2; step++)
            {
                parameters.Begin();
                // Two passes a step; the head's own offsets alone, so that some parameters get no gradient.
                for (var pass = 0; pass < 2; pass++) network.call(batch).Offsets.square().mean().backward();
                parameters.Tally(tensor(1f), tensor(2f));
                parameters.Collect();
            }
            return parameters.Gradients.clone();
        }
        var expected = Run(collects: false);
        Assert.True(expected.norm().item<float>() > 0);
        Assert.True((Run(collects: true) == expected).all().item<bool>());
    }

    [Theory]
    [InlineData(ForecasterKind.Causal, 20)]
    [InlineData(ForecasterKind.Direct, 1)]
    public void Matrices_rounded_once_a_step_train_as_those_rounded_in_each_product(ForecasterKind kind, int positions)
    {
        using var scope = NewDisposeScope();
        var config = SmallNetworks.Config(kind);
        using var data = SmallNetworks.Rows(Tables.Seasonal(rows: 60), config);
        var batch = data.Gather([new(0, 15, 50), new(0, 3, 50)], positions);
        (Tensor Values, bool Rounds) Run(bool rounds)
        {
            var network = SmallNetworks.Create(config, 4);
            network.ComputeType = ScalarType.BFloat16;
            using var parameters = new FlatParameters(network, collects: true, rounds);
            using var optimizer = new FlatAdamW(parameters, weightDecay: 0.05, skipRate: 1);
            for (var step = 0; step < 3; step++)
            {
                parameters.Begin();
                var loss = network.call(batch).Offsets.add(1).square().mean();
                loss.backward();
                parameters.Tally(loss, tensor(1f));
                parameters.Collect();
                optimizer.Advance(1, 1e-9, 1e-2);
            }
            return (parameters.Values.clone(), parameters.Rounded is not null);
        }
        var (expected, actual) = (Run(rounds: false), Run(rounds: true));
        Assert.True(actual.Rounds && !expected.Rounds);
        Assert.True((actual.Values == expected.Values).all().item<bool>());
    }

    [Fact]
    public void What_is_rounded_goes_with_the_flat_parameters()
    {
        using var scope = NewDisposeScope();
        var network = SmallNetworks.Create(SmallNetworks.Config(), 4);
        network.ComputeType = ScalarType.BFloat16;
        var parameters = new FlatParameters(network, collects: true);
        var projections = network.LayerProjections.ToList();
        Assert.NotEmpty(projections);
        using (no_grad()) parameters.Values.mul_(1.7);
        parameters.Round();
        Assert.All(projections, p => Assert.True((p.Rounded!.Values == p.Weight.to_type(ScalarType.BFloat16)).all().item<bool>()));
        parameters.Dispose();
        Assert.All(projections, p => Assert.Null(p.Rounded));

        // Those of others stay.
        var first = new FlatParameters(network, collects: true);
        using var second = new FlatParameters(network, collects: true);
        first.Dispose();
        first.Dispose();
        Assert.All(projections, p => Assert.False(p.Rounded!.Values.IsInvalid));
    }

    [Fact]
    public void A_gradient_that_would_be_lost_is_an_error()
    {
        using var scope = NewDisposeScope();
        var config = SmallNetworks.Config();
        var network = SmallNetworks.Create(config, 4);
        network.ComputeType = ScalarType.BFloat16;
        using var parameters = new FlatParameters(network, collects: true);
        using var data = SmallNetworks.Rows(Tables.Seasonal(rows: 60), config);
        network.ComputeType = ScalarType.Float32;
        network.call(data.Gather([new(0, 15, 50)], 20)).Offsets.square().mean().backward();
        Assert.Contains("would be lost", Assert.Throws<InvalidOperationException>(parameters.Collect).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_gradient_norm_has_the_same_bits_at_any_thread_count()
    {
        using var scope = NewDisposeScope();
        var config = SmallNetworks.Config() with { Block = new BlockConfig { DModel = 128, DState = 16, HeadDim = 16 } };
        using var parameters = new FlatParameters(SmallNetworks.Create(config));
        manual_seed(9);
        using (no_grad()) parameters.GradientsOnly().normal_();
        var threads = get_num_threads();
        try
        {
            set_num_threads(1);
            var one = parameters.GradientNorm().item<float>();
            set_num_threads(4);
            Assert.Equal(one, parameters.GradientNorm().item<float>());
            Assert.Equal(parameters.GradientsOnly().to_type(ScalarType.Float64).norm().item<double>(), one, 1e-5 * one);
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Fact]
    public void The_learning_rate_rises_to_its_highest_and_falls_to_a_hundredth()
    {
        var schedule = new LearningRateSchedule(0.01, 0.1, 200);
        Assert.Equal(0.01 / 20, schedule.At(0), 1e-12);
        Assert.Equal(0.01, schedule.At(19), 1e-12);
        Assert.Equal(0.01 * 0.505, schedule.At(110), 1e-12);
        Assert.Equal(0.0001, schedule.At(200), 1e-12);
        for (var step = 20; step < 250; step++) Assert.True(schedule.At(step + 1) <= schedule.At(step));
    }

    private static AdamW Reference(ForecastNetwork network, double rate, double decay, double skipRate)
    {
        var groups = ParameterGroups.Of(network);
        AdamW.ParamGroup Group(IReadOnlyList<(string Name, Parameter Parameter)> parameters, double lr, double weightDecay)
            => new([.. parameters.Select(p => p.Parameter)], new AdamW.Options { LearningRate = lr, weight_decay = weightDecay });
        return optim.AdamW([Group(groups.Decayed, rate, decay), Group(groups.Plain, rate, 0), Group(groups.Skip, rate * skipRate, 0)], rate);
    }
}
