using SsdForecast.Torch.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Training;

/// <summary>A copy, on the device, of the weights with the lowest validation loss so far.</summary>
internal sealed class BestWeights(ForecastNetwork network) : IDisposable
{
    private readonly Dictionary<string, Tensor> _copies = [];

    /// <summary>The epoch they are from.</summary>
    public int Epoch { get; private set; }

    /// <summary>Their validation loss.</summary>
    public double Loss { get; private set; } = double.PositiveInfinity;

    /// <summary>The weights by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Weights => _copies;

    /// <summary>Keeps the network's weights if their loss is lower, or if none are kept yet.</summary>
    public void Offer(int epoch, double loss)
    {
        if (_copies.Count > 0 && !(loss < Loss)) return;
        (Epoch, Loss) = (epoch, loss);
        Copy();
    }

    /// <summary>Takes weights that were kept in an earlier run.</summary>
    public void Take(int epoch, double loss, IReadOnlyDictionary<string, Tensor> weights)
    {
        (Epoch, Loss) = (epoch, loss);
        Clear();
        foreach (var (name, value) in weights) _copies[name] = value.clone().DetachFromDisposeScope();
    }

    /// <summary>Gives the network the kept weights back.</summary>
    public void Restore()
    {
        using var _ = no_grad();
        foreach (var (name, parameter) in network.named_parameters()) parameter.copy_(_copies[name]);
    }

    public void Dispose() => Clear();

    private void Copy()
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        if (_copies.Count == 0)
            foreach (var (name, parameter) in network.named_parameters()) _copies[name] = parameter.detach().clone().DetachFromDisposeScope();
        else
            foreach (var (name, parameter) in network.named_parameters()) _copies[name].copy_(parameter);
    }

    private void Clear()
    {
        foreach (var copy in _copies.Values) copy.Dispose();
        _copies.Clear();
    }
}
