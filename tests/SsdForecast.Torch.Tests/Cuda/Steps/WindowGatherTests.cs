using System.Runtime.CompilerServices;
using SsdForecast.Torch.Cuda.Steps;
using SsdForecast.Torch.Tests.Cuda.Blocks;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Cuda.Steps;

/// <summary>Windows by the kernel beside a loop over their rows. What needs a GPU says so without one and passes.</summary>
[Collection("GPU")]
public class WindowGatherTests
{
    [Theory]
    [InlineData(1, 1, -3)]
    [InlineData(40, 77, -20)]
    [InlineData(300, 433, 5)]
    public void Every_window_has_the_rows_of_its_place(int count, int width, int first)
    {
        if (!BlockKernelTests.Available()) return;
        using var scope = NewDisposeScope();
        var random = new Random(count);
        const int Rows = 500;
        const int Spare = 3;
        float[] Numbers(int n) => [.. Enumerable.Range(0, n).Select(_ => (float)random.NextDouble() + 1)];
        var (plain, masked, wide) = (Numbers(Rows), Numbers(Rows), Numbers(Rows * 5));
        long[] offsets = [20, 210, 390];
        // Places of more windows than are gathered; rows before the tables and behind them are asked for too.
        var places = new long[3, count + Spare];
        for (var i = 0; i < count + Spare; i++) (places[0, i], places[1, i], places[2, i]) = (random.Next(3), random.Next(200), random.Next(250));
        var results = WindowGather.Run(
            tensor(places, device: CUDA).narrow(1, Spare, count), tensor(offsets, device: CUDA), first, width,
            [(tensor(plain, device: CUDA), false), (tensor(masked, device: CUDA), true), (null, false), (tensor(wide, [Rows, 5], device: CUDA), false)]);

        Assert.Null(results[2]);
        var (a, b, c) = (results[0]!.cpu(), results[1]!.cpu(), results[3]!.cpu());
        Assert.Equal([count, width], a.shape);
        Assert.Equal([count, width, 5], c.shape);
        var (x, y, z) = (a.data<float>().ToArray(), b.data<float>().ToArray(), c.data<float>().ToArray());
        for (var w = 0; w < count; w++)
            for (var j = 0; j < width; j++)
            {
                var row = places[1, w + Spare] + first + j;
                var from = Math.Clamp(row + offsets[places[0, w + Spare]], 0, Rows - 1);
                var at = (w * width) + j;
                Assert.Equal(plain[from], x[at]);
                Assert.Equal(row < places[2, w + Spare] ? masked[from] : 0, y[at]);
                for (var k = 0; k < 5; k++) Assert.Equal(wide[(from * 5) + k], z[(at * 5) + k]);
            }
    }

    [Fact]
    public void Operands_are_laid_out_as_the_kernel_reads_them() => Assert.Equal((6 * 8) + (2 * 4) + (7 * 24), Unsafe.SizeOf<WindowGather.Operands>());
}
