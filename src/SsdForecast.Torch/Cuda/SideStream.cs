namespace SsdForecast.Torch.Cuda;

/// <summary>A stream of a device beside stream 0, on which torch computes: what is queued there runs at the same time, before or after it only where that is said.</summary>
internal sealed class SideStream : IDisposable
{
    private readonly int _device;
    private readonly nint _handed;
    private readonly nint _done;

    /// <summary>Creates a stream whose work goes first where the device has room for one launch only.</summary>
    /// <exception cref="CudaException">There is no driver, or it refuses.</exception>
    public SideStream(int device)
    {
        _device = device;
        Handle = Driver.CreateStream(device);
        (_handed, _done) = (Driver.CreateEvent(device), Driver.CreateEvent(device));
    }

    /// <summary>The <c>CUstream</c>, which is a <c>cudaStream_t</c> too.</summary>
    public nint Handle { get; }

    /// <summary>Whether all is done that came before the last <see cref="Rejoin"/> or <see cref="Stamp"/>.</summary>
    public bool IsDone => Driver.IsDone(_device, _done);

    /// <summary>What is queued here from now on waits for what is on stream 0 by now.</summary>
    public void Follow()
    {
        Driver.Record(_device, _handed, 0);
        Driver.Wait(_device, Handle, _handed);
    }

    /// <summary>What is queued on stream 0 from now on waits for what is here by now.</summary>
    public void Rejoin()
    {
        Driver.Record(_device, _done, Handle);
        Driver.Wait(_device, 0, _done);
    }

    /// <summary>Asks <see cref="IsDone"/> of what is on stream 0 by now.</summary>
    public void Stamp() => Driver.Record(_device, _done, 0);

    /// <summary>Frees it; what is queued still runs.</summary>
    public void Dispose() => Driver.DestroyStream(_device, Handle, _handed, _done);
}
