using SsdForecast.Torch.Cuda;

namespace SsdForecast.Torch.Tests.Cuda;

/// <summary>The kernels compile without a GPU wherever there is an NVRTC (Debian: libnvrtc11.2); without one each test says so and passes.</summary>
public class KernelCompilationTests
{
    private static bool Available()
    {
        if (KernelCompiler.IsAvailable) return true;
        Console.WriteLine("no NVRTC is here (Debian: libnvrtc11.2 from non-free); the test that needs it passes without it.");
        return false;
    }

    /// <summary>As large a device as each architecture has.</summary>
    private static DeviceProperties Device(int architecture)
        => architecture >= 90 ? new(0, "H200", 90, 132, 233_472, 232_448) : new(0, "A100", 80, 108, 167_936, 166_912);

    /// <summary>Every kernel and every precision for both architectures, in small sizes, which take a second or two each.</summary>
    public static TheoryData<int, int, int, int> Few => new()
    {
        { 80, (int)KernelPrecision.BFloat16, 16, 32 },
        { 80, (int)KernelPrecision.Float16, 32, 16 },
        { 80, (int)KernelPrecision.TF32, 16, 16 },
        { 80, (int)KernelPrecision.Float32, 16, 16 },
        { 90, (int)KernelPrecision.BFloat16, 32, 64 },
        { 90, (int)KernelPrecision.Float16, 16, 16 },
        { 90, (int)KernelPrecision.TF32, 16, 16 },
        { 90, (int)KernelPrecision.Float32, 16, 16 },
    };

    [Theory]
    [MemberData(nameof(Few))]
    public void Every_kernel_compiles_for_both_architectures(int architecture, int precision, int headDim, int stateSize)
    {
        if (!Available()) return;
        var plan = SsdKernelPlan.For(new SsdProblem(64, 512, 4, headDim, 1, stateSize, (KernelPrecision)precision), Device(architecture));
        Compile(plan!.Variants, architecture);
    }

    /// <summary>The kernels by warpgroups, where the compiler is new enough (12.0).</summary>
    [Theory]
    [InlineData((int)KernelPrecision.BFloat16, 64, 128)]
    [InlineData((int)KernelPrecision.BFloat16, 16, 32)]
    [InlineData((int)KernelPrecision.Float16, 32, 64)]
    [InlineData((int)KernelPrecision.BFloat16, 128, 96)]
    public void The_kernels_by_warpgroups_compile(int precision, int headDim, int stateSize)
    {
        if (!Available()) return;
        var plan = SsdKernelPlan.For(new SsdProblem(64, 512, 12, headDim, 1, stateSize, (KernelPrecision)precision), Device(90), warpgroups: true)!;
        var variants = plan.Variants.Where(v => KernelSource.Of(v.File).HasWarpgroupProducts).ToList();
        Assert.Contains(plan.Forward, variants);
        foreach (var variant in variants)
        {
            if (KernelCompiler.HasWarpgroupProducts(90))
                Compile([variant], 90);
            else
                Assert.Contains("NVRTC 12", Assert.Throws<CudaException>(() => Compile([variant], 90)).Message, StringComparison.Ordinal);
            Assert.Contains("compute capability 9.0", Assert.Throws<CudaException>(() => Compile([variant], 80)).Message, StringComparison.Ordinal);
        }
    }

    /// <summary>All sizes: some five minutes, so only where <c>SSDF_ALL_KERNELS</c> is set.</summary>
    [Theory]
    [InlineData(16, 16)]
    [InlineData(16, 32)]
    [InlineData(32, 64)]
    [InlineData(64, 64)]
    [InlineData(64, 128)]
    [InlineData(48, 80)]
    [InlineData(128, 64)]
    [InlineData(64, 256)]
    public void Every_variant_that_a_plan_chooses_compiles(int headDim, int stateSize)
    {
        if (Environment.GetEnvironmentVariable("SSDF_ALL_KERNELS") is null || !Available()) return;
        foreach (var architecture in (int[])[80, 90])
            foreach (var precision in Enum.GetValues<KernelPrecision>())
                foreach (var length in (int[])[64, 512])
                    if (SsdKernelPlan.For(new SsdProblem(64, length, 4, headDim, 1, stateSize, precision), Device(architecture)) is { } plan)
                        Compile(plan.Variants, architecture);
    }

    private static void Compile(IReadOnlyList<KernelVariant> variants, int architecture)
    {
        foreach (var variant in variants.DistinctBy(v => v.Name))
        {
            var image = KernelCompiler.Compile(KernelSource.Of(variant.File), variant.Macros, architecture);
            // Machine code is an ELF file, and holds the name of its kernel.
            Assert.True(image.AsSpan().StartsWith("\u007fELF"u8), variant.Name);
            Assert.True(image.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(".text." + variant.File)) > 0, variant.Name);
        }
    }

    [Fact]
    public void A_source_that_is_wrong_is_refused_with_its_place_and_the_compilers_words()
    {
        if (!Available()) return;
        var source = new KernelSource("broken.cu", "extern \"C\" __global__ void broken(float* p) {\n  p[0] = undeclared;\n}\n", []);
        var error = Assert.Throws<CudaException>(() => KernelCompiler.Compile(source, new Dictionary<string, int> { ["Q"] = 3 }, 80));
        Assert.Contains("broken.cu does not compile with --gpu-architecture=sm_80", error.Message, StringComparison.Ordinal);
        Assert.Contains("-DQ=3", error.Message, StringComparison.Ordinal);
        Assert.Contains("broken.cu(2): error", error.Message, StringComparison.Ordinal);
        Assert.Contains("undeclared", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kernel_is_compiled_once_and_again_when_its_file_was_spoilt()
    {
        if (!Available()) return;
        using var folder = new TemporaryFolder();
        var kernels = new CompiledKernels(folder.Path);
        var source = new KernelSource("one.cu", "extern \"C\" __global__ void one(float* p) { p[threadIdx.x] = VALUE; }\n", []);
        var macros = new Dictionary<string, int> { ["VALUE"] = 1 };
        var first = kernels.Get(source, macros, 80);
        var file = Assert.Single(Directory.GetFiles(folder.Path));
        File.WriteAllText(file, "mine");
        Assert.Equal("mine"u8.ToArray(), kernels.Get(source, macros, 80));
        Assert.Equal(first.Length, kernels.Renew(source, macros, 80).Length);
        Assert.NotEqual("mine"u8.ToArray(), kernels.Get(source, macros, 80));
        kernels.Get(source, new Dictionary<string, int> { ["VALUE"] = 2 }, 80);
        kernels.Get(source, macros, 90);
        Assert.Equal(3, Directory.GetFiles(folder.Path).Length);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_costs_nothing_but_time()
    {
        if (!Available()) return;
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Path, "a file where the folder should be");
        var source = new KernelSource("one.cu", "extern \"C\" __global__ void one(float* p) { p[0] = 1; }\n", []);
        Assert.NotEmpty(new CompiledKernels(folder.Path).Get(source, new Dictionary<string, int>(), 80));
    }

    [Fact]
    public void The_key_changes_with_everything_that_the_machine_code_depends_on()
    {
        var macros = new Dictionary<string, int> { ["A"] = 1, ["B"] = 2 };
        var source = new KernelSource("k.cu", "text", [("h.cuh", "header")]);
        var turned = new Dictionary<string, int> { ["B"] = 2, ["A"] = 1 };
        var key = source.Key(macros, 80, "11.8");
        Assert.Equal(key, source.Key(turned, 80, "11.8"));
        string[] others =
        [
            source.Key(macros, 90, "11.8"),
            (source with { Text = "#include \"wgmma.cuh\"" }).Key(macros, 90, "11.8"),
            source.Key(macros, 80, "13.0"),
            source.Key(new Dictionary<string, int> { ["A"] = 2, ["B"] = 1 }, 80, "11.8"),
            (source with { Text = "other" }).Key(macros, 80, "11.8"),
            (source with { Headers = [("h.cuh", "other")] }).Key(macros, 80, "11.8"),
            (source with { Headers = [("h.cuh", "header"), ("i.cuh", "")] }).Key(macros, 80, "11.8"),
        ];
        Assert.DoesNotContain(key, others);
        Assert.Equal(others.Length, others.Distinct().Count());
    }
}
