using SsdForecast.Torch.Host;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Ssd;

/// <summary>Addresses of tensor memory, for kernels.</summary>
internal static unsafe class TensorMemory
{
    static TensorMemory() => TorchHost.Prepare();

    /// <summary>The address of the first element of a contiguous tensor, on the device that it is on; null for null.</summary>
    /// <remarks>The tensor must be kept alive while the address is used.</remarks>
    public static T* Address<T>(Tensor? tensor)
        where T : unmanaged
        => tensor is null ? null : (T*)tensor.storage<T>().data_ptr() + tensor.storage_offset();
}
