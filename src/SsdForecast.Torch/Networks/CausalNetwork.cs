using SsdForecast.Runtime;
using SsdForecast.Torch.Encoders;
using SsdForecast.Torch.Windows;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Networks;

/// <summary>
/// One token an observation, a causal encoder, a head at every position: one pass over a window trains all its steps. The same weights run as a
/// recurrence in <c>SsdForecast.Runtime</c>. Equations: docs/model.md, section 2.
/// </summary>
public sealed class CausalNetwork : ForecastNetwork
{
    /// <summary>Creates the network with fresh parameters.</summary>
    public CausalNetwork(ModelConfig config)
        : base(nameof(CausalNetwork), config, Encoder.Causal(config.Block, config.Layers, config.Dropout), config.Block.DModel)
        => RegisterComponents();

    /// <inheritdoc/>
    public override NetworkOutput forward(WindowBatch input)
    {
        var (skipped, statistics, token) = Tokens(input, null);
        return new NetworkOutput(skipped, statistics.Scale, RunHead(backbone.forward(token, Elapsed(input))));
    }

    /// <summary>Runs a window that continues an earlier one: the pieces of a series equal the whole.</summary>
    /// <param name="batch">The window.</param>
    /// <param name="state">The state after the positions before; null at the start.</param>
    public (NetworkOutput Output, CausalState State) Run(WindowBatch batch, CausalState? state)
    {
        var (skipped, statistics, encoded, after) = Encode(batch, state);
        return (new NetworkOutput(skipped, statistics.Scale, RunHead(encoded)), after);
    }

    /// <summary>The state after a window, without its forecasts.</summary>
    /// <param name="batch">The window.</param>
    /// <param name="state">The state after the positions before; null at the start.</param>
    public CausalState Advance(WindowBatch batch, CausalState? state) => Encode(batch, state).State;

    private (Tensor Skip, WindowStatistics Statistics, Tensor Encoded, CausalState State) Encode(WindowBatch batch, CausalState? state)
    {
        var (s, statistics, token) = Tokens(batch, state);
        var (encoded, layers) = backbone.Run(token, Elapsed(batch), state?.Layers);
        var lastSkip = s.select(2, 0).narrow(1, batch.Positions - 1, 1).detach();
        return (s, statistics, encoded, new CausalState(layers, lastSkip));
    }

    private static Tensor? Elapsed(WindowBatch batch) => batch.Elapsed is null ? null : batch.AtPositions(batch.Elapsed);

    private (Tensor Skip, WindowStatistics Statistics, Tensor Embedded) Tokens(WindowBatch batch, CausalState? state)
    {
        var (s, statistics, knownAhead) = RunSkip(batch);
        return (s, statistics, embed.forward(Token(batch, s, statistics, knownAhead, state?.LastSkip)));
    }

    /// <summary>The token of each position, <c>(b, T, input width)</c>, in the order of docs/model.md.</summary>
    private Tensor Token(WindowBatch batch, Tensor skip, WindowStatistics statistics, Tensor? knownAhead, Tensor? lastSkip)
    {
        using var _ = no_grad();
        var value = batch.AtPositions(batch.Filled);
        var mask = batch.AtPositions(batch.Mask);
        var before = cat([lastSkip ?? value.narrow(1, 0, 1), skip.select(2, 0).narrow(1, 0, batch.Positions - 1)], 1);
        var parts = new List<Tensor>
        {
            (mask * (value - statistics.Mean) / statistics.Scale).unsqueeze(-1),
            (mask * statistics.Fullness).unsqueeze(-1),
            (mask * (value - before) / statistics.Scale).unsqueeze(-1),
        };
        if (batch.Past is not null) parts.Add(batch.AtPositions(batch.Past));
        if (knownAhead is not null) parts.Add(knownAhead);
        // The calendar of the next step is known when steps are regular; otherwise only that of the present.
        if (batch.Calendar is not null) parts.Add(batch.AtPositions(batch.Calendar, Config.ElapsedTime ? 0 : 1));
        if (batch.Static is not null) parts.Add(batch.Static.unsqueeze(1).expand(-1, batch.Positions, -1));
        return cat(parts, -1);
    }
}
