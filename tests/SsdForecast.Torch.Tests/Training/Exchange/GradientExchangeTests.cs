using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Torch.Encoders;
using SsdForecast.Torch.Networks;
using SsdForecast.Torch.Parallel.Collectives;
using SsdForecast.Torch.Training;
using SsdForecast.Torch.Training.Exchange;
using SsdForecast.Torch.Training.Steps;
using SsdForecast.Torch.Windows;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Training.Exchange;

/// <summary>Gradients summed over processes while the backward pass goes on: whole when they are sent, the same in the end.</summary>
public class GradientExchangeTests
{
    /// <summary>Least size of a bucket of which every layer of a small network makes one.</summary>
    private const double Tiny = 1e-5;

    private static readonly IReadOnlyList<Split> Splits = [new Split(70, 80, 90), new Split(60, 70, 80)];

    private static (SeriesTensors Data, WindowPlan Plan) Rows(ModelConfig config)
        => (SmallNetworks.Rows(Tables.Seasonal(rows: 90, series: 2, missing: 0.2), config), new WindowPlan(config, Splits, 16));

    private static TrainingOptions Options(int batch, int chunks, bool recompute)
        => new() { BatchSize = batch, StepsPerEpoch = 3, SequenceChunk = chunks == 0 ? 0 : 8, GradientChunks = Math.Max(1, chunks), Recompute = recompute };

    private static StepSource Source(ForecastNetwork network, SeriesTensors data, WindowPlan plan, TrainingOptions options, int rank = 0, int size = 1)
        => options.SequenceChunk == 0
            ? new WindowSteps(network, data, plan, options, rank, size)
            : new SequenceSteps((CausalNetwork)network, data, plan.Sequences(options.BatchSize, options.SequenceChunk * options.GradientChunks), options, rank, size);

    [Theory]
    [InlineData(ForecasterKind.Causal, 1, 0, false)]
    [InlineData(ForecasterKind.Causal, 3, 0, false)]
    [InlineData(ForecasterKind.Direct, 3, 0, false)]
    [InlineData(ForecasterKind.Causal, 3, 1, true)]
    [InlineData(ForecasterKind.Causal, 3, 3, true)]
    [InlineData(ForecasterKind.Causal, 3, 3, false)]
    public void When_a_mark_is_reached_all_gradients_behind_it_are_whole(ForecasterKind kind, int layers, int chunks, bool recompute)
    {
        foreach (var (fused, collects) in new[] { (true, true), (true, false), (false, true) })
        {
            using var scope = NewDisposeScope();
            var config = SmallNetworks.Config(kind, dropout: 0.2, layers: layers);
            var (data, plan) = Rows(config);
            using var rows = data;
            var network = SmallNetworks.Create(config, 3);
            network.Fused = fused;
            network.train();
            using var parameters = new FlatParameters(network, collects);
            var found = new List<(int Layer, Dictionary<string, float[]> Gradients)>();
            network.Marks = new BackwardMarks(Enumerable.Range(0, layers + 1).ToHashSet(), layer => found.Add((layer, Gradients())));
            using var source = Source(network, data, plan, Options(2, chunks, recompute));
            source.BeginEpoch(5, 0);
            source.Accumulate(0, parameters, null);

            Assert.Equal(Enumerable.Range(0, layers + 1).Reverse(), found.Select(f => f.Layer));
            var last = Gradients();
            foreach (var (layer, gradients) in found)
            {
                var behind = last.Keys.Where(n => IsBehind(n, layer)).ToList();
                Assert.Contains("head.weight", behind);
                foreach (var name in behind) Assert.Equal(last[name], gradients[name]);
            }
            // It would be no proof if all were there from the first mark on.
            Assert.NotEqual(last["backbone.layers.0.mixer.in_proj.weight"], found[0].Gradients.GetValueOrDefault("backbone.layers.0.mixer.in_proj.weight", []));

            Dictionary<string, float[]> Gradients()
            {
                using var inner = NewDisposeScope();
                return network.named_parameters().Where(p => p.parameter.grad is not null).ToDictionary(p => p.name, p => p.parameter.grad!.contiguous().data<float>().ToArray());
            }
        }

        bool IsBehind(string name, int layer)
            => name.StartsWith("head.", StringComparison.Ordinal)
                || Enumerable.Range(layer, Math.Max(0, layers - layer)).Any(i => name.StartsWith($"backbone.layers.{i}.mixer.", StringComparison.Ordinal)
                    || name.StartsWith($"backbone.layers.{i + 1}.norm.", StringComparison.Ordinal))
                || (layer < layers && name.StartsWith("backbone.norm_f.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ForecasterKind.Causal)]
    [InlineData(ForecasterKind.Direct)]
    public void Buckets_hold_every_number_once_and_the_last_layers_first(ForecasterKind kind)
    {
        using var scope = NewDisposeScope();
        var network = SmallNetworks.Create(SmallNetworks.Config(kind, layers: 4));
        using var parameters = new FlatParameters(network);
        foreach (var least in (long[])[1, 300, 1000, 3000, long.MaxValue])
        {
            var buckets = GradientBucket.Of(parameters, 4, least);
            var ranges = buckets.SelectMany(b => b.Ranges).OrderBy(r => r.Start).ToList();
            Assert.Equal(0, ranges[0].Start);
            Assert.All(ranges.Zip(ranges.Skip(1)), r => Assert.Equal(r.First.End, r.Second.Start));
            Assert.Equal(parameters.Gradients.numel(), ranges[^1].End);
            Assert.Equal(buckets.Select(b => b.Layer).Distinct().OrderDescending(), buckets.Select(b => b.Layer));
            Assert.Equal(-1, buckets[^1].Layer);
            Assert.All(buckets.SkipLast(1), b => Assert.True(b.Length >= least));
            // The last holds what nobody knows to be whole before the end.
            var (first, tallies) = (parameters.Plain.Start, parameters.Gradients.numel());
            Assert.Contains(buckets[^1].Ranges, r => r.Start <= first && r.End == tallies);
        }
        Assert.Equal([4, 3, 2, 1, 0, -1], GradientBucket.Of(parameters, 4, 1).Select(b => b.Layer));
        Assert.Single(GradientBucket.Of(parameters, 4, parameters.Length));
    }

    [Theory]
    [InlineData(ForecasterKind.Causal, 5, 2, 0, false)]
    // A process without a share of the batch.
    [InlineData(ForecasterKind.Direct, 2, 3, 0, true)]
    [InlineData(ForecasterKind.Causal, 3, 2, 3, true)]
    public void Bucket_by_bucket_gives_the_bits_of_one_sum(ForecasterKind kind, int batch, int ranks, int chunks, bool collects)
    {
        var config = SmallNetworks.Config(kind, layers: 3);
        using var scope = NewDisposeScope();
        var (data, plan) = Rows(config);
        using var rows = data;
        var networks = Enumerable.Range(0, ranks).Select(_ => SmallNetworks.Create(config, 2)).ToList();
        var options = Options(batch, chunks, recompute: true);

        (float[][] Sums, List<(long Start, float[] Values)> Begun, int Ends) Train(TcpGroup group, double bucket)
        {
            using var inner = NewDisposeScope();
            var network = networks[group.Rank];
            using var parameters = new FlatParameters(network, collects);
            var noted = new NotedSums(group);
            using var exchange = new GradientExchange(noted, parameters, network, bucket);
            using var source = Source(network, data, plan, options, group.Rank, group.Size);
            source.BeginEpoch(11, 0);
            var sums = new List<float[]>();
            for (var step = 0; step < 3; step++)
            {
                exchange.Begin();
                source.Accumulate(step, parameters, null);
                exchange.End();
                sums.Add(parameters.Gradients.data<float>().ToArray());
            }
            return ([.. sums], noted.Begun, noted.Ends);
        }

        var whole = Ranks.All(ranks, group => Train(group, 0));
        var parts = Ranks.All(ranks, group => Train(group, Tiny));
        Assert.All(whole, w => Assert.Empty(w.Begun));
        Assert.All(parts, p => Assert.Equal(3, p.Ends));
        foreach (var part in parts) Assert.Equal(whole[0].Sums, part.Sums);
        Assert.Contains(whole[0].Sums[0], x => x != 0);
        // The same calls in the same order everywhere, head first, every number once a step.
        foreach (var part in parts) Assert.Equal(parts[0].Begun.Select(b => (b.Start, b.Values.Length)), part.Begun.Select(b => (b.Start, b.Values.Length)));
        Assert.Equal(3L * whole[0].Sums[0].Length, parts[0].Begun.Sum(b => (long)b.Values.Length));
        // What was sent adds up to the result: nothing was sent too early.
        foreach (var (i, start) in parts[0].Begun.Select((b, i) => (i, (int)b.Start)))
        {
            var step = 3 * i / parts[0].Begun.Count;
            var expected = parts.Select(p => p.Begun[i].Values).Aggregate((a, b) => [.. a.Zip(b, (x, y) => x + y)]);
            Assert.Equal(expected, parts[0].Sums[step].AsSpan(start, expected.Length).ToArray());
        }
        Assert.All(networks, n => Assert.Null(n.Marks));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_failure_while_the_backward_pass_runs_ends_all_with_its_reason(int failing)
    {
        var config = SmallNetworks.Config(layers: 2);
        using var scope = NewDisposeScope();
        var (data, plan) = Rows(config);
        using var rows = data;
        var networks = Enumerable.Range(0, 2).Select(_ => SmallNetworks.Create(config, 2)).ToList();
        var results = Ranks.Run(2, group =>
        {
            using var inner = NewDisposeScope();
            var network = networks[group.Rank];
            using var parameters = new FlatParameters(network);
            var calls = 0;
            var noted = new NotedSums(group) { Before = () => { if (group.Rank == failing && ++calls == 2) throw new InvalidOperationException("the disk is full"); } };
            using var exchange = new GradientExchange(noted, parameters, network, Tiny);
            using var source = Source(network, data, plan, Options(4, 0, false), group.Rank, group.Size);
            source.BeginEpoch(11, 0);
            exchange.Begin();
            source.Accumulate(0, parameters, null);
            exchange.End();
            return null;
        });
        Assert.Equal("the disk is full", Assert.IsType<InvalidOperationException>(results[failing]).Message);
        Assert.Equal($"rank {failing}: the disk is full", Assert.IsType<CollectiveException>(results[1 - failing]).Message);
    }

    [Theory]
    [InlineData(ForecasterKind.Causal)]
    [InlineData(ForecasterKind.Direct)]
    public void Two_ranks_with_buckets_have_the_losses_of_one(ForecasterKind kind)
    {
        var config = SmallNetworks.Config(kind);
        var (data, plan) = Rows(config);
        using var rows = data;
        var options = new TrainingOptions { Epochs = 3, StepsPerEpoch = 4, BatchSize = 5, WindowLength = 16, Patience = 10, LearningRate = 0.01 };
        ForecastNetwork[] Networks(int count) => [.. Enumerable.Range(0, count).Select(_ => SmallNetworks.Create(config, 4))];
        double[] Losses(ForecastNetwork network, ICollective? group, double bucket)
        {
            var run = new Trainer(network, data, plan, options, group) { BucketMebibytes = bucket }.Run();
            return [.. run.TrainingLoss, .. run.ValidationLoss];
        }
        var one = Losses(Networks(1)[0], null, Tiny);
        var (a, b) = (Networks(2), Networks(2));
        var whole = Ranks.All(2, group => Losses(a[group.Rank], group, 0));
        var parts = Ranks.All(2, group => Losses(b[group.Rank], group, Tiny));
        Assert.Equal(7, one.Length);
        Assert.All(parts, p => Assert.Equal(whole[0], p));
        foreach (var (mine, theirs) in parts[0].Zip(one)) Assert.Equal(theirs, mine, 1e-5 * Math.Max(1, theirs));
        Assert.NotEqual(one[0], one[2]);
    }

    [Fact]
    public void A_process_alone_sets_no_marks()
    {
        using var scope = NewDisposeScope();
        var network = SmallNetworks.Create(SmallNetworks.Config());
        using var parameters = new FlatParameters(network);
        using var exchange = new GradientExchange(Alone.Instance, parameters, network, Tiny);
        Assert.Null(network.Marks);
    }

    [Fact]
    public void The_first_process_decides_on_the_size_of_buckets()
    {
        var networks = Enumerable.Range(0, 2).Select(_ => SmallNetworks.Create(SmallNetworks.Config())).ToList();
        var marked = Ranks.All(2, group =>
        {
            using var inner = NewDisposeScope();
            using var parameters = new FlatParameters(networks[group.Rank]);
            using var exchange = new GradientExchange(group, parameters, networks[group.Rank], group.Rank == 0 ? Tiny : 0);
            return networks[group.Rank].Marks is not null;
        });
        Assert.Equal([true, true], marked);
    }
}
