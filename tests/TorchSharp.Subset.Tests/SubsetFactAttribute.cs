namespace TorchSharp.Tests;

/// <summary>A fact about what the subset does otherwise than TorchSharp, on purpose; docs/torch-seam.md lists them. Skipped where the tests run on TorchSharp.</summary>
public sealed class SubsetFactAttribute : FactAttribute
{
    /// <param name="otherwise">What TorchSharp does.</param>
    public SubsetFactAttribute(string otherwise)
    {
#if TORCHSHARP_PACKAGE
        Skip = otherwise;
#else
        _ = otherwise;
#endif
    }
}
