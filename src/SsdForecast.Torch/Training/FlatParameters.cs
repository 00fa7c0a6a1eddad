using SsdForecast.Torch.Blocks;
using SsdForecast.Torch.Cuda.Steps;
using SsdForecast.Torch.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Training;

/// <summary>A stretch of a flat buffer.</summary>
internal readonly record struct FlatRange(long Start, long Length)
{
    public long End => Start + Length;

    public Tensor Of(Tensor flat) => flat.narrow(0, Start, Length);
}

/// <summary>
/// All parameters of a network in one tensor and all their gradients in another, group after group; the parameters themselves become views. An optimizer, a
/// sum over processes, a norm and a copy of the weights are then a few operators, however many parameters there are.
/// </summary>
/// <remarks>
/// Each parameter begins at a multiple of 64 numbers, as kernels like their operands; what lies between stays zero. Behind the gradients lie the tallies of
/// a step, so that what is summed over processes is one tensor. Where layers compute in a shorter type on a GPU, their matrices are rounded to it once a step, by the
/// optimizer, and not in each product.
/// </remarks>
internal sealed class FlatParameters : IDisposable
{
    private const long Alignment = 64;

    /// <summary>The whole is a multiple of this, so that a norm can be taken in equal parts.</summary>
    private const long Part = Alignment * Alignment;

    private readonly List<Entry> _all = [];
    private readonly List<Projection> _rounded = [];
    private readonly bool _collects;

    /// <summary>Lays the parameters out and turns them into views. Before it, the network must be on its device for good.</summary>
    /// <param name="network">The network.</param>
    /// <param name="collects">
    /// Whether gradients come as they are made and are copied into the buffer all at once (<see cref="Collect()"/>), and are not added to views of it one by one: one
    /// launch on a GPU for all of them, the default there.
    /// </param>
    /// <param name="rounds">
    /// Whether matrices of layers that compute in a shorter type are rounded once a step, where gradients are collected. Each must be used once a step: gradients of
    /// several uses would be added up in the shorter type.
    /// </param>
    public FlatParameters(ForecastNetwork network, bool? collects = null, bool rounds = true)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var groups = ParameterGroups.Of(network);
        long next = 0;
        FlatRange Lay(IEnumerable<(string Name, Parameter Parameter)> group)
        {
            var start = next;
            foreach (var (name, parameter) in group)
            {
                _all.Add(new Entry(name, parameter, new FlatRange(next, parameter.numel())));
                next += (parameter.numel() + Alignment - 1) / Alignment * Alignment;
            }
            return new FlatRange(start, next - start);
        }
        (Decayed, Plain, Skip) = (Lay(groups.Decayed), Lay(groups.Plain), Lay(groups.Skip));
        Length = (next + Part - 1) / Part * Part;

        var like = _all[0].Parameter;
        Values = zeros(Length, dtype: like.dtype, device: like.device).DetachFromDisposeScope();
        Gradients = zeros(Length + Alignment, dtype: like.dtype, device: like.device).DetachFromDisposeScope();
        _collects = collects ?? GradientGather.Applies(Gradients);
        foreach (var entry in _all)
        {
            var view = entry.Range.Of(Values).view(entry.Parameter.shape);
            view.copy_(entry.Parameter);
            entry.Parameter.set_(view);
            entry.Parameter.grad = _collects ? null : entry.Range.Of(Gradients).view(entry.Parameter.shape);
        }
        if (_collects && rounds && network.ComputeType is ScalarType.BFloat16 or ScalarType.Float16) KeepRounded(network);
    }

    /// <summary>All values, <c>(n)</c>.</summary>
    public Tensor Values { get; }

    /// <summary>All gradients, <c>(n)</c>, then the tallies.</summary>
    public Tensor Gradients { get; }

    /// <summary>Numbers in <see cref="Values"/>, gaps included.</summary>
    public long Length { get; }

    /// <summary>Matrices, which decay.</summary>
    public FlatRange Decayed { get; }

    /// <summary>What never decays.</summary>
    public FlatRange Plain { get; }

    /// <summary>The linear skip, with a learning rate of its own.</summary>
    public FlatRange Skip { get; }

    /// <summary>The parameters' parts of a tensor laid out as <see cref="Values"/>, by name: views.</summary>
    public IEnumerable<(string Name, Tensor Part)> PartsOf(Tensor flat)
        => _all.Select(p => (p.Name, p.Range.Of(flat).view(p.Parameter.shape)));

    /// <summary>Where the matrices lie, in this order, each up to where the next begins.</summary>
    public IEnumerable<(string Name, FlatRange Range)> Matrices
        => _all.Where(p => p.Range.Start < Decayed.End).Select(p => (p.Name, p.Range with { Length = (p.Range.Length + Alignment - 1) / Alignment * Alignment }));

    /// <summary>Gradients alone, <c>(n)</c>: a view.</summary>
    public Tensor GradientsOnly() => Gradients.narrow(0, 0, Length);

    /// <summary>Some of <see cref="Values"/>, rounded to the type in which layers compute; null where none are.</summary>
    public Tensor? Rounded { get; private set; }

    /// <summary>Which of them: empty where none are.</summary>
    public FlatRange RoundedRange { get; private set; }

    /// <summary>Rounds <see cref="Values"/> anew: whoever changed them calls it, before the network runs.</summary>
    public void Round()
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        Rounded?.copy_(RoundedRange.Of(Values));
    }

    /// <summary>Begins a step: all gradients and tallies become zero.</summary>
    public void Begin()
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        if (!_collects)
        {
            Gradients.zero_();
            return;
        }
        Gradients.narrow(0, Length, Alignment).zero_();
        foreach (var entry in _all) entry.Source.grad = null;
    }

    /// <summary>Brings the gradients of a step into <see cref="Gradients"/>, where they are not there already.</summary>
    public void Collect() => Collect(new FlatRange(0, Length));

    /// <summary>Brings those of some neighbouring parameters there, which must be whole; the tallies lie there anyhow.</summary>
    /// <param name="range">From the start of a parameter to that of another, or to the end.</param>
    public void Collect(FlatRange range)
    {
        if (!_collects) return;
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var parts = new List<(Tensor? Gradient, long Place, long Length)>();
        foreach (var entry in _all)
        {
            if (entry.Range.Start < range.Start || entry.Range.Start >= range.End) continue;
            if (entry.Rounded is not null && entry.Parameter.grad is not null)
                throw new InvalidOperationException($"{entry.Name} was used in another type than {entry.Rounded.dtype}, in which its layer computes: its gradient would be lost");
            parts.Add((entry.Source.grad?.contiguous(), entry.Range.Start, entry.Range.Length));
            entry.Source.grad = null;
        }
        if (GradientGather.Applies(Gradients)) GradientGather.Run(Gradients, parts);
        else
            foreach (var (gradient, place, length) in parts)
            {
                var to = new FlatRange(place, length).Of(Gradients);
                if (gradient is null) to.zero_();
                else to.copy_(gradient.flatten());
            }
    }

    /// <summary>Adds the loss and the weight of a batch to the tallies of the step.</summary>
    public void Tally(Tensor loss, Tensor weight)
    {
        using var _ = no_grad();
        LossTally().add_(loss.detach());
        WeightTally().add_(weight);
    }

    /// <summary>Sum of losses so far, a scalar: a view.</summary>
    public Tensor LossTally() => Gradients.select(0, Length);

    /// <summary>Sum of the targets' weights so far, a scalar: a view.</summary>
    public Tensor WeightTally() => Gradients.select(0, Length + 1);

    /// <summary>The norm of all gradients, a scalar, by an order of addition that does not hang on the number of threads.</summary>
    public Tensor GradientNorm() => GradientsOnly().view(-1, Alignment, Alignment).norm(dim: 2).norm(dim: 1).norm();

    /// <summary>Frees the gradients and what is rounded. The parameters live on, as views of one memory.</summary>
    public void Dispose()
    {
        foreach (var entry in _all)
        {
            entry.Parameter.grad = null;
            entry.Rounded?.Dispose();
        }
        // Another's, made since, stay.
        foreach (var projection in _rounded.Where(p => p.Rounded is { Values.IsInvalid: true })) projection.Rounded = null;
        Rounded?.Dispose();
        Values.Dispose();
        Gradients.Dispose();
    }

    /// <summary>Gives the projections of the layers a part each of one rounded tensor.</summary>
    private void KeepRounded(ForecastNetwork network)
    {
        _rounded.AddRange(network.LayerProjections);
        var entries = _rounded.Select(p => _all.First(e => ReferenceEquals(e.Parameter, p.Weight))).ToList();
        var (start, end) = (entries.Min(e => e.Range.Start), entries.Max(e => e.Range.End + Alignment - 1) / Alignment * Alignment);
        RoundedRange = new FlatRange(start, end - start);
        Rounded = zeros(RoundedRange.Length, dtype: network.ComputeType, device: Values.device).DetachFromDisposeScope();
        foreach (var (projection, entry) in _rounded.Zip(entries))
        {
            var part = (entry.Range with { Start = entry.Range.Start - start }).Of(Rounded).view(entry.Parameter.shape).detach();
            entry.Rounded = part.requires_grad_().DetachFromDisposeScope();
            projection.Rounded = new RoundedWeight(entry.Rounded);
        }
        Round();
    }

    private sealed record Entry(string Name, Parameter Parameter, FlatRange Range)
    {
        public Tensor? Rounded { get; set; }

        /// <summary>Where the gradient comes to.</summary>
        public Tensor Source => Rounded ?? Parameter;
    }
}
