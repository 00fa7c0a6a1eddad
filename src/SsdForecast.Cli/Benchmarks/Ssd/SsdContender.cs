using System.Globalization;
using SsdForecast.Torch.Ssd;
using static TorchSharp.torch;

namespace SsdForecast.Cli.Benchmarks.Ssd;

/// <summary>One way to compute the operator.</summary>
/// <param name="Form">Its name in tables and JSON.</param>
/// <param name="Detail">How it is set: its chunk or piece length.</param>
/// <param name="Run">Outputs <c>(b, l, h, p)</c>, differentiable.</param>
internal sealed record SsdContender(string Form, string Detail, Func<SsdInputs, Tensor> Run)
{
    public const string KernelName = "kernel";
    public const string ChunkedName = "torch chunked";
    public const string ScanName = "torch scan";

    /// <summary>The fused kernel.</summary>
    public static SsdContender Kernel { get; } = new(KernelName, "", inputs => SsdOperator.Run(inputs, new SsdOptions { Form = SsdForm.Kernel }).Y);

    /// <summary>The chunked form of torch operators, in chunks of <paramref name="size"/>.</summary>
    public static SsdContender Chunked(int size)
        => new(ChunkedName, string.Create(CultureInfo.InvariantCulture, $"chunks of {size}"), inputs => SsdOperator.Run(inputs, new SsdOptions { Form = SsdForm.Chunked, ChunkSize = size }).Y);

    /// <summary>The selective scan of torch operators, in pieces of <paramref name="piece"/>.</summary>
    public static SsdContender Scan(int piece)
        => new(ScanName, string.Create(CultureInfo.InvariantCulture, $"pieces of {piece}"), inputs => SelectiveScan.Run(inputs, piece));

    /// <summary>The chunk lengths that are tried: as given, or those whose decay masks (about ten tensors of them in a training step) fit in memory.</summary>
    public static IReadOnlyList<SsdContender> ChunkedTrials(SsdBenchmarkShape s, int? given)
    {
        if (given is { } only) return [Chunked(only)];
        int[] sizes = [.. new[] { 16, 32, 64, 128, 256 }.Where(q => q <= s.Length && 40L * s.Batch * s.Heads * s.Length * q < PeakMemory.Available)];
        return [.. (sizes.Length > 0 ? sizes : [Math.Min(16, s.Length)]).Select(Chunked)];
    }

    /// <summary>
    /// The piece lengths that are tried: those whose states are 1 to 64 MiB, since smaller pieces are all overhead of operators and larger ones leave the
    /// cache; none if even a small piece, of which a training step has about four tensors, does not fit in memory.
    /// </summary>
    public static IReadOnlyList<SsdContender> ScanTrials(SsdBenchmarkShape s)
    {
        var step = 4L * s.Batch * s.Heads * s.HeadDim * s.StateSize;
        int[] all = [.. new[] { 4, 16, 64, 256, 1024 }.Select(t => Math.Min(t, s.Length)).Distinct()];
        int[] good = [.. all.Where(t => step * t is >= 1 << 20 and <= 64 << 20)];
        if (good.Length == 0) good = [step * all[0] > 64 << 20 ? all[0] : all[^1]];
        return [.. good.Where(t => 4 * step * t < PeakMemory.Available).Select(Scan)];
    }
}
