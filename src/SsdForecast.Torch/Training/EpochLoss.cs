using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Training;

/// <summary>
/// The mean loss of an epoch, summed on the device. Reading a number from a GPU makes the host wait until it has done all before, so it is read once, at the
/// end; what a progress report shows is copied to the host behind the steps and looked at when the next report is due.
/// </summary>
internal sealed class EpochLoss : IDisposable
{
    private readonly Tensor _sum;
    private readonly Tensor? _arrived;
    private int _steps;

    public EpochLoss(Device device)
    {
        using var scope = NewDisposeScope();
        _sum = zeros(1, device: device).DetachFromDisposeScope();
        // Pinned memory is written by the device itself. A number read before it has come is the one before.
        if (device.type != DeviceType.CPU) _arrived = full(1, double.NaN, dtype: ScalarType.Float32).pin_memory().DetachFromDisposeScope();
    }

    /// <summary>Adds the loss of a step, a scalar on the device.</summary>
    public void Add(Tensor loss)
    {
        using var _ = no_grad();
        _sum.add_(loss);
        _steps++;
    }

    /// <summary>The mean so far, as late as it comes without waiting: NaN until the first has come.</summary>
    public double Late()
    {
        using var scope = NewDisposeScope();
        if (_arrived is null) return Mean();
        var arrived = _arrived.data<float>()[0];
        _arrived.copy_(_sum / _steps, nonBlocking: true);
        return arrived;
    }

    /// <summary>The mean of all steps; waits for the device.</summary>
    public double Mean() => _sum.item<float>() / _steps;

    public void Dispose()
    {
        _sum.Dispose();
        _arrived?.Dispose();
    }
}
