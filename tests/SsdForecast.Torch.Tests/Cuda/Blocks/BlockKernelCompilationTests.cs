using System.Runtime.CompilerServices;
using SsdForecast.Torch.Cuda;
using SsdForecast.Torch.Cuda.Blocks;
using SsdForecast.Torch.Cuda.Steps;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Cuda.Blocks;

/// <summary>The kernels of a block compile without a GPU wherever there is an NVRTC; without one the tests that need it say so and pass.</summary>
public class BlockKernelCompilationTests
{
    public static TheoryData<int, ScalarType> Targets => new()
    {
        { 80, ScalarType.BFloat16 }, { 80, ScalarType.Float32 }, { 90, ScalarType.BFloat16 }, { 90, ScalarType.Float16 }, { 90, ScalarType.Float32 },
    };

    [Theory]
    [MemberData(nameof(Targets))]
    public void Every_kernel_compiles_for_both_architectures(int architecture, ScalarType type)
    {
        if (!KernelCompiler.IsAvailable)
        {
            Console.WriteLine("no NVRTC is here (Debian: libnvrtc11.2 from non-free); the test that needs it passes without it.");
            return;
        }
        (KernelVariant, KernelVariant)[] pairs =
        [
            BlockInputsForm.Variants(type, new InputsShape(64, 4, 1, 16, 4, 0, 1)),
            BlockInputsForm.Variants(type, new InputsShape(64, 4, 1, 16, 7, 3, 2)),
            BlockInputsForm.Variants(type, new InputsShape(18, 3, 1, 5, 2, 0, 1)),
            GatedNorm.Variants(type, 64, 1, gateLast: false, heads: 0),
            GatedNorm.Variants(type, 96, 2, gateLast: true, heads: 6),
            ResidualNorm.Variants(type, 64, type, hasBranch: false, drops: false),
            ResidualNorm.Variants(type, 100, ScalarType.Float32, hasBranch: true, drops: true),
        ];
        foreach (var variant in pairs.SelectMany(p => new[] { p.Item1, p.Item2 }).Concat([BlockKernels.Sums, FusedAdamW.Variant(type), GradientGather.Variant(type), FusedPinball.Variant, WindowGather.Variant]).Append(HeadSums.Variant).Append(new("wait", new Dictionary<string, int>(), 0)))
        {
            var image = KernelCompiler.Compile(KernelSource.Of(variant.File), variant.Macros, architecture);
            Assert.True(image.AsSpan().StartsWith("\u007fELF"u8), variant.Name);
            Assert.True(image.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(".text." + variant.File)) > 0, variant.Name);
        }
    }

    [Fact]
    public void Operands_are_laid_out_as_the_kernels_read_them()
    {
        Assert.Equal((6 * 8) + (6 * 4), Unsafe.SizeOf<ColumnSums>());
        Assert.Equal(5 * 8, Unsafe.SizeOf<HeadSums>());
        Assert.Equal((19 * 8) + (8 * 4), Unsafe.SizeOf<InputsOperands>());
        Assert.Equal((13 * 8) + (2 * 8) + (4 * 4), Unsafe.SizeOf<NormOperands>());
        Assert.Equal((10 * 8) + (2 * 8) + (4 * 4), Unsafe.SizeOf<ResidualOperands>());
    }

    [Fact]
    public void Vectors_divide_every_part_of_a_row()
    {
        Assert.Equal(8, BlockKernels.Lane(8, 256, 32, 16));
        Assert.Equal(4, BlockKernels.Lane(8, 256, 32, 12));
        Assert.Equal(1, BlockKernels.Lane(8, 256, 33));
        var (forward, backward) = BlockInputsForm.Variants(ScalarType.BFloat16, new InputsShape(256, 16, 1, 32, 7, 3, 2));
        Assert.Equal((4, 2), (forward.Macros["LANE"], backward.Macros["LANE"]));
    }

    [Fact]
    public void Tensors_of_the_host_are_left_to_the_host()
    {
        using var scope = NewDisposeScope();
        var (rows, weight) = (rand(1, 4, 64), rand(64));
        Assert.False(BlockInputsForm.Applies(rows, weight, new InputsShape(16, 4, 1, 6, 4, 0, 1)));
        Assert.False(GatedNorm.Applies(rows, weight, 1));
        Assert.False(ResidualNorm.Applies(rows, weight));
    }
}
