using SsdForecast.Runtime;
using SsdForecast.Torch.Blocks;
using SsdForecast.Torch.Encoders;
using SsdForecast.Torch.Windows;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Networks;

/// <summary>
/// What both networks share: an embedding, an SSD encoder, a linear skip, and a head that starts at zero, so that before training the network is its
/// skip. Equations in docs/model.md; the field names are the keys of the model folder.
/// </summary>
public abstract class ForecastNetwork : nn.Module<WindowBatch, NetworkOutput>
{
    /// <summary>The encoder; <c>backbone.*</c>.</summary>
    protected readonly Encoder backbone;

    /// <summary>Token to <c>d_model</c>; <c>embed.*</c>.</summary>
    protected readonly Projection embed;

    /// <summary>Encoding to quantile offsets; <c>head.*</c>.</summary>
    protected readonly Projection head;

    /// <summary>The linear skip; <c>skip.*</c>.</summary>
    protected readonly LinearSkip skip;

    // What the head corrects, and in which unit, while it is trained. No part of the model folder: FoldHead puts both into the head.
    private HeadStart? _start;

    /// <summary>Creates the parts.</summary>
    /// <param name="name">Name in messages.</param>
    /// <param name="config">Architecture.</param>
    /// <param name="backbone">The encoder.</param>
    /// <param name="headInputs">Width of what the head reads.</param>
    protected ForecastNetwork(string name, ModelConfig config, Encoder backbone, long headInputs) : base(name)
    {
        Config = config;
        this.backbone = backbone;
        embed = new Projection(config.InputWidth, config.Block.DModel, hasBias: true);
        head = new Projection(headInputs, (long)config.Horizon * config.Outputs, hasBias: true);
        skip = new LinearSkip(config);
        using var _ = no_grad();
        head.Weight.zero_();
        head.Bias!.zero_();
    }

    /// <summary>The architecture.</summary>
    public ModelConfig Config { get; }

    /// <summary>The linear skip.</summary>
    public LinearSkip Skip => skip;

    /// <summary>Precision in which the encoder's layers compute.</summary>
    public ScalarType ComputeType
    {
        get => backbone.ComputeType;
        set => backbone.ComputeType = value;
    }

    /// <summary>Whether fused kernels are taken where there are any (default); see <see cref="Encoder.Fused"/>.</summary>
    public bool Fused
    {
        get => backbone.Fused;
        set => backbone.Fused = value;
    }

    /// <summary>The projections that compute in <see cref="ComputeType"/>.</summary>
    internal IEnumerable<Projection> LayerProjections => backbone.modules().OfType<Projection>();

    /// <summary>Who is told how far a backward pass has come; see <see cref="Encoder.Marks"/>.</summary>
    internal BackwardMarks? Marks
    {
        get => backbone.Marks;
        set => backbone.Marks = value;
    }

    /// <summary>Builds the network of a config, with fresh parameters drawn from torch's random generator.</summary>
    public static ForecastNetwork Create(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        // The numbers that initial values are computed from are not kept, the parameters are.
        using var scope = NewDisposeScope();
        ForecastNetwork network = config.Kind == ForecasterKind.Causal ? new CausalNetwork(config) : new DirectNetwork(config);
        foreach (var parameter in network.parameters()) parameter.DetachFromDisposeScope();
        return network;
    }

    /// <summary>
    /// Sets what the head starts from while it is trained: <c>offsets + unit · head</c>. The unit is the size of the skip's own errors, so that a step
    /// of the optimizer is as large for a lead time that the skip forecasts well as for one that it does not.
    /// </summary>
    /// <param name="offsets">Quantile offsets of the skip, <c>(H, Q)</c>, in units of σ.</param>
    /// <param name="unit">Size of the skip's errors, <c>(H)</c>, in units of σ, positive.</param>
    public void StartHeadAt(Tensor offsets, Tensor unit)
    {
        ArgumentNullException.ThrowIfNull(offsets);
        ArgumentNullException.ThrowIfNull(unit);
        _start?.Dispose();
        _start = new HeadStart(offsets.detach().clone().DetachFromDisposeScope(), unit.detach().unsqueeze(-1).clone().DetachFromDisposeScope());
    }

    /// <summary>Puts start and unit into the head's parameters; the network's answers stay what they are.</summary>
    public void FoldHead()
    {
        if (_start is null) return;
        using (no_grad())
        using (NewDisposeScope())
        {
            var unit = _start.Unit.expand(-1, Config.Outputs).flatten();
            head.Weight.mul_(unit.unsqueeze(-1));
            head.Bias!.mul_(unit).add_(_start.Offsets.flatten());
        }
        _start.Dispose();
        _start = null;
    }

    /// <summary>Adds to the offsets of every forecast: <c>(H, Q)</c>, in units of σ.</summary>
    public void ShiftOffsets(Tensor offsets)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        head.Bias!.add_(offsets.flatten());
    }

    /// <summary>
    /// Computes what the network reads and what hangs on the data alone, so that windows of several steps of training can be prepared at once and taken apart by
    /// <see cref="WindowBatch.Part"/>. <c>forward</c> prepares a batch that was not.
    /// </summary>
    /// <param name="batch">Windows.</param>
    /// <returns>The same with <see cref="WindowBatch.Statistics"/>, and with <see cref="WindowBatch.Patches"/> where the network is a <see cref="DirectNetwork"/>.</returns>
    public virtual WindowBatch Prepare(WindowBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return batch.Statistics is null ? batch with { Statistics = WindowStatistics.Of(batch) } : batch;
    }

    /// <summary>The skip at every position, and the statistics behind it.</summary>
    /// <returns>Skip <c>(b, T, H)</c>.</returns>
    public (Tensor Skip, WindowStatistics Statistics, Tensor? KnownAhead) RunSkip(WindowBatch batch)
    {
        var statistics = batch.Statistics ?? WindowStatistics.Of(batch);
        var ahead = batch.Known is null ? null : batch.Ahead(batch.Known);
        return (skip.forward(statistics.Deviations, ahead) + statistics.Mean.unsqueeze(-1), statistics, ahead);
    }

    /// <summary>Offsets from encodings: <c>(b, T, d)</c> → <c>(b, T, H, Q)</c>.</summary>
    protected Tensor RunHead(Tensor encoded)
    {
        var offsets = head.forward(encoded).reshape(encoded.shape[0], encoded.shape[1], Config.Horizon, Config.Outputs);
        return _start is null ? offsets : (offsets * _start.Unit) + _start.Offsets;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _start?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>A class of its own, since tensors in a module's fields are part of its state.</summary>
    private sealed record HeadStart(Tensor Offsets, Tensor Unit) : IDisposable
    {
        public void Dispose()
        {
            Offsets.Dispose();
            Unit.Dispose();
        }
    }
}
