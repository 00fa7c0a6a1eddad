namespace TorchSharp.Tests;

/// <summary>The native objects that are alive.</summary>
internal static class NativeHandles
{
#if TORCHSHARP_PACKAGE
    // TorchSharp keeps no count of them; its count of tensors is the nearest.
    internal static long Live() => torch.Tensor.TotalCount;
#else
    internal static long Live() => TorchSharp.Interop.NativeMethods.ssdf_live_handles();
#endif
}
