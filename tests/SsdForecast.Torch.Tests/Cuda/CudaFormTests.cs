using SsdForecast.Torch.Cuda;
using SsdForecast.Torch.Ssd;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Cuda;

/// <summary>The fused kernels against the float64 recurrence on the host, outputs and gradients. Without a GPU each test says so and passes.</summary>
[Collection("GPU")]
public class CudaFormTests
{
    private static bool Available()
    {
        if (Driver.IsAvailable && KernelCompiler.IsAvailable && cuda.is_available()) return true;
        Console.WriteLine($"the test that needs a GPU passes without it: {Driver.WhyNot ?? (KernelCompiler.IsAvailable ? "torch sees no CUDA device" : "no NVRTC")}.");
        return false;
    }

    public static TheoryData<ScalarType, bool, double> Storages => new()
    {
        { ScalarType.BFloat16, false, 5e-3 },
        { ScalarType.Float16, false, 5e-3 },
        { ScalarType.Float32, true, 1e-3 },
        { ScalarType.Float32, false, 2e-5 },
    };

    [Theory]
    [MemberData(nameof(Storages))]
    public void Equals_the_recurrence(ScalarType storage, bool tf32, double tolerance)
    {
        if (!Available()) return;
        using var _ = new ShortProducts(tf32);
        var random = new Random(3);
        for (var trial = 0; trial < 12; trial++)
        {
            using var scope = NewDisposeScope();
            int[] sizes = [16, 24, 32, 64];
            var sample = new RandomSsd(trial, 1 + random.Next(2), 2 + random.Next(200), 4, sizes[random.Next(4)], sizes[random.Next(4)], random.Next(3), 32, false, trial % 2 == 1)
            {
                ShortSteps = storage == ScalarType.Float16,
            };
            var (host, device) = Both(sample, storage, trial % 3 == 2);
            var expected = Close.Everything(() => host, sample.Options(SsdForm.Recurrent), storage);
            var actual = Close.Everything(() => device, sample.Options(SsdForm.Kernel));
            Compare(tolerance, actual, expected, host, sample);
        }
    }

    /// <summary>Several chunks of sizes that the kernels by warpgroups take, with a last chunk of one position and of many.</summary>
    [Theory]
    [InlineData(ScalarType.BFloat16, 64, 128, 129)]
    [InlineData(ScalarType.BFloat16, 64, 64, 300)]
    [InlineData(ScalarType.BFloat16, 32, 64, 1100)]
    [InlineData(ScalarType.Float16, 64, 128, 200)]
    [InlineData(ScalarType.Float16, 32, 64, 65)]
    [InlineData(ScalarType.Float32, 64, 192, 70)]
    public void Gradients_over_several_chunks_equal_the_chunked_form(ScalarType storage, int headDim, int stateSize, int length)
    {
        if (!Available()) return;
        for (var trial = 0; trial < 4; trial++)
        {
            using var scope = NewDisposeScope();
            var sample = new RandomSsd(100 + trial, 1 + (trial % 2), length, 4, headDim, stateSize, trial % 2, 64, false, trial > 1) { ShortSteps = storage == ScalarType.Float16 };
            var (host, device) = Both(sample, storage, trial == 3);
            var expected = Close.Everything(() => host, sample.Options(SsdForm.Chunked), storage);
            var actual = Close.Everything(() => device, sample.Options(SsdForm.Kernel));
            Compare(storage == ScalarType.Float32 ? 2e-5 : 5e-3, actual, expected, host, sample);
        }
    }

    /// <summary>Of small states in many short sequences, of which three blocks share a multiprocessor and most tiles of a chunk have no positions.</summary>
    [Theory]
    [InlineData(ScalarType.BFloat16, 16, 16, 42)]
    [InlineData(ScalarType.BFloat16, 16, 32, 9)]
    [InlineData(ScalarType.Float16, 32, 16, 64)]
    public void Gradients_of_many_short_sequences_equal_the_chunked_form(ScalarType storage, int headDim, int stateSize, int length)
    {
        if (!Available()) return;
        using var scope = NewDisposeScope();
        var sample = new RandomSsd(200, 400, length, 2, headDim, stateSize, 0, 64, false, true) { ShortSteps = true };
        var (host, device) = Both(sample, storage, false);
        var expected = Close.Everything(() => host, sample.Options(SsdForm.Chunked), storage);
        Compare(5e-3, Close.Everything(() => device, sample.Options(SsdForm.Kernel)), expected, host, sample);
    }

    [Fact]
    public void Gives_the_same_bits_each_time()
    {
        if (!Available()) return;
        using var scope = NewDisposeScope();
        var sample = new RandomSsd(5, 2, 300, 4, 32, 64, 0, 32, false, true);
        var first = Close.Everything(() => Both(sample, ScalarType.BFloat16, true).Device, sample.Options(SsdForm.Kernel));
        var second = Close.Everything(() => Both(sample, ScalarType.BFloat16, true).Device, sample.Options(SsdForm.Kernel));
        foreach (var (name, value) in first) Assert.True((value == second[name]).all().item<bool>(), name);
    }

    [Fact]
    public void A_long_sequence_split_in_time_equals_the_chunked_form()
    {
        if (!Available()) return;
        using var scope = NewDisposeScope();
        var sample = new RandomSsd(6, 1, 5000, 2, 32, 32, 0, 64, false, false);
        var expected = Close.Everything(() => Both(sample, ScalarType.Float32, false).Host, sample.Options(SsdForm.Chunked));
        var actual = Close.Everything(() => Both(sample, ScalarType.Float32, false).Device, sample.Options(SsdForm.Kernel));
        foreach (var (name, value) in expected) Close.Within(2e-5, actual[name].cpu(), value, name, floor: name == "dA" ? 1000 : 0);
    }

    [Fact]
    public void A_long_sequence_of_two_byte_numbers_split_in_time_equals_the_chunked_form()
    {
        if (!Available()) return;
        using var scope = NewDisposeScope();
        var sample = new RandomSsd(7, 1, 5000, 2, 32, 32, 0, 64, false, true);
        var (host, device) = Both(sample, ScalarType.BFloat16, false);
        using var nothing = no_grad();
        var (expectedY, expectedFinal) = SsdOperator.Run(host, sample.Options(SsdForm.Chunked));
        var (y, final) = SsdOperator.Run(device, sample.Options(SsdForm.Kernel));
        Close.Within(5e-3, y.cpu(), expectedY, "y");
        Close.Within(5e-3, final.cpu(), expectedFinal, "state");
    }

    [Fact]
    public void A_final_state_that_nobody_uses_changes_no_gradient()
    {
        if (!Available()) return;
        using var scope = NewDisposeScope();
        var sample = new RandomSsd(8, 2, 100, 4, 32, 32, 0, 32, false, true);
        Tensor Gradient(bool wanted)
        {
            var inputs = Both(sample, ScalarType.Float32, false).Device;
            SsdOperator.Run(inputs, sample.Options(SsdForm.Kernel) with { FinalStates = wanted }).Y.square().sum().backward();
            return inputs.B.grad!;
        }
        Assert.True((Gradient(true) == Gradient(false)).all().item<bool>());
    }

    /// <summary>Products of float32 in TF32 or in full, until disposed of.</summary>
    private sealed class ShortProducts : IDisposable
    {
        private readonly bool _before = backends.cuda.matmul.allow_tf32;

        public ShortProducts(bool allowed) => backends.cuda.matmul.allow_tf32 = allowed;

        public void Dispose() => backends.cuda.matmul.allow_tf32 = _before;
    }

    private static void Compare(double tolerance, Dictionary<string, Tensor> actual, Dictionary<string, Tensor> expected, SsdInputs host, RandomSsd sample)
    {
        // Two sums of which much cancels in a sequence of a few steps.
        var terms = Close.SizeOfTerms(host.Dt);
        foreach (var (name, value) in expected)
            Close.Within(tolerance, actual[name].cpu(), value, $"{name} of {sample}", floor: name is "dA" or "dDt" or "dDtBias" ? terms : 0);
    }

    /// <summary>The same numbers, rounded to the storage type, on the host in float64 and on the device. Steps of thousands are too large for float16: such samples have short ones.</summary>
    private static (SsdInputs Host, SsdInputs Device) Both(RandomSsd sample, ScalarType storage, bool gain)
    {
        var given = sample.Inputs();
        if (gain) given = given with { Gain = (given.Dt * 0.5).detach() };
        Tensor? Host(Tensor? t, ScalarType type) => t?.detach().to_type(type).to_type(ScalarType.Float64).requires_grad_(true);
        Tensor? Device(Tensor? t, ScalarType type) => t?.detach().to_type(type).cuda().requires_grad_(true);
        SsdInputs With(Func<Tensor?, ScalarType, Tensor?> move) => given with
        {
            X = move(given.X, storage)!,
            B = move(given.B, storage)!,
            C = move(given.C, storage)!,
            Dt = move(given.Dt, ScalarType.Float32)!,
            A = move(given.A, ScalarType.Float32)!,
            D = move(given.D, ScalarType.Float32),
            Gain = move(given.Gain, ScalarType.Float32),
            InitialStates = move(given.InitialStates, ScalarType.Float32),
            Elapsed = move(given.Elapsed, ScalarType.Float32)?.detach(),
        };
        var device = With(Device);
        return (With(Host), device with { SequenceIndex = device.SequenceIndex?.cuda() });
    }
}
