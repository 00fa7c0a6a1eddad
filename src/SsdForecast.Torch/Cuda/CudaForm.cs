using System.Collections.Concurrent;
using SsdForecast.Torch.Ssd;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Cuda;

/// <summary>
/// The fused CUDA kernels as a custom autograd function: one launch forward, three backward (two where a sequence is a single chunk), two more each way where
/// time is split. States at chunk boundaries are recomputed for the backward pass and not stored. The kernels open with their equations.
/// </summary>
internal static class CudaForm
{
    private static readonly ConcurrentDictionary<(int Device, SsdProblem Problem), SsdKernelPlan?> Plans = new();

    /// <summary>Whether the kernels cover these inputs: on a device of compute capability 8.0 or later, one decay rate a head, one D a head, a value head for every head.</summary>
    public static bool Applies(SsdInputs inputs)
        => inputs.X.device.type == DeviceType.CUDA
            && inputs.X.dtype is ScalarType.BFloat16 or ScalarType.Float16 or ScalarType.Float32
            && inputs.Dt.dtype != ScalarType.Float64
            && inputs.A.dim() == 1
            && (inputs.D is null || inputs.D.dim() == 1)
            && inputs.X.shape[2] == inputs.Heads
            && inputs.B.shape[2] == inputs.C.shape[2]
            && Driver.IsAvailable && KernelCompiler.IsAvailable
            && Plan(inputs) is not null;

    public static SsdOutput Run(SsdInputs inputs, SsdOptions options)
    {
        var (p, n) = (inputs.HeadDim, inputs.StateSize);
        var (wideP, wideN) = (RoundUp(p), RoundUp(n));
        var storage = inputs.X.dtype;
        Tensor? Small(Tensor? t) => t?.to_type(ScalarType.Float32).contiguous();
        var initial = inputs.InitialStates is { } given ? Widen(Widen(given.to_type(ScalarType.Float32), wideN - n).transpose(2, 3), wideP - p).transpose(2, 3).contiguous() : null;
        var results = Function.apply(
            Rows(Widen(inputs.X, wideP - p)),
            Rows(inputs.Dt.to_type(ScalarType.Float32)),
            Small(inputs.A)!,
            Rows(Widen(inputs.B.to_type(storage), wideN - n)),
            Rows(Widen(inputs.C.to_type(storage), wideN - n)),
            Small(inputs.D)!,
            Small(inputs.DtBias)!,
            initial!,
            inputs.Gain is null ? null! : Rows(inputs.Gain.to_type(ScalarType.Float32)),
            Small(inputs.Elapsed)!,
            inputs.SequenceIndex?.to_type(ScalarType.Int32).contiguous()!,
            new Call(Plan(inputs)!, options.DtSoftplus, (float)options.DtLimitLow, (float)options.DtLimitHigh, options.FinalStates));
        var y = wideP == p ? results[0] : results[0].narrow(3, 0, p);
        if (!options.FinalStates) return new SsdOutput(y, empty(0, device: inputs.X.device));
        return new SsdOutput(y, wideP == p && wideN == n ? results[1] : results[1].narrow(2, 0, p).narrow(3, 0, n));
    }

    /// <summary>How to call the kernels for operands that need no padding, without initial and final states; null where they do not cover them.</summary>
    /// <param name="like">A tensor on the device, of the operands' storage.</param>
    /// <param name="sizes">Batch, length, heads, head dimension, groups and state size of the operands.</param>
    /// <param name="options">Of the step sizes.</param>
    public static Call? CallFor(Tensor like, (long B, long L, long H, long P, long G, long N) sizes, SsdOptions options)
        => RoundUp(sizes.P) == sizes.P && RoundUp(sizes.N) == sizes.N && Plan(like, sizes) is { } plan
            ? new Call(plan, options.DtSoftplus, (float)options.DtLimitLow, (float)options.DtLimitHigh, Final: false)
            : null;

    private static SsdKernelPlan? Plan(SsdInputs inputs)
        => Plan(inputs.X, (inputs.Batch, inputs.Length, inputs.Heads, RoundUp(inputs.HeadDim), inputs.B.shape[2], RoundUp(inputs.StateSize)));

    private static SsdKernelPlan? Plan(Tensor like, (long B, long L, long H, long P, long G, long N) sizes)
    {
        var precision = like.dtype switch
        {
            ScalarType.BFloat16 => KernelPrecision.BFloat16,
            ScalarType.Float16 => KernelPrecision.Float16,
            _ => backends.cuda.matmul.allow_tf32 ? KernelPrecision.TF32 : KernelPrecision.Float32,
        };
        var problem = new SsdProblem((int)sizes.B, (int)sizes.L, (int)sizes.H, (int)sizes.P, (int)sizes.G, (int)sizes.N, precision);
        return Plans.GetOrAdd((Index(like), problem), key => Plan(key.Problem, Driver.Devices[key.Device]));
    }

    private static SsdKernelPlan? Plan(SsdProblem problem, DeviceProperties device) => SsdKernelPlan.For(problem, device, KernelCompiler.HasWarpgroupProducts(device.Architecture));

    private static int Index(Tensor t) => Math.Max(0, t.device.index);

    /// <summary>Tensor cores take 16 channels and 16 state numbers at a time.</summary>
    private static long RoundUp(long size) => (size + 15) / 16 * 16;

    private static Tensor Widen(Tensor t, long by) => by == 0 ? t : nn.functional.pad(t, [0, by]);

    /// <summary>As it is where the last dimensions lie close together and rows start at 16 bytes, as the parts of a projection do; else a copy.</summary>
    private static Tensor Rows(Tensor t)
    {
        var (strides, shape, size) = (t.stride(), t.shape, t.element_size());
        var close = strides[^1] == 1 && (shape.Length < 4 || strides[2] == shape[3]);
        var aligned = shape.Length < 4 || ((strides[0] * size % 16 | strides[1] * size % 16 | t.storage_offset() * size % 16) == 0 && strides[1] * 64 < int.MaxValue);
        return close && aligned ? t : t.contiguous();
    }

    /// <summary>Which kernels, and how they take step sizes.</summary>
    internal sealed record Call(SsdKernelPlan Plan, bool Softplus, float Low, float High, bool Final);

    private sealed class Function : autograd.MultiTensorFunction<Function>
    {
        private const int Inputs = 11;

        public override string Name => "SsdCuda";

        public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var t = Enumerable.Range(0, Inputs).Select(i => vars[i] as Tensor).ToList();
            var call = (Call)vars[Inputs];
            var x = t[0]!;
            var y = empty(x.shape, dtype: x.dtype, device: x.device);
            var final = call.Final ? empty(x.shape[0], x.shape[2], x.shape[3], t[3]!.shape[3], dtype: ScalarType.Float32, device: x.device) : null;
            Forward(call, t, y, final);
            ctx.save_for_backward([.. t.Select(v => v!)]);
            ctx.save_data(nameof(Call), call);
            ctx.set_materialize_grads(false);
            return final is null ? [y] : [y, final];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
        {
            var t = ctx.get_saved_variables();
            var call = (Call)ctx.get_data(nameof(Call));
            using var gradY = grad_outputs[0] is { IsInvalid: false } given ? given.contiguous() : zeros_like(t[0]);
            using var gradFinal = grad_outputs.Count > 1 && grad_outputs[1] is { IsInvalid: false } state ? state.contiguous() : null;
            return [.. Backward(call, t!, gradY, gradFinal).Select(g => g!), null!, null!, null!];
        }
    }

    /// <summary>Queues the operator.</summary>
    /// <param name="call">How.</param>
    /// <param name="t">X, dt, A, B, C, D, bias of dt, initial state, gain, elapsed time, numbers of runs: as the kernels read them; those from D on null where there is none.</param>
    /// <param name="y">The output.</param>
    /// <param name="final">The final state; null where it is not wanted.</param>
    internal static void Forward(Call call, IReadOnlyList<Tensor?> t, Tensor y, Tensor? final)
    {
        var plan = call.Plan;
        var device = Index(y);
        var o = Operands(call, t, plan.ForwardChunk);
        (o.Y, o.Final) = (DeviceMemory.Address(y), DeviceMemory.Address(final));
        using var split = Split(plan, plan.ForwardStates, ref o, y, directions: 1, segments: plan.ForwardSegments);
        o.Mode = 0;
        Kernel.Get(device, plan.Forward).Launch(plan.ForwardGrid(o.SegmentCount), o);
        GC.KeepAlive(t);
    }

    /// <summary>The gradients of the first nine inputs.</summary>
    internal static Tensor?[] Backward(Call call, IReadOnlyList<Tensor?> t, Tensor gradY, Tensor? gradFinal)
    {
        using var scope = NewDisposeScope();
        var plan = call.Plan;
        var (x, b) = (t[0]!, t[3]!);
        var device = Index(x);
        Tensor Empty(ScalarType type, params long[] shape) => empty(shape, dtype: type, device: x.device);
        var o = Operands(call, t, plan.BackwardChunk);
        (o.GradY, o.GradFinal) = (DeviceMemory.Address(gradY), DeviceMemory.Address(gradFinal));

        Tensor? gradInitial = null;
        if (o.Chunks > 1 || o.Initial != 0 || o.GradFinal != 0)
        {
            long[] states = [o.Batch, o.Chunks, o.Heads, x.shape[3], b.shape[3]];
            var (before, after) = (Empty(x.dtype, states), Empty(x.dtype, states));
            gradInitial = t[7] is null ? null : empty_like(t[7]!);
            (o.Before, o.After, o.GradInitial) = (DeviceMemory.Address(before), DeviceMemory.Address(after), DeviceMemory.Address(gradInitial));
            using var split = Split(plan, plan.BackwardStates, ref o, x, directions: 2, segments: plan.Segments(plan.BackwardChunk));
            (o.Mode, o.Direction) = (0, 2);
            Kernel.Get(device, plan.BoundaryStates).Launch(plan.BoundaryGrid(o.SegmentCount), o);
        }

        // Of dense shape whatever the strides of the inputs.
        var gradX = Empty(x.dtype, x.shape);
        long[] maps = plan.Splits == 1 ? b.shape : [plan.Splits, .. b.shape];
        var (gradB, gradC) = plan.Splits == 1 ? (Empty(x.dtype, maps), Empty(x.dtype, maps)) : (Empty(ScalarType.Float32, maps), Empty(ScalarType.Float32, maps));
        var gradDt = Empty(ScalarType.Float32, t[1]!.shape);
        var gradGain = t[8] is null ? null : Empty(ScalarType.Float32, t[8]!.shape);
        var sums = Empty(ScalarType.Float32, o.Batch, o.Chunks, o.Heads, 3);
        o.Splits = plan.Splits;
        (o.GradX, o.GradB, o.GradC) = (DeviceMemory.Address(gradX), DeviceMemory.Address(gradB), DeviceMemory.Address(gradC));
        (o.GradDt, o.GradGain, o.Sums) = (DeviceMemory.Address(gradDt), DeviceMemory.Address(gradGain), DeviceMemory.Address(sums));
        Kernel.Get(device, plan.Backward).Launch(plan.BackwardGrid, o);
        var (gradA, gradD, gradBias) = (empty_like(t[2]!), t[5] is null ? null : empty_like(t[5]!), t[6] is null ? null : empty_like(t[6]!));
        Kernel.Get(device, HeadSums.Variant).Launch((o.Heads, 1, 1), new HeadSums
        {
            Sums = o.Sums,
            GradA = DeviceMemory.Address(gradA),
            GradBias = DeviceMemory.Address(gradBias),
            GradD = DeviceMemory.Address(gradD),
            Rows = (long)o.Batch * o.Chunks,
        });
        GC.KeepAlive(t);

        if (plan.Splits > 1) (gradB, gradC) = (gradB.sum(0L).to_type(x.dtype), gradC.sum(0L).to_type(x.dtype));
        Tensor?[] gradients = [gradX, gradDt, gradA, gradB, gradC, gradD, gradBias, gradInitial, gradGain];
        foreach (var g in gradients) g?.MoveToOuterDisposeScope();
        return gradients;
    }

    /// <summary>
    /// Where batch and heads alone would leave processors idle, cuts time into segments: their states from zero, side by side, then the state before each
    /// (and the gradient after each) by one pass over them.
    /// </summary>
    private static DisposeScope Split(SsdKernelPlan plan, KernelVariant states, ref SsdOperands o, Tensor like, int directions, int segments)
    {
        var scope = NewDisposeScope();
        o.ChunksPerSegment = (o.Chunks + segments - 1) / segments;
        o.SegmentCount = (o.Chunks + o.ChunksPerSegment - 1) / o.ChunksPerSegment;
        if (o.SegmentCount == 1) return scope;
        var device = Index(like);
        var (p, n) = (states.Macros["P"], states.Macros["N"]);
        var added = empty(2L * o.Batch * o.SegmentCount * o.Heads * p * n, dtype: ScalarType.Float32, device: like.device);
        var kept = empty(2L * o.Batch * o.SegmentCount * o.Heads, dtype: ScalarType.Float32, device: like.device);
        (o.Segments, o.Decays, o.Mode, o.Direction) = (DeviceMemory.Address(added), DeviceMemory.Address(kept), 1, directions == 2 ? 2 : 0);
        Kernel.Get(device, states).Launch((o.Heads / plan.HeadsOfBlock, o.Batch, directions * o.SegmentCount), o);
        Kernel.Get(device, states, "ssd_combine").Launch((((o.Heads * p * n) + 255) / 256, o.Batch, directions), o);
        return scope;
    }

    private static SsdOperands Operands(Call call, IReadOnlyList<Tensor?> t, int chunk)
    {
        var (x, dt, b, c, gain) = (t[0]!, t[1]!, t[3]!, t[4]!, t[8]);
        var chunks = call.Plan.Chunks(chunk);
        return new SsdOperands
        {
            X = DeviceMemory.Address(x),
            Dt = DeviceMemory.Address(dt),
            A = DeviceMemory.Address(t[2]),
            B = DeviceMemory.Address(b),
            C = DeviceMemory.Address(c),
            D = DeviceMemory.Address(t[5]),
            Bias = DeviceMemory.Address(t[6]),
            Initial = DeviceMemory.Address(t[7]),
            Gain = DeviceMemory.Address(gain),
            Elapsed = DeviceMemory.Address(t[9]),
            Run = DeviceMemory.Address(t[10]),
            XBatch = x.stride(0),
            XTime = x.stride(1),
            BBatch = b.stride(0),
            BTime = b.stride(1),
            CBatch = c.stride(0),
            CTime = c.stride(1),
            DtBatch = dt.stride(0),
            DtTime = dt.stride(1),
            GainBatch = gain?.stride(0) ?? 0,
            GainTime = gain?.stride(1) ?? 0,
            Batch = (int)x.shape[0],
            Length = (int)x.shape[1],
            Heads = (int)x.shape[2],
            Groups = (int)b.shape[2],
            Chunks = chunks,
            SegmentCount = 1,
            ChunksPerSegment = chunks,
            Splits = 1,
            Softplus = call.Softplus ? 1 : 0,
            Low = call.Low,
            High = call.High,
        };
    }
}
