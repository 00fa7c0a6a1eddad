using System.Numerics;
using SsdForecast.Runtime.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Ssd;

/// <summary>The fused CPU kernel of the bidirectional operator as a custom autograd function: one merged pass forward, nothing flipped or copied.</summary>
internal static class QuasiseparableKernelForm
{
    /// <summary>Whether the kernel covers these inputs.</summary>
    public static bool Applies(QuasiseparableInputs inputs)
        => KernelForm.Applies(inputs.ForwardInputs) && inputs.Forward.B.shape[2] == inputs.Reverse.B.shape[2] && inputs.Reverse.C.shape[2] == inputs.Reverse.B.shape[2];

    public static Tensor Run(QuasiseparableInputs inputs, SsdOptions options)
    {
        var work = inputs.Forward.Dt.dtype;
        var f = inputs.ForwardInputs;
        Tensor Ready(Tensor t) => t.to_type(work).contiguous();
        var operands = new Operands(
            new SsdShape((int)f.Batch, (int)f.Length, (int)f.Heads, (int)f.HeadDim, (int)f.B.shape[2], (int)f.StateSize),
            new SsdKernelOptions { DtSoftplus = options.DtSoftplus, DtLimitLow = options.DtLimitLow, DtLimitHigh = options.DtLimitHigh },
            work == ScalarType.Float64);
        return Function.apply(
            Ready(inputs.X),
            Ready(inputs.Diagonal),
            Ready(inputs.A),
            inputs.DtBias is null ? null! : Ready(inputs.DtBias),
            Ready(inputs.Forward.Dt),
            Ready(inputs.Forward.B),
            Ready(inputs.Forward.C),
            Ready(inputs.Reverse.Dt),
            Ready(inputs.Reverse.B),
            Ready(inputs.Reverse.C),
            inputs.Forward.Gain is null ? null! : Ready(inputs.Forward.Gain),
            inputs.Reverse.Gain is null ? null! : Ready(inputs.Reverse.Gain),
            operands);
    }

    private sealed record Operands(SsdShape Shape, SsdKernelOptions Options, bool IsDouble);

    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        private const int Inputs = 12;

        public override string Name => "QuasiseparableKernel";

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var tensors = Enumerable.Range(0, Inputs).Select(i => vars[i] as Tensor).ToList();
            var operands = (Operands)vars[Inputs];
            var y = empty_like(tensors[0]!);
            if (operands.IsDouble) Forward<double>(operands, tensors, y);
            else Forward<float>(operands, tensors, y);
            ctx.save_for_backward([.. tensors.Select(t => t!)]);
            ctx.save_data(nameof(Operands), operands);
            return y;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            var tensors = ctx.get_saved_variables();
            var operands = (Operands)ctx.get_data(nameof(Operands));
            using var gradY = grad_output.contiguous();
            var gradients = tensors.Select(t => t is null ? null : empty_like(t)).ToList();
            if (operands.IsDouble) Backward<double>(operands, tensors!, gradY, gradients);
            else Backward<float>(operands, tensors!, gradY, gradients);
            return [.. gradients.Select(g => g!), null!];
        }

        private static unsafe SsdBidirectionalInputs<T> Memory<T>(IReadOnlyList<Tensor?> t)
            where T : unmanaged => new()
            {
                X = TensorMemory.Address<T>(t[0]),
                Diagonal = TensorMemory.Address<T>(t[1]),
                A = TensorMemory.Address<T>(t[2]),
                DtBias = TensorMemory.Address<T>(t[3]),
                ForwardDt = TensorMemory.Address<T>(t[4]),
                ForwardB = TensorMemory.Address<T>(t[5]),
                ForwardC = TensorMemory.Address<T>(t[6]),
                ReverseDt = TensorMemory.Address<T>(t[7]),
                ReverseB = TensorMemory.Address<T>(t[8]),
                ReverseC = TensorMemory.Address<T>(t[9]),
                ForwardGain = TensorMemory.Address<T>(t[10]),
                ReverseGain = TensorMemory.Address<T>(t[11]),
            };

        private static unsafe void Forward<T>(Operands operands, IReadOnlyList<Tensor?> tensors, Tensor y)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            SsdKernels.BidirectionalForward(operands.Shape, Memory<T>(tensors), TensorMemory.Address<T>(y), operands.Options);
            GC.KeepAlive(tensors);
        }

        private static unsafe void Backward<T>(Operands operands, IReadOnlyList<Tensor?> tensors, Tensor gradY, IReadOnlyList<Tensor?> results)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            SsdKernels.BidirectionalBackward(
                operands.Shape,
                Memory<T>(tensors),
                new SsdBidirectionalGradients<T>
                {
                    GradY = TensorMemory.Address<T>(gradY),
                    X = TensorMemory.Address<T>(results[0]),
                    Diagonal = TensorMemory.Address<T>(results[1]),
                    A = TensorMemory.Address<T>(results[2]),
                    DtBias = TensorMemory.Address<T>(results[3]),
                    ForwardDt = TensorMemory.Address<T>(results[4]),
                    ForwardB = TensorMemory.Address<T>(results[5]),
                    ForwardC = TensorMemory.Address<T>(results[6]),
                    ReverseDt = TensorMemory.Address<T>(results[7]),
                    ReverseB = TensorMemory.Address<T>(results[8]),
                    ReverseC = TensorMemory.Address<T>(results[9]),
                    ForwardGain = TensorMemory.Address<T>(results[10]),
                    ReverseGain = TensorMemory.Address<T>(results[11]),
                },
                operands.Options);
            GC.KeepAlive(tensors);
        }
    }
}
