using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using SsdForecast.Torch.Cuda.Blocks;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Cuda.Steps;

/// <summary>The argument of <c>Kernels/pinball.cu</c>, field for field.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PinballOperands
{
    public nint Target, Quantiles, Weight, Levels;
    public nint Upstream;
    public nint Partial, GradTarget, GradQuantiles;
    public long Targets;
    public int QuantileCount;
    public float OfLoss, OfWeight;
    public int Unused;
}

/// <summary>The pinball loss and the weight of its targets in two launches, its gradients in one; nothing of the size of the quantiles is kept between.</summary>
internal static class FusedPinball
{
    private const int Threads = 256;

    private static readonly ConcurrentDictionary<int, (Kernel Forward, Kernel Backward, Kernel Sums)> Kernels = new();

    /// <summary>The one variant of the file.</summary>
    public static KernelVariant Variant { get; } = BlockKernels.Variant("pinball", ScalarType.Float32);

    /// <summary>Whether the kernels run here.</summary>
    public static bool Applies(Tensor target, Tensor quantiles)
        => target.dtype == ScalarType.Float32 && quantiles.dtype == ScalarType.Float32 && BlockKernels.Apply(target, target);

    /// <summary>Loss and weight, scalars; only the loss has gradients.</summary>
    /// <param name="target">Targets, <c>(…)</c>, float32.</param>
    /// <param name="quantiles">Quantiles, <c>(…, Q)</c>, float32.</param>
    /// <param name="weight">Weight of a target, as many as there are targets.</param>
    /// <param name="levels">Levels, <c>(Q)</c>.</param>
    /// <param name="ofLoss">What the weighted sum of the losses is multiplied with.</param>
    /// <param name="ofWeight">What the sum of the weights is multiplied with.</param>
    public static (Tensor Loss, Tensor Weight) Run(Tensor target, Tensor quantiles, Tensor weight, Tensor levels, double ofLoss, double ofWeight)
    {
        var results = Function.apply(target.contiguous(), quantiles.contiguous(), weight.contiguous(), levels.contiguous(), new Settings((float)ofLoss, (float)ofWeight));
        return (results[0], results[1].detach());
    }

    private sealed record Settings(float OfLoss, float OfWeight)
    {
        public PinballOperands Operands(IReadOnlyList<Tensor> t) => new()
        {
            Target = DeviceMemory.Address(t[0]),
            Quantiles = DeviceMemory.Address(t[1]),
            Weight = DeviceMemory.Address(t[2]),
            Levels = DeviceMemory.Address(t[3]),
            Targets = t[0].numel(),
            QuantileCount = (int)t[3].numel(),
            OfLoss = OfLoss,
            OfWeight = OfWeight,
        };
    }

    private static (Kernel Forward, Kernel Backward, Kernel Sums) KernelsOf(Tensor like)
        => Kernels.GetOrAdd(Math.Max(0, like.device.index), d => (Kernel.Get(d, Variant), Kernel.Get(d, Variant, "pinball_backward"), Kernel.Get(d, BlockKernels.Sums)));

    private static int Blocks(long targets, Tensor like, int aProcessor)
        => (int)Math.Min((targets + Threads - 1) / Threads, (long)aProcessor * Driver.Devices[Math.Max(0, like.device.index)].Processors);

    private sealed class Function : autograd.MultiTensorFunction<Function>
    {
        private const int Inputs = 4;

        public override string Name => "PinballCuda";

        public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var t = vars.Take(Inputs).Cast<Tensor>().ToList();
            var settings = (Settings)vars[Inputs];
            var (forward, _, sums) = KernelsOf(t[0]);
            var o = settings.Operands(t);
            var blocks = Blocks(o.Targets, t[0], 2);
            using var partial = BlockKernels.Floats(t[0], blocks, 2);
            var (loss, weight) = (BlockKernels.Floats(t[0]), BlockKernels.Floats(t[0]));
            o.Partial = DeviceMemory.Address(partial);
            forward.Launch((blocks, 1, 1), o);
            sums.Launch((1, 1, 1), new ColumnSums { Partial = o.Partial, Out = DeviceMemory.Address(loss), Rest = DeviceMemory.Address(weight), Blocks = blocks, Columns = 2, First = 1 });
            GC.KeepAlive(t);
            ctx.save_for_backward(t);
            ctx.save_data(nameof(Settings), settings);
            ctx.set_materialize_grads(false);
            return [loss, weight];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
        {
            using var scope = NewDisposeScope();
            var t = ctx.get_saved_variables();
            var o = ((Settings)ctx.get_data(nameof(Settings))).Operands(t);
            using var upstream = grad_outputs[0].to_type(ScalarType.Float32);
            var (target, quantiles) = (empty_like(t[0]), empty_like(t[1]));
            (o.Upstream, o.GradTarget, o.GradQuantiles) = (DeviceMemory.Address(upstream), DeviceMemory.Address(target), DeviceMemory.Address(quantiles));
            KernelsOf(t[0]).Backward.Launch((Blocks(o.Targets, t[0], 8), 1, 1), o);
            GC.KeepAlive(t);
            return [target.MoveToOuterDisposeScope(), quantiles.MoveToOuterDisposeScope(), null!, null!, null!];
        }
    }
}
