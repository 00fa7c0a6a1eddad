using static TorchSharp.torch;

namespace SsdForecast.Torch.Cuda.Blocks;

/// <summary>The gated norm of a block, one launch forward and two backward; of the bidirectional block with what puts its two directions together.</summary>
internal static class GatedNorm
{
    /// <summary>Columns of a lane: what backward holds in registers.</summary>
    private const int MostColumns = 32;

    /// <summary>Whether the kernels cover a norm of these features.</summary>
    public static bool Applies(Tensor input, Tensor weight, long groups, long heads = 0) => BlockKernels.Apply(input, weight) && Applies(input, weight.shape[0], groups, heads);

    /// <summary>Whether they do where the kernels of blocks run.</summary>
    public static bool Applies(Tensor input, long features, long groups, long heads) => ColumnsOfLane(input.dtype, features, groups, heads) <= MostColumns;

    /// <summary><c>norm(y·SiLU(z))·w</c>, or <c>norm(y)·w·SiLU(z)</c>.</summary>
    /// <param name="y">Values, <c>(b, l, features)</c>.</param>
    /// <param name="gate">z, the same shape; rows may lie apart.</param>
    /// <param name="weight"><c>(features)</c>.</param>
    /// <param name="groups">Groups of the features.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="normBeforeGate">Which comes first.</param>
    public static Tensor Run(Tensor y, Tensor gate, Tensor weight, long groups, double epsilon, bool normBeforeGate)
        => Run(y, gate, weight, null, null, null, new Problem(y.dtype, (int)weight.shape[0], (int)groups, normBeforeGate, 0), epsilon);

    /// <summary>
    /// The norm, then the gate, of <c>forward[t−1] + reverse[t+1] + (δ + D)·x</c>: the outputs of both directions, each a step later in its own time, and the diagonal.
    /// </summary>
    /// <param name="directions">Outputs, <c>(2b, l, h, p)</c>; the second half flipped in time.</param>
    /// <param name="x">Values, <c>(b, l, features)</c>.</param>
    /// <param name="delta">δ, <c>(b, l, h)</c>.</param>
    /// <param name="d">D, <c>(h)</c>.</param>
    /// <param name="gate">z, <c>(b, l, features)</c>; rows may lie apart.</param>
    /// <param name="weight"><c>(features)</c>.</param>
    /// <param name="groups">Groups of the features.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    public static Tensor Merged(Tensor directions, Tensor x, Tensor delta, Tensor d, Tensor gate, Tensor weight, long groups, double epsilon)
        => Run(directions, gate, weight, x, delta, d, new Problem(directions.dtype, (int)weight.shape[0], (int)groups, GateLast: true, (int)d.shape[0]), epsilon);

    /// <summary>The variants of the kernels.</summary>
    /// <param name="type">Storage.</param>
    /// <param name="features">Columns.</param>
    /// <param name="groups">Groups of them.</param>
    /// <param name="gateLast">Whether the norm comes before the gate.</param>
    /// <param name="heads">Heads where two directions are put together, else 0.</param>
    public static (KernelVariant Forward, KernelVariant Backward) Variants(ScalarType type, int features, int groups, bool gateLast, int heads)
    {
        (string, int)[] macros =
        [
            ("FEATURES", features), ("GROUPS", groups), ("GATE_LAST", gateLast ? 1 : 0), ("MERGED", heads > 0 ? 1 : 0), ("HEADS", Math.Max(1, heads)),
            ("LANE", Lane(type, features, groups, heads)),
        ];
        return (BlockKernels.Variant("block_norm", type, macros), BlockKernels.Variant("block_norm_backward", type, macros));
    }

    private static int Lane(ScalarType type, long features, long groups, long heads)
        => BlockKernels.Lane(BlockKernels.Widest(type), features / groups, heads > 0 ? features / heads : features);

    private static long ColumnsOfLane(ScalarType type, long features, long groups, long heads)
    {
        var lane = Lane(type, features, groups, heads);
        return groups * (((features / groups) + (32 * lane) - 1) / (32 * lane)) * lane;
    }

    private static Tensor Run(Tensor y, Tensor gate, Tensor weight, Tensor? x, Tensor? delta, Tensor? d, Problem problem, double epsilon)
    {
        var call = CallFor(y, problem, epsilon);
        return Function.apply(y.contiguous(), Rows(gate, call.Kernels.ForwardLane), weight.contiguous(), x?.contiguous()!, delta?.contiguous()!, d?.contiguous()!, call)[0];
    }

    /// <summary>As it is where rows lie evenly apart and vectors begin where the kernels read them.</summary>
    internal static Tensor Rows(Tensor gate, int lane)
    {
        var (strides, shape) = (gate.stride(), gate.shape);
        var even = strides[2] == 1 && strides[0] == shape[1] * strides[1] && strides[1] % lane == 0 && gate.storage_offset() % lane == 0;
        return even ? gate : gate.contiguous();
    }

    /// <summary>What the variants hang on: <paramref name="Heads"/> is 0 where there are no two directions to put together.</summary>
    internal sealed record Problem(ScalarType Type, int Features, int Groups, bool GateLast, int Heads);

    /// <summary>Which kernels, for what.</summary>
    internal sealed record Call(Problem Problem, BlockKernels Kernels, float Epsilon);

    /// <summary>How to call the kernels.</summary>
    internal static Call CallFor(Tensor y, Problem problem, double epsilon)
        => new(problem, BlockKernels.Of(y, problem, p => Variants(p.Type, p.Features, p.Groups, p.GateLast, p.Heads)), (float)epsilon);

    /// <summary>Queues the launch.</summary>
    /// <param name="call">How.</param>
    /// <param name="t">y, gate, weight; x, δ and D where two directions are put together, else null.</param>
    internal static Tensor Forward(Call call, IReadOnlyList<Tensor?> t)
    {
        var gate = t[1]!;
        var y = empty(gate.shape, dtype: gate.dtype, device: gate.device);
        var o = Operands(call, t);
        o.Out = DeviceMemory.Address(y);
        call.Kernels.Forward.Launch((call.Kernels.BlocksOver(o.Rows, 8), 1, 1), o);
        GC.KeepAlive(t);
        return y;
    }

    /// <summary>The gradients of what <see cref="Forward"/> takes, in its order.</summary>
    internal static Tensor?[] Backward(Call call, IReadOnlyList<Tensor?> t, Tensor gradOut)
    {
        using var scope = NewDisposeScope();
        var (problem, kernels, _) = call;
        var o = Operands(call, t);
        var blocks = kernels.BlocksOver(o.Rows, 2);
        var columns = problem.Features + problem.Heads;
        var (gradY, gradZ, gradWeight) = (empty_like(t[0]!), empty(t[1]!.shape, dtype: t[1]!.dtype, device: t[1]!.device), empty_like(t[2]!));
        var (gradX, gradDelta, gradD) = problem.Heads > 0 ? (empty_like(t[3]!), empty_like(t[4]!), empty_like(t[5]!)) : (null, null, (Tensor?)null);
        var partial = BlockKernels.Floats(t[0]!, blocks, columns);
        (o.GradOut, o.GradY, o.GradZ) = (DeviceMemory.Address(gradOut), DeviceMemory.Address(gradY), DeviceMemory.Address(gradZ));
        (o.GradX, o.GradDelta, o.Partial) = (DeviceMemory.Address(gradX), DeviceMemory.Address(gradDelta), DeviceMemory.Address(partial));
        kernels.Backward.Launch((blocks, 1, 1), o);
        kernels.Add(new ColumnSums
        {
            Partial = o.Partial,
            Out = DeviceMemory.Address(gradWeight),
            Rest = DeviceMemory.Address(gradD),
            Blocks = blocks,
            Columns = columns,
            First = problem.Features,
        });
        GC.KeepAlive((t, gradOut));
        Tensor?[] gradients = [gradY, gradZ, gradWeight, gradX, gradDelta, gradD];
        foreach (var gradient in gradients) gradient?.MoveToOuterDisposeScope();
        return gradients;
    }

    private static NormOperands Operands(Call call, IReadOnlyList<Tensor?> t)
    {
        var gate = t[1]!;
        return new NormOperands
        {
            Y = DeviceMemory.Address(t[0]),
            Z = DeviceMemory.Address(gate),
            Weight = DeviceMemory.Address(t[2]),
            X = DeviceMemory.Address(t[3]),
            Delta = DeviceMemory.Address(t[4]),
            D = DeviceMemory.Address(t[5]),
            Rows = gate.shape[0] * gate.shape[1],
            ZRow = gate.stride(1),
            Batch = (int)gate.shape[0],
            Length = (int)gate.shape[1],
            Epsilon = call.Epsilon,
        };
    }

    private sealed class Function : autograd.MultiTensorFunction<Function>
    {
        private const int Inputs = 6;

        public override string Name => "GatedNormCuda";

        public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var t = Enumerable.Range(0, Inputs).Select(i => vars[i] as Tensor).ToList();
            var y = GatedNorm.Forward((Call)vars[Inputs], t);
            ctx.save_for_backward([.. t.Select(v => v!)]);
            ctx.save_data(nameof(Call), vars[Inputs]);
            return [y];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
        {
            using var scope = NewDisposeScope();
            var gradients = GatedNorm.Backward((Call)ctx.get_data(nameof(Call)), ctx.get_saved_variables(), grad_outputs[0].contiguous());
            return [.. gradients.Select(v => v?.MoveToOuterDisposeScope()!), null!];
        }
    }
}
