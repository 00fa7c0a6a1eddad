using System.Runtime.CompilerServices;
using SsdForecast.Torch.Cuda.Steps;
using SsdForecast.Torch.Tests.Cuda.Blocks;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Cuda.Steps;

/// <summary>Gradients of all sizes and places into one buffer. What needs a GPU says so without one and passes.</summary>
[Collection("GPU")]
public class GradientGatherTests
{
    [Theory]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float16)]
    public void Every_number_comes_to_its_place_and_none_elsewhere(ScalarType narrow)
    {
        if (!BlockKernelTests.Available()) return;
        using var scope = NewDisposeScope();
        var random = new Random(3);
        // More than one launch takes; lengths around what a thread and a block take.
        var lengths = Enumerable.Range(0, 150).Select(i => new[] { 1, 2, 3, 4, 5, 63, 64, 4095, 4096, 4097, 20_000 }[i % 11]).ToArray();
        var parts = new List<(Tensor?, long, long)>();
        long place = 0;
        foreach (var length in lengths)
        {
            // Some begin where no vector can.
            var whole = randn(length + 1, device: CUDA);
            var gradient = whole.narrow(0, random.Next(2), length);
            parts.Add((random.Next(5) switch { 0 => null, 1 or 2 => gradient.to_type(narrow), _ => gradient }, place, length));
            place += (length + 63) / 64 * 64;
        }
        var buffer = full(place, 7f, dtype: ScalarType.Float32, device: CUDA);
        var expected = buffer.clone();
        foreach (var (gradient, start, length) in parts)
            expected.narrow(0, start, length).copy_(gradient ?? zeros(length, device: CUDA));
        GradientGather.Run(buffer, parts);
        Assert.True((buffer == expected).all().cpu().item<bool>());
    }

    [Fact]
    public void Operands_are_laid_out_as_the_kernel_reads_them()
    {
        Assert.Equal((3 * 8) + (2 * 4), Unsafe.SizeOf<GradientGather.Part>());
        Assert.Equal(8 + (2 * 4) + (120 * 32), Unsafe.SizeOf<GradientGather.Operands>());
    }
}
