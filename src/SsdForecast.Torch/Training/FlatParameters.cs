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
/// a step, so that what is summed over processes is one tensor.
/// </remarks>
internal sealed class FlatParameters : IDisposable
{
    private const long Alignment = 64;

    /// <summary>The whole is a multiple of this, so that a norm can be taken in equal parts.</summary>
    private const long Part = Alignment * Alignment;

    /// <summary>Gradients of so many numbers are copied by themselves: joining gives the smallest part as many threads as the largest.</summary>
    private const long Large = 1 << 18;

    private readonly List<(string Name, Parameter Parameter, FlatRange Range)> _all = [];
    private readonly bool _collects;
    private readonly Tensor _gap;

    /// <summary>Lays the parameters out and turns them into views. Before it, the network must be on its device for good.</summary>
    /// <param name="network">The network.</param>
    /// <param name="collects">
    /// Whether gradients come as they are made and are copied into the buffer all at once (<see cref="Collect()"/>), and are not added to views of it one by one: fewer
    /// launches on a GPU, the default there.
    /// </param>
    public FlatParameters(ForecastNetwork network, bool? collects = null)
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
                _all.Add((name, parameter, new FlatRange(next, parameter.numel())));
                next += (parameter.numel() + Alignment - 1) / Alignment * Alignment;
            }
            return new FlatRange(start, next - start);
        }
        (Decayed, Plain, Skip) = (Lay(groups.Decayed), Lay(groups.Plain), Lay(groups.Skip));
        Length = (next + Part - 1) / Part * Part;

        var like = _all[0].Parameter;
        _collects = collects ?? like.device.type == DeviceType.CUDA;
        _gap = zeros(Part, dtype: like.dtype, device: like.device).DetachFromDisposeScope();
        Values = zeros(Length, dtype: like.dtype, device: like.device).DetachFromDisposeScope();
        Gradients = zeros(Length + Alignment, dtype: like.dtype, device: like.device).DetachFromDisposeScope();
        foreach (var (_, parameter, range) in _all)
        {
            var view = range.Of(Values).view(parameter.shape);
            view.copy_(parameter);
            parameter.set_(view);
            parameter.grad = _collects ? null : range.Of(Gradients).view(parameter.shape);
        }
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
        foreach (var (_, parameter, _) in _all) parameter.grad = null;
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
        var parts = new List<Tensor>();
        var (begin, end) = (range.Start, range.Start);
        void Fill(long to)
        {
            if (to > end) parts.Add(_gap.narrow(0, 0, to - end));
            end = to;
        }
        void Copy()
        {
            if (parts.Count > 0) new FlatRange(begin, end - begin).Of(Gradients).copy_(parts.Count == 1 ? parts[0] : cat(parts, 0));
            parts.Clear();
            begin = end;
        }
        foreach (var (_, parameter, own) in _all)
        {
            if (own.Start < range.Start || own.Start >= range.End) continue;
            Fill(own.Start);
            if (own.Length >= Large) Copy();
            parts.Add(parameter.grad?.flatten() ?? zeros(own.Length, dtype: Values.dtype, device: Values.device));
            parameter.grad = null;
            end = own.End;
            if (own.Length >= Large) Copy();
        }
        Fill(Math.Min(range.End, Length));
        Copy();
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

    /// <summary>Frees the gradients. The parameters live on, as views of one memory.</summary>
    public void Dispose()
    {
        foreach (var (_, parameter, _) in _all) parameter.grad = null;
        _gap.Dispose();
        Values.Dispose();
        Gradients.Dispose();
    }
}
