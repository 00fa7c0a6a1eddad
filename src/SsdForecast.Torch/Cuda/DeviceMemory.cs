using static TorchSharp.torch;

namespace SsdForecast.Torch.Cuda;

/// <summary>Addresses of tensors on the device, whatever their dtype.</summary>
internal static class DeviceMemory
{
    /// <summary>The address of a tensor's first element; 0 for null. The tensor must be kept alive while the address is used.</summary>
    public static nint Address(Tensor? tensor)
        => tensor is null ? 0 : new Untyped(tensor).data_ptr() + (nint)(tensor.storage_offset() * tensor.element_size());

    /// <summary><c>tensor.storage&lt;T&gt;()</c> would convert bfloat16; this looks at it as it is.</summary>
    private sealed class Untyped(Tensor tensor) : Storage(tensor)
    {
        public override int element_size() => (int)_tensor!.element_size();
    }
}
