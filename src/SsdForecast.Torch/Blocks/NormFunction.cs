using System.Numerics;
using SsdForecast.Runtime.Kernels;
using SsdForecast.Torch.Ssd;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Blocks;

/// <summary>The gated root-mean-square norm by the fused CPU kernel as a custom autograd function.</summary>
internal static class NormFunction
{
    /// <summary>Outputs of the shape of <paramref name="input"/>.</summary>
    /// <param name="input">Values <c>(…, features)</c>.</param>
    /// <param name="gate">Gate of the same shape, or null.</param>
    /// <param name="weight"><c>(features)</c>.</param>
    /// <param name="groups">Groups of the features.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="normBeforeGate">Which comes first.</param>
    public static Tensor Run(Tensor input, Tensor? gate, Tensor weight, long groups, double epsilon, bool normBeforeGate)
    {
        var features = input.shape[^1];
        var shape = new NormShape(input.numel() / features, (int)features, (int)groups, epsilon, normBeforeGate);
        return Function.apply(FusedRows.Even(input), gate is null ? null! : FusedRows.Even(gate), weight.contiguous(), shape);
    }

    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        public override string Name => "GatedRmsNorm";

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (x, z, weight, shape) = ((Tensor)vars[0], vars[1] as Tensor, (Tensor)vars[2], (NormShape)vars[3]);
            var y = empty(x.shape, dtype: x.dtype);
            if (x.dtype == ScalarType.Float64) Forward<double>(shape, x, z, weight, y);
            else Forward<float>(shape, x, z, weight, y);
            ctx.save_for_backward([x, z!, weight]);
            ctx.save_data(nameof(NormShape), shape);
            return y;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            var saved = ctx.get_saved_variables();
            var (x, z, weight, shape) = (saved[0], (Tensor?)saved[1], saved[2], (NormShape)ctx.get_data(nameof(NormShape)));
            using var gradY = grad_output.contiguous();
            var (dx, dWeight) = (empty(x.shape, dtype: x.dtype), empty_like(weight));
            var dz = z is null ? null : empty(z.shape, dtype: z.dtype);
            if (x.dtype == ScalarType.Float64) Backward<double>(shape, x, z, weight, gradY, dx, dz, dWeight);
            else Backward<float>(shape, x, z, weight, gradY, dx, dz, dWeight);
            return [dx, dz!, dWeight, null!];
        }

        private static unsafe NormInputs<T> Memory<T>(Tensor x, Tensor? z, Tensor weight)
            where T : unmanaged => new()
            {
                X = TensorMemory.Address<T>(x),
                XStride = FusedRows.Stride(x)!.Value,
                Z = TensorMemory.Address<T>(z),
                ZStride = z is null ? 0 : FusedRows.Stride(z)!.Value,
                Weight = TensorMemory.Address<T>(weight),
            };

        private static unsafe void Forward<T>(in NormShape shape, Tensor x, Tensor? z, Tensor weight, Tensor y)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            NormKernels.Forward(shape, Memory<T>(x, z, weight), TensorMemory.Address<T>(y));
            GC.KeepAlive((x, z, weight));
        }

        private static unsafe void Backward<T>(
            in NormShape shape, Tensor x, Tensor? z, Tensor weight, Tensor gradY, Tensor dx, Tensor? dz, Tensor dWeight)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var gradients = new NormGradients<T>
            {
                GradY = TensorMemory.Address<T>(gradY),
                X = TensorMemory.Address<T>(dx),
                Z = TensorMemory.Address<T>(dz),
                Weight = TensorMemory.Address<T>(dWeight),
            };
            NormKernels.Backward(shape, Memory<T>(x, z, weight), gradients);
            GC.KeepAlive((x, z, weight));
        }
    }
}
