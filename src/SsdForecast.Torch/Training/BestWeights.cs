using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Training;

/// <summary>A copy, on the device, of the weights with the lowest validation loss so far.</summary>
internal sealed class BestWeights(FlatParameters parameters) : IDisposable
{
    private Tensor? _copy;

    /// <summary>The epoch they are from.</summary>
    public int Epoch { get; private set; }

    /// <summary>Their validation loss.</summary>
    public double Loss { get; private set; } = double.PositiveInfinity;

    /// <summary>The weights, laid out as <see cref="FlatParameters.Values"/>.</summary>
    public Tensor Values => _copy ?? throw new InvalidOperationException("no weights are kept yet");

    /// <summary>Keeps the network's weights if their loss is lower, or if none are kept yet.</summary>
    public void Offer(int epoch, double loss)
    {
        if (_copy is not null && !(loss < Loss)) return;
        Take(epoch, loss, parameters.Values);
    }

    /// <summary>Keeps weights, such as those of an earlier run.</summary>
    public void Take(int epoch, double loss, Tensor values)
    {
        using var _ = no_grad();
        (Epoch, Loss) = (epoch, loss);
        if (_copy is null) _copy = values.clone().DetachFromDisposeScope();
        else _copy.copy_(values);
    }

    /// <summary>Gives the network the kept weights back.</summary>
    public void Restore()
    {
        using var _ = no_grad();
        parameters.Values.copy_(Values);
        parameters.Round();
    }

    public void Dispose() => _copy?.Dispose();
}
