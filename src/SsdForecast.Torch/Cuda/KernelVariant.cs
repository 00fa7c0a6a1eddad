namespace SsdForecast.Torch.Cuda;

/// <summary>A kernel file with values for its macros.</summary>
/// <param name="File">The file, without its extension.</param>
/// <param name="Macros">Macros by name.</param>
/// <param name="SharedMemory">Shared memory of a block, bytes, as far as the host reckons; the kernel itself says it exactly.</param>
internal sealed record KernelVariant(string File, IReadOnlyDictionary<string, int> Macros, int SharedMemory)
{
    /// <summary>File and macros in one line.</summary>
    public string Name { get; } = File + " " + string.Join(' ', Macros.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => FormattableString.Invariant($"{m.Key}={m.Value}")));
}
