using static TorchSharp.torch;

namespace SsdForecast.Torch.Cuda.Blocks;

/// <summary>What lies between two layers in one launch: dropout on a layer's output, the sum with the residual stream, its norm and the type of the next layer.</summary>
internal static class ResidualNorm
{
    private const int MostFeatures = 1024;

    /// <summary>Whether the kernels cover a stream <c>(b, l, features)</c> of float32.</summary>
    public static bool Applies(Tensor stream, Tensor weight)
        => stream.dtype == ScalarType.Float32 && BlockKernels.Apply(stream, weight) && stream.shape[^1] % 4 == 0 && stream.shape[^1] <= MostFeatures;

    /// <summary><c>norm(x)·w</c> in a type.</summary>
    /// <param name="x">The stream, float32.</param>
    /// <param name="weight"><c>(features)</c>.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="type">Of the result.</param>
    public static Tensor Norm(Tensor x, Tensor weight, double epsilon, ScalarType type)
        => Run(x, null, weight, new Problem(type, (int)weight.shape[0], type, HasBranch: false, Drops: false), epsilon, 0, 0)[0];

    /// <summary><c>sum = x + dropout(y)</c>, and <c>norm(sum)·w</c> in a type.</summary>
    /// <param name="x">The stream, float32.</param>
    /// <param name="y">A layer's output, the same shape.</param>
    /// <param name="weight"><c>(features)</c>.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="type">Of the normed sum: that of <paramref name="y"/> or float32.</param>
    /// <param name="dropout">Part of the numbers that become 0, in [0, 1).</param>
    /// <param name="seed">Decides which.</param>
    public static (Tensor Sum, Tensor Normed) Add(Tensor x, Tensor y, Tensor weight, double epsilon, ScalarType type, double dropout, ulong seed)
    {
        var t = Run(x, y, weight, new Problem(y.dtype, (int)weight.shape[0], type, HasBranch: true, Drops: dropout > 0), epsilon, dropout, seed);
        return (t[1], t[0]);
    }

    /// <summary>The variants of the kernels.</summary>
    /// <param name="type">Of the layer's output.</param>
    /// <param name="features">Columns.</param>
    /// <param name="output">Of the normed sum.</param>
    /// <param name="hasBranch">Whether there is something to add.</param>
    /// <param name="drops">Whether there is dropout.</param>
    public static (KernelVariant Forward, KernelVariant Backward) Variants(ScalarType type, int features, ScalarType output, bool hasBranch, bool drops)
    {
        (string, int)[] macros = [("FEATURES", features), ("ADD", hasBranch ? 1 : 0), ("DROP", drops ? 1 : 0), ("OUT_FLOAT", output == ScalarType.Float32 ? 1 : 0)];
        return (BlockKernels.Variant("block_residual", type, macros), BlockKernels.Variant("block_residual_backward", type, macros));
    }

    private static List<Tensor> Run(Tensor x, Tensor? y, Tensor weight, Problem problem, double epsilon, double dropout, ulong seed)
    {
        var kernels = BlockKernels.Of(x, problem, p => Variants(p.Type, p.Features, p.Output, p.HasBranch, p.Drops));
        var settings = new Settings(problem, kernels, (float)epsilon, (float)(1 / (1 - dropout)), (uint)Math.Min(uint.MaxValue, dropout * 4294967296.0), seed);
        return Function.apply(x.contiguous(), y?.contiguous()!, weight.contiguous(), settings);
    }

    private sealed record Problem(ScalarType Type, int Features, ScalarType Output, bool HasBranch, bool Drops);

    private sealed record Settings(Problem Problem, BlockKernels Kernels, float Epsilon, float Keep, uint Drop, ulong Seed)
    {
        public ResidualOperands Operands(Tensor weight, Tensor stream) => new()
        {
            Weight = DeviceMemory.Address(weight),
            Rows = stream.numel() / Problem.Features,
            Seed = Seed,
            Epsilon = Epsilon,
            Keep = Keep,
            Drop = Drop,
        };
    }

    private sealed class Function : autograd.MultiTensorFunction<Function>
    {
        public override string Name => "ResidualNormCuda";

        public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (x, y, weight, settings) = ((Tensor)vars[0], vars[1] as Tensor, (Tensor)vars[2], (Settings)vars[3]);
            var u = empty(x.shape, dtype: settings.Problem.Output, device: x.device);
            var sum = y is null ? null : empty_like(x);
            var o = settings.Operands(weight, x);
            (o.X, o.Y, o.Sum, o.U) = (DeviceMemory.Address(x), DeviceMemory.Address(y), DeviceMemory.Address(sum), DeviceMemory.Address(u));
            settings.Kernels.Forward.Launch((settings.Kernels.BlocksOver(o.Rows, 8), 1, 1), o);
            GC.KeepAlive((x, y, weight));
            ctx.save_for_backward([sum ?? x, weight]);
            ctx.save_data(nameof(Settings), settings);
            ctx.set_materialize_grads(false);
            return sum is null ? [u] : [u, sum];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
        {
            using var scope = NewDisposeScope();
            var saved = ctx.get_saved_variables();
            var settings = (Settings)ctx.get_data(nameof(Settings));
            var (problem, kernels) = (settings.Problem, settings.Kernels);
            var (sum, weight) = (saved[0], saved[1]);
            var gradU = BlockKernels.Dense(grad_outputs[0]) ?? zeros(sum.shape, dtype: problem.Output, device: sum.device);
            var gradSum = grad_outputs.Count > 1 ? BlockKernels.Dense(grad_outputs[1]) : null;
            var o = settings.Operands(weight, sum);
            var blocks = kernels.BlocksOver(o.Rows, 4);
            var (gradX, gradWeight) = (empty_like(sum), empty_like(weight));
            var gradY = problem.HasBranch ? empty(sum.shape, dtype: problem.Type, device: sum.device) : null;
            var partial = BlockKernels.Floats(sum, blocks, problem.Features);
            (o.Sum, o.GradU, o.GradSum) = (DeviceMemory.Address(sum), DeviceMemory.Address(gradU), DeviceMemory.Address(gradSum));
            (o.GradX, o.GradY, o.Partial) = (DeviceMemory.Address(gradX), DeviceMemory.Address(gradY), DeviceMemory.Address(partial));
            kernels.Backward.Launch((blocks, 1, 1), o);
            kernels.Add(new ColumnSums { Partial = o.Partial, Out = DeviceMemory.Address(gradWeight), Blocks = blocks, Columns = problem.Features, First = problem.Features });
            GC.KeepAlive(saved);
            return [gradX.MoveToOuterDisposeScope(), gradY?.MoveToOuterDisposeScope()!, gradWeight.MoveToOuterDisposeScope(), null!];
        }
    }
}
