using System.Numerics;
using SsdForecast.Runtime.Kernels;
using SsdForecast.Torch.Ssd;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Blocks;

/// <summary><c>SiLU(conv(x))</c> by the fused CPU kernel as a custom autograd function; inputs outside the sequence are 0.</summary>
internal static class ConvFunction
{
    /// <summary>Outputs <c>(b, l, channels)</c>.</summary>
    /// <param name="input"><c>(b, l, channels)</c>, rows evenly apart.</param>
    /// <param name="weight"><c>(channels, 1, width)</c>.</param>
    /// <param name="bias"><c>(channels)</c>.</param>
    /// <param name="lookAhead">Taps after the present.</param>
    public static Tensor Run(Tensor input, Tensor weight, Tensor bias, long lookAhead)
    {
        var shape = new ConvShape((int)input.shape[0], (int)input.shape[1], (int)input.shape[2], (int)weight.shape[2], (int)lookAhead);
        return Function.apply(FusedRows.Even(input), weight.contiguous(), bias.contiguous(), shape);
    }

    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        public override string Name => "ConvSilu";

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (x, weight, bias, shape) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (ConvShape)vars[3]);
            var y = empty(x.shape, dtype: x.dtype);
            if (x.dtype == ScalarType.Float64) Forward<double>(shape, x, weight, bias, y);
            else Forward<float>(shape, x, weight, bias, y);
            ctx.save_for_backward([x, weight, bias]);
            ctx.save_data(nameof(ConvShape), shape);
            return y;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            var saved = ctx.get_saved_variables();
            var (x, weight, bias, shape) = (saved[0], saved[1], saved[2], (ConvShape)ctx.get_data(nameof(ConvShape)));
            using var gradY = grad_output.contiguous();
            var (dx, dWeight, dBias) = (empty(x.shape, dtype: x.dtype), empty_like(weight), empty_like(bias));
            if (x.dtype == ScalarType.Float64) Backward<double>(shape, x, weight, bias, gradY, dx, dWeight, dBias);
            else Backward<float>(shape, x, weight, bias, gradY, dx, dWeight, dBias);
            return [dx, dWeight, dBias, null!];
        }

        private static unsafe ConvInputs<T> Memory<T>(Tensor x, Tensor weight, Tensor bias)
            where T : unmanaged => new()
            {
                X = TensorMemory.Address<T>(x),
                RowStride = FusedRows.Stride(x)!.Value,
                Weight = TensorMemory.Address<T>(weight),
                Bias = TensorMemory.Address<T>(bias),
            };

        private static unsafe void Forward<T>(in ConvShape shape, Tensor x, Tensor weight, Tensor bias, Tensor y)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            ConvKernels.Forward(shape, Memory<T>(x, weight, bias), TensorMemory.Address<T>(y));
            GC.KeepAlive((x, weight, bias));
        }

        private static unsafe void Backward<T>(
            in ConvShape shape, Tensor x, Tensor weight, Tensor bias, Tensor gradY, Tensor dx, Tensor dWeight, Tensor dBias)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var gradients = new ConvGradients<T>
            {
                GradY = TensorMemory.Address<T>(gradY),
                X = TensorMemory.Address<T>(dx),
                Weight = TensorMemory.Address<T>(dWeight),
                Bias = TensorMemory.Address<T>(dBias),
            };
            ConvKernels.Backward(shape, Memory<T>(x, weight, bias), gradients);
            GC.KeepAlive((x, weight, bias));
        }
    }
}
