namespace SsdForecast.Runtime;

/// <summary>Names and shapes of the tensors of a causal model, <c>docs/model.md</c> section 6.</summary>
public static class ModelWeights
{
    /// <summary>Every tensor of a causal model.</summary>
    /// <exception cref="ArgumentException">Not a causal model, or a value out of range.</exception>
    public static IReadOnlyList<(string Name, long[] Shape)> Shapes(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        if (config.Kind != ForecasterKind.Causal) throw new ArgumentException("kind: only a causal model has these tensors", nameof(config));
        var b = config.Block;
        List<(string, long[])> shapes = [("embed.weight", [b.DModel, config.InputWidth]), ("embed.bias", [b.DModel])];
        for (var i = 0; i < config.Layers; i++)
        {
            shapes.Add(($"backbone.layers.{i}.norm.weight", [b.DModel]));
            shapes.AddRange(Mixer(b).Select(s => ($"backbone.layers.{i}.mixer.{s.Name}", s.Shape)));
        }

        long outputs = (long)config.Horizon * config.Outputs;
        shapes.Add(("backbone.norm_f.weight", [b.DModel]));
        shapes.Add(("head.weight", [outputs, b.DModel]));
        shapes.Add(("head.bias", [outputs]));
        shapes.Add(("skip.weight", [config.Horizon, config.Lookback]));
        if (config.KnownCovariates > 0) shapes.Add(("skip.known", [config.Horizon, (long)config.Horizon * config.KnownCovariates]));
        return shapes;
    }

    /// <summary>The tensors of one Mamba-2 block, names and order as in mamba_ssm; those of an option only where it is on.</summary>
    public static IReadOnlyList<(string Name, long[] Shape)> Mixer(BlockConfig block)
    {
        ArgumentNullException.ThrowIfNull(block);
        List<(string, long[])> shapes = [("in_proj.weight", [block.InProjDim, block.DModel])];
        if (block.DConv > 0) shapes.AddRange([("conv1d.weight", [block.ConvDim, 1, block.DConv]), ("conv1d.bias", [block.ConvDim])]);
        if (block.BCNorm)
        {
            shapes.AddRange([("B_norm.weight", [block.DState]), ("C_norm.weight", [block.DState])]);
            shapes.AddRange([("B_bias", [block.Heads, block.DState]), ("C_bias", [block.Heads, block.DState])]);
        }

        shapes.AddRange([("dt_bias", [block.Heads]), ("A_log", [block.Heads]), ("D", [block.Heads]), ("norm.weight", [block.DInner])]);
        shapes.Add(("out_proj.weight", [block.DModel, block.DInner]));
        return shapes;
    }
}
