using SsdForecast.Runtime;
using SsdForecast.Torch.Blocks;
using SsdForecast.Torch.Ssd;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Parallel;

/// <summary>
/// A Mamba-2 block with its heads and groups dealt out to ranks. Because B, C and dt come from the layer's input and not from x, a rank needs nothing
/// of another until the very end: the one all-reduce is the sum in <see cref="Run"/>. Source: Dao and Gu 2024, section 8.1.
/// </summary>
public sealed class TensorParallelBlock
{
    private readonly BlockConfig _config;
    private readonly Shard[] _shards;

    /// <summary>Deals out a block. The shards are views of its parameters: training them trains the block.</summary>
    /// <param name="block">The whole block.</param>
    /// <param name="config">Its sizes.</param>
    /// <param name="ranks">Number of ranks; divides the number of groups, so that each norm group lies on one rank.</param>
    public TensorParallelBlock(Mamba2Block block, BlockConfig config, int ranks)
    {
        ArgumentNullException.ThrowIfNull(block);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentOutOfRangeException.ThrowIfLessThan(ranks, 1);
        if (config.NGroups % ranks != 0) throw new ArgumentException($"{ranks} ranks do not divide the {config.NGroups} groups of the block", nameof(ranks));
        if (!config.IsMamba2) throw new ArgumentException("the options of Mamba-3 are not dealt out to ranks; run the whole block, or choose a plain Mamba-2 block", nameof(config));
        _config = config;
        var parameters = block.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter);
        _shards = [.. Enumerable.Range(0, ranks).Select(r => new Shard(parameters, config, r, ranks))];
    }

    /// <summary>Runs the block, a task a rank, and adds their partial outputs: the all-reduce.</summary>
    /// <param name="u"><c>(b, l, d_model)</c>, the same on every rank.</param>
    /// <returns><c>(b, l, d_model)</c>.</returns>
    public Tensor Run(Tensor u)
    {
        var gradient = is_grad_enabled();
        var partial = new Tensor[_shards.Length];
        System.Threading.Tasks.Parallel.For(0, _shards.Length, r =>
        {
            using var _ = set_grad_enabled(gradient);
            partial[r] = _shards[r].Run(u, _config);
        });
        return partial.Aggregate((a, b) => a + b);
    }

    /// <summary>One rank's rows of in_proj, its channels of the convolution, its heads, its norm groups, its columns of out_proj.</summary>
    private sealed class Shard(Dictionary<string, Tensor> whole, BlockConfig config, int rank, int ranks)
    {
        private readonly long _inner = config.DInner / ranks;
        private readonly long _maps = (long)config.NGroups * config.DState / ranks;
        private readonly long _heads = config.Heads / ranks;
        private readonly long _groups = config.NGroups / ranks;

        public Tensor Run(Tensor u, BlockConfig c)
        {
            var (b, l) = (u.shape[0], u.shape[1]);
            long inner = c.DInner, maps = (long)c.NGroups * c.DState;
            // Rows of in_proj are z | x | B | C | dt; the rank has a slice of each.
            var projected = matmul(u, Rows("in_proj.weight", (0, inner), (inner, inner), (2 * inner, maps), (2 * inner + maps, maps), (2 * inner + 2 * maps, c.Heads)).t())
                .split([_inner, _inner + 2 * _maps, _heads], -1);
            var taps = Rows("conv1d.weight", (0, inner), (inner, maps), (inner + maps, maps));
            var convolved = nn.functional.conv1d(
                nn.functional.pad(projected[1].transpose(1, 2), [c.DConv - 1, 0]), taps, Rows("conv1d.bias", (0, inner), (inner, maps), (inner + maps, maps)), groups: _inner + 2 * _maps);
            var mixed = nn.functional.silu(convolved.transpose(1, 2)).split([_inner, _maps, _maps], -1);
            var y = SsdOperator.Run(
                new SsdInputs
                {
                    X = mixed[0].reshape(b, l, _heads, c.HeadDim),
                    Dt = projected[2],
                    A = Rows("A_log", (0, c.Heads)).exp().neg(),
                    B = mixed[1].reshape(b, l, _groups, c.DState),
                    C = mixed[2].reshape(b, l, _groups, c.DState),
                    D = Rows("D", (0, c.Heads)),
                    DtBias = Rows("dt_bias", (0, c.Heads)),
                },
                Mamba2Block.SsdOptionsOf(c, SsdForm.Auto)).Y.reshape(b, l, _groups, _inner / _groups);
            var z = projected[0].reshape(y.shape);
            if (!c.NormBeforeGate) y = y * nn.functional.silu(z);
            y = y * (y.square().mean([-1L], keepdim: true) + c.NormEps).rsqrt() * Rows("norm.weight", (0, inner)).reshape(_groups, _inner / _groups);
            if (c.NormBeforeGate) y = y * nn.functional.silu(z);
            return matmul(y.reshape(b, l, _inner), Part(whole["out_proj.weight"], 1, 0, inner).t());
        }

        /// <summary>The rank's slice of each of several sections of rows.</summary>
        private Tensor Rows(string name, params (long Start, long Count)[] sections)
            => cat([.. sections.Select(s => Part(whole[name], 0, s.Start, s.Count))], 0);

        private Tensor Part(Tensor t, int dimension, long start, long count)
            => t.narrow(dimension, start + (count / ranks * rank), count / ranks);
    }
}
