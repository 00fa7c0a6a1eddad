using static TorchSharp.torch;

namespace SsdForecast.Torch.Cuda;

/// <summary>A linear map and its gradients outside of autograd's graph: by <see cref="Cublas"/>, or by torch where it is not found. All tensors are dense and of one dtype.</summary>
internal static class Products
{
    /// <summary><c>x · weightᵀ</c>: <c>(…, in)</c> → <c>(…, out)</c>.</summary>
    /// <param name="x">Inputs.</param>
    /// <param name="weight"><c>(out, in)</c>.</param>
    public static Tensor Linear(Tensor x, Tensor weight)
    {
        if (!Cublas.IsAvailable) return nn.functional.linear(x, weight);
        var (rows, inputs, outputs) = Sizes(x, weight, 1);
        var y = empty([.. x.shape[..^1], outputs], dtype: x.dtype, device: x.device);
        Cublas.Multiply(x, false, weight, true, y, (rows, outputs, inputs));
        return y;
    }

    /// <summary>The gradient of the inputs, <c>gradient · weight</c>: <c>(…, out)</c> → <c>(…, in)</c>.</summary>
    /// <param name="gradient">That of the outputs.</param>
    /// <param name="weight"><c>(out, in)</c>.</param>
    public static Tensor OfInput(Tensor gradient, Tensor weight)
    {
        if (!Cublas.IsAvailable) return matmul(gradient, weight);
        var (rows, outputs, inputs) = Sizes(gradient, weight, 0);
        var result = empty([.. gradient.shape[..^1], inputs], dtype: gradient.dtype, device: gradient.device);
        Cublas.Multiply(gradient, false, weight, false, result, (rows, inputs, outputs));
        return result;
    }

    /// <summary>Adds <see cref="OfInput"/> to a gradient that is there.</summary>
    public static void AddOfInput(Tensor to, Tensor gradient, Tensor weight)
    {
        var (rows, outputs, inputs) = Sizes(gradient, weight, 0);
        if (Cublas.IsAvailable) Cublas.Multiply(gradient, false, weight, false, to, (rows, inputs, outputs), keep: 1);
        else to.view(rows, inputs).addmm_(gradient.view(rows, outputs), weight);
    }

    /// <summary>The gradient of the weight: of all rows the output's gradient times the input, <c>(out, in)</c>.</summary>
    /// <param name="gradient">That of the outputs, <c>(…, out)</c>.</param>
    /// <param name="x">Inputs, <c>(…, in)</c>.</param>
    public static Tensor OfWeight(Tensor gradient, Tensor x)
    {
        var (outputs, inputs) = (gradient.shape[^1], x.shape[^1]);
        var rows = gradient.numel() / outputs;
        if (!Cublas.IsAvailable) return mm(gradient.view(rows, outputs).t(), x.view(rows, inputs));
        var result = empty([outputs, inputs], dtype: x.dtype, device: x.device);
        Cublas.Multiply(gradient, true, x, false, result, (outputs, inputs, rows));
        return result;
    }

    /// <summary>Rows of a tensor, its columns, and the other side of a weight.</summary>
    private static (long Rows, long Columns, long Others) Sizes(Tensor t, Tensor weight, int columns)
    {
        var shape = weight.shape;
        return (t.numel() / shape[columns], shape[columns], shape[1 - columns]);
    }
}
