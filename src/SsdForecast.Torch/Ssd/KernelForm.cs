using SsdForecast.Runtime.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Ssd;

/// <summary>
/// The fused CPU kernel of <c>SsdForecast.Runtime</c> as a custom autograd function: step-size treatment, decay, state and direct path in one pass
/// over memory, forward and backward, without any l² or l·n·p tensor.
/// </summary>
internal static class KernelForm
{
    /// <summary>Whether the kernel covers these inputs.</summary>
    public static bool Applies(SsdInputs inputs)
        => inputs.X.device.type == DeviceType.CPU
            && inputs.Dt.dtype is ScalarType.Float32 or ScalarType.Float64
            && inputs.A.dim() == 1
            && (inputs.D is null || inputs.D.dim() == 1)
            && inputs.X.shape[2] == inputs.Heads
            && inputs.B.shape[2] == inputs.C.shape[2];

    public static SsdOutput Run(SsdInputs inputs, SsdOptions options)
    {
        var work = inputs.Dt.dtype;
        Tensor? Ready(Tensor? t) => t?.to_type(work).contiguous();
        var operands = new Operands(
            new SsdShape((int)inputs.Batch, (int)inputs.Length, (int)inputs.Heads, (int)inputs.HeadDim, (int)inputs.B.shape[2], (int)inputs.StateSize),
            new SsdKernelOptions { DtSoftplus = options.DtSoftplus, DtLimitLow = options.DtLimitLow, DtLimitHigh = options.DtLimitHigh },
            work == ScalarType.Float64);
        var results = Function.apply(
            Ready(inputs.X)!,
            Ready(inputs.Dt)!,
            Ready(inputs.A)!,
            Ready(inputs.B)!,
            Ready(inputs.C)!,
            Ready(inputs.D)!,
            Ready(inputs.DtBias)!,
            Ready(inputs.InitialStates)!,
            Ready(inputs.Gain)!,
            Ready(inputs.Elapsed)!,
            inputs.SequenceIndex?.to_type(ScalarType.Int32).contiguous()!,
            operands);
        return new SsdOutput(results[0].to_type(inputs.X.dtype), results[1]);
    }

    private sealed record Operands(SsdShape Shape, SsdKernelOptions Options, bool IsDouble);

    private sealed class Function : autograd.MultiTensorFunction<Function>
    {
        private const int Inputs = 11;

        public override string Name => "SsdKernel";

        public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var tensors = Enumerable.Range(0, Inputs).Select(i => vars[i] as Tensor).ToList();
            var operands = (Operands)vars[Inputs];
            var x = tensors[0]!;
            var y = empty_like(x);
            var s = operands.Shape;
            var final = empty(s.Batch, s.Heads, s.HeadDim, s.StateSize, dtype: x.dtype);
            // One state a head every few chunks spares the backward pass a forward pass; nobody needs them without a gradient.
            var checkpoints = tensors.Any(t => t is { requires_grad: true }) ? empty(SsdKernels.CheckpointLength(s), dtype: x.dtype) : null;
            if (operands.IsDouble) Forward<double>(operands, tensors, y, final, checkpoints);
            else Forward<float>(operands, tensors, y, final, checkpoints);
            ctx.save_for_backward([.. tensors.Select(t => t!), checkpoints!]);
            ctx.save_data(nameof(Operands), operands);
            return [y, final];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
        {
            var tensors = ctx.get_saved_variables();
            var operands = (Operands)ctx.get_data(nameof(Operands));
            using var gradY = grad_outputs[0].contiguous();
            using var gradFinal = grad_outputs[1].contiguous();
            // Elapsed time and sequence index are data: they have no gradient.
            var gradients = tensors.Take(9).Select(t => t is null ? null : empty_like(t)).ToList();
            if (operands.IsDouble) Backward<double>(operands, tensors!, gradY, gradFinal, gradients);
            else Backward<float>(operands, tensors!, gradY, gradFinal, gradients);
            return [.. gradients.Select(g => g!), null!, null!, null!];
        }

        private static unsafe SsdInputs<T> Memory<T>(IReadOnlyList<Tensor?> t)
            where T : unmanaged => new()
            {
                X = TensorMemory.Address<T>(t[0]),
                Dt = TensorMemory.Address<T>(t[1]),
                A = TensorMemory.Address<T>(t[2]),
                B = TensorMemory.Address<T>(t[3]),
                C = TensorMemory.Address<T>(t[4]),
                D = TensorMemory.Address<T>(t[5]),
                DtBias = TensorMemory.Address<T>(t[6]),
                InitialStates = TensorMemory.Address<T>(t[7]),
                Gain = TensorMemory.Address<T>(t[8]),
                Elapsed = TensorMemory.Address<T>(t[9]),
                SeqIdx = TensorMemory.Address<int>(t[10]),
            };

        private static unsafe void Forward<T>(Operands operands, IReadOnlyList<Tensor?> tensors, Tensor y, Tensor final, Tensor? checkpoints)
            where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
        {
            SsdKernels.Forward(
                operands.Shape,
                Memory<T>(tensors),
                new SsdOutputs<T>
                {
                    Y = TensorMemory.Address<T>(y),
                    FinalStates = TensorMemory.Address<T>(final),
                    Checkpoints = TensorMemory.Address<T>(checkpoints),
                },
                operands.Options);
            GC.KeepAlive(tensors);
        }

        private static unsafe void Backward<T>(Operands operands, IReadOnlyList<Tensor?> tensors, Tensor gradY, Tensor gradFinal, IReadOnlyList<Tensor?> results)
            where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
        {
            SsdKernels.Backward(
                operands.Shape,
                Memory<T>(tensors),
                new SsdGradients<T>
                {
                    GradY = TensorMemory.Address<T>(gradY),
                    GradFinalStates = TensorMemory.Address<T>(gradFinal),
                    Checkpoints = TensorMemory.Address<T>(tensors[Inputs]),
                    X = TensorMemory.Address<T>(results[0]),
                    Dt = TensorMemory.Address<T>(results[1]),
                    A = TensorMemory.Address<T>(results[2]),
                    B = TensorMemory.Address<T>(results[3]),
                    C = TensorMemory.Address<T>(results[4]),
                    D = TensorMemory.Address<T>(results[5]),
                    DtBias = TensorMemory.Address<T>(results[6]),
                    InitialStates = TensorMemory.Address<T>(results[7]),
                    Gain = TensorMemory.Address<T>(results[8]),
                },
                operands.Options);
            GC.KeepAlive(tensors);
        }
    }
}
