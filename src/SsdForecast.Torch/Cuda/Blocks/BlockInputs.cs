using static TorchSharp.torch;

namespace SsdForecast.Torch.Cuda.Blocks;

/// <summary>Columns of a block's projection, and the convolution over some of them: <c>z | x | B, C of each direction | dt of each direction</c>.</summary>
/// <param name="Inner">Columns of z and of x.</param>
/// <param name="Heads">Heads.</param>
/// <param name="Groups">Groups of B and C.</param>
/// <param name="State">State numbers a channel.</param>
/// <param name="Taps">Width of the convolution.</param>
/// <param name="Ahead">Taps after the present.</param>
/// <param name="Directions">1, or 2 for the bidirectional block.</param>
internal sealed record InputsShape(int Inner, int Heads, int Groups, int State, int Taps, int Ahead, int Directions)
{
    public int Maps => Groups * State;

    /// <summary>Channels of the convolution.</summary>
    public int Channels => Inner + (2 * Directions * Maps);

    public int Columns => Inner + Channels + (Directions * Heads);
}

/// <summary>The operands of a block's operator. With two directions the second lies behind the first on the batch axis, flipped in time: <c>d</c> is their number.</summary>
/// <param name="Gate">z, <c>(b, l, inner)</c>: a view of the projection.</param>
/// <param name="X">Values, <c>(d·b, l, h, p)</c>.</param>
/// <param name="B">Input maps, <c>(d·b, l, g, n)</c>.</param>
/// <param name="C">Output maps, <c>(d·b, l, g, n)</c>.</param>
/// <param name="Dt">Raw step sizes, float32, <c>(d·b, l, h)</c>.</param>
/// <param name="A">Decay rates, <c>(h)</c>.</param>
/// <param name="First">The values of the first direction, <c>(b, l, inner)</c>: the same memory as <paramref name="X"/>.</param>
internal readonly record struct BlockInputs(Tensor Gate, Tensor X, Tensor B, Tensor C, Tensor Dt, Tensor A, Tensor First);

/// <summary>
/// All that lies between a block's projection and its operator in one launch: convolution, bias, SiLU, split, step sizes in float32, <c>A = −exp(A_log)</c>;
/// two launches backward, which give the gradient of the whole projection in one piece.
/// </summary>
internal static class BlockInputsForm
{
    /// <summary>
    /// Positions a thread has forward, and a warp backward, where the sequence is longer. Those around them that the convolution reaches are read twice, so there are as
    /// many as leave the device warps enough.
    /// </summary>
    private const int LeastTile = 16;
    private const int MostTile = 64;

    /// <summary>Warps enough for a multiprocessor, which holds 16 of them at a time.</summary>
    private const int WarpsAProcessor = 32;

    private const int MostTaps = 8;

    /// <summary>Whether the kernels cover a projection.</summary>
    public static bool Applies(Tensor projection, Tensor weight, InputsShape shape) => Applies(projection, weight, shape, projection.shape[2]);

    /// <summary>Whether the kernels cover a projection to come.</summary>
    /// <param name="like">A tensor of its dtype on its device.</param>
    /// <param name="weight">Of the convolution.</param>
    /// <param name="shape">What lies where.</param>
    /// <param name="columns">Its columns.</param>
    public static bool Applies(Tensor like, Tensor weight, InputsShape shape, long columns)
        => BlockKernels.Apply(like, weight) && shape.Taps <= MostTaps && columns == shape.Columns;

    /// <summary>Runs it.</summary>
    /// <param name="projection"><c>(b, l, columns)</c>.</param>
    /// <param name="weight">Of the convolution, <c>(channels, 1, taps)</c>.</param>
    /// <param name="bias">Of the convolution, <c>(channels)</c>.</param>
    /// <param name="aLog"><c>(h)</c>.</param>
    /// <param name="shape">What lies where.</param>
    /// <param name="history">The inputs of the convolution before the first, <c>(b, taps − 1, channels)</c>; zeros when null, as it must be with two directions.</param>
    public static BlockInputs Run(Tensor projection, Tensor weight, Tensor bias, Tensor aLog, InputsShape shape, Tensor? history = null)
    {
        var t = Function.apply(
            projection.contiguous(), weight.contiguous(), bias.contiguous(), aLog.contiguous(), history?.to_type(projection.dtype).contiguous()!, CallFor(projection, shape));
        return new BlockInputs(t[0], t[1], t[2], t[3], t[4], t[5], t[6]);
    }

    /// <summary>The variants of the kernels for a shape.</summary>
    public static (KernelVariant Forward, KernelVariant Backward) Variants(ScalarType type, InputsShape s)
    {
        // A thread holds some windows of the convolution in registers: wide ones leave room for few columns.
        var most = s.Taps > 4 ? 4 : BlockKernels.Widest(type);
        int Lane(int limit) => BlockKernels.Lane(Math.Min(most, limit), s.Inner, s.Maps, s.Heads);
        (string, int)[] Macros(int lane) => [("TAPS", s.Taps), ("DIRECTIONS", s.Directions), ("LANE", lane)];
        return (BlockKernels.Variant("block_inputs", type, Macros(Lane(8))), BlockKernels.Variant("block_inputs_backward", type, Macros(Lane(s.Taps > 4 ? 2 : 4))));
    }

    private static BlockKernels Kernels(Tensor projection, InputsShape shape)
        => BlockKernels.Of(projection, new Problem(projection.dtype, shape), p => Variants(p.Type, p.Shape));

    private sealed record Problem(ScalarType Type, InputsShape Shape);

    /// <summary>Which kernels, for which columns.</summary>
    internal sealed record Call(InputsShape Shape, BlockKernels Kernels);

    /// <summary>How to call the kernels for a projection.</summary>
    internal static Call CallFor(Tensor projection, InputsShape shape) => new(shape, Kernels(projection, shape));

    /// <summary>Queues the launch.</summary>
    /// <param name="call">How.</param>
    /// <param name="t">Projection, weight and bias of the convolution, A_log, history or null; dense.</param>
    internal static BlockInputs Forward(Call call, IReadOnlyList<Tensor?> t)
    {
        var (s, kernels) = call;
        var projection = t[0]!;
        var (b, l) = (projection.shape[0], projection.shape[1]);
        var all = s.Directions * b;
        Tensor Empty(params long[] shape) => empty(shape, dtype: projection.dtype, device: projection.device);
        var x = Empty(all, l, s.Heads, s.Inner / s.Heads);
        var (B, C) = (Empty(all, l, s.Groups, s.State), Empty(all, l, s.Groups, s.State));
        var (dt, a) = (BlockKernels.Floats(projection, all, l, s.Heads), BlockKernels.Floats(projection, s.Heads));

        var vectors = (s.Columns - s.Inner) / kernels.ForwardLane;
        var o = Operands(s, t, vectors * b / 32, kernels.Processors);
        (o.X, o.B, o.C) = (DeviceMemory.Address(x), DeviceMemory.Address(B), DeviceMemory.Address(C));
        (o.Dt, o.A) = (DeviceMemory.Address(dt), DeviceMemory.Address(a));
        var threads = vectors * b * o.Tiles;
        kernels.Forward.Launch(((int)((Math.Max(threads, s.Heads) + BlockKernels.Threads - 1) / BlockKernels.Threads), 1, 1), o);
        GC.KeepAlive(t);
        return new BlockInputs(projection.narrow(2, 0, s.Inner), x, B, C, dt, a, x.narrow(0, 0, b).view(b, l, s.Inner));
    }

    /// <summary>The gradients of projection, weight, bias, A_log and history.</summary>
    /// <param name="call">How.</param>
    /// <param name="t">As for <see cref="Forward"/>.</param>
    /// <param name="g">Gradients of the results in their order, dense; null where there is none.</param>
    internal static Tensor?[] Backward(Call call, IReadOnlyList<Tensor?> t, IReadOnlyList<Tensor?> g)
    {
        using var scope = NewDisposeScope();
        var (s, kernels) = call;
        var projection = t[0]!;
        var across = ((s.Columns / kernels.BackwardLane) + 31) / 32;
        var o = Operands(s, t, across * projection.shape[0], kernels.Processors);
        // Two blocks fit a multiprocessor; those of the gate's columns have less to do, and others take their place. All warps get as many pieces.
        var rows = (((long)o.Batch * o.Tiles) + BlockKernels.Rows - 1) / BlockKernels.Rows;
        var rounds = Math.Max(1, rows * across / (6L * kernels.Processors));
        var blocks = (int)((rows + rounds - 1) / rounds);

        var (gradProjection, gradWeight, gradBias, gradALog) = (empty_like(projection), empty_like(t[1]!), empty_like(t[2]!), empty_like(t[3]!));
        var gradHistory = t[4] is null ? null : empty_like(t[4]!);
        var partial = BlockKernels.Floats(projection, blocks, s.Channels * (s.Taps + 1));
        nint Gradient(int i) => DeviceMemory.Address(g[i]);
        (o.GradZ, o.GradX, o.GradB, o.GradC, o.GradDt, o.GradFirst) = (Gradient(0), Gradient(1), Gradient(2), Gradient(3), Gradient(4), Gradient(6));
        (o.GradProjection, o.GradHistory, o.Partial) = (DeviceMemory.Address(gradProjection), DeviceMemory.Address(gradHistory), DeviceMemory.Address(partial));
        kernels.Backward.Launch((across, blocks, 1), o);
        if (g[5] is null) gradALog.zero_();
        kernels.Add(new ColumnSums
        {
            Partial = o.Partial,
            Out = DeviceMemory.Address(gradWeight),
            Rest = DeviceMemory.Address(gradBias),
            ALog = o.ALog,
            GradA = Gradient(5),
            GradALog = g[5] is null ? 0 : DeviceMemory.Address(gradALog),
            Blocks = blocks,
            Columns = s.Channels * (s.Taps + 1),
            First = s.Channels * s.Taps,
            Heads = s.Heads,
            GradAStep = 1,
        });
        GC.KeepAlive((t, g));
        Tensor?[] gradients = [gradProjection, gradWeight, gradBias, gradALog, gradHistory];
        foreach (var gradient in gradients) gradient?.MoveToOuterDisposeScope();
        return gradients;
    }

    private sealed class Function : autograd.MultiTensorFunction<Function>
    {
        private const int Inputs = 5;

        public override string Name => "BlockInputs";

        public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var t = Enumerable.Range(0, Inputs).Select(i => vars[i] as Tensor).ToList();
            var i = BlockInputsForm.Forward((Call)vars[Inputs], t);
            ctx.save_for_backward([.. t.Select(v => v!)]);
            ctx.save_data(nameof(Call), vars[Inputs]);
            ctx.set_materialize_grads(false);
            // The same memory under names of their own: their gradients come apart, and none has to be padded to the whole.
            return [i.Gate.detach(), i.X, i.B, i.C, i.Dt, i.A, i.First.detach()];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
        {
            using var scope = NewDisposeScope();
            var gradients = BlockInputsForm.Backward((Call)ctx.get_data(nameof(Call)), ctx.get_saved_variables(), [.. grad_outputs.Select(BlockKernels.Dense)]);
            return [.. gradients.Select(v => v?.MoveToOuterDisposeScope()!), null!];
        }
    }

    private static InputsOperands Operands(InputsShape s, IReadOnlyList<Tensor?> t, long warpsOfATile, int processors)
    {
        var projection = t[0]!;
        var length = (int)projection.shape[1];
        var wanted = ((long)WarpsAProcessor * processors / Math.Max(1, warpsOfATile)) + 1;
        var tiles = (int)Math.Clamp(wanted, (length + MostTile - 1) / MostTile, (length + LeastTile - 1) / LeastTile);
        var tile = (length + tiles - 1) / tiles;
        return new InputsOperands
        {
            Projection = DeviceMemory.Address(projection),
            Weight = DeviceMemory.Address(t[1]),
            Bias = DeviceMemory.Address(t[2]),
            ALog = DeviceMemory.Address(t[3]),
            History = DeviceMemory.Address(t[4]),
            Batch = (int)projection.shape[0],
            Length = length,
            Inner = s.Inner,
            Maps = s.Maps,
            Heads = s.Heads,
            Ahead = s.Ahead,
            Tile = tile,
            Tiles = (length + tile - 1) / tile,
        };
    }
}
