using static TorchSharp.torch;

namespace SsdForecast.Torch.Blocks;

/// <summary>Tensors <c>(…, features)</c> as rows in memory, for kernels: views with rows apart are taken as they lie.</summary>
internal static class FusedRows
{
    /// <summary>Whether kernels compute in this tensor's dtype and on its device, with parameters of the same dtype.</summary>
    public static bool Applies(Tensor input, Tensor parameter)
        => input.device.type == TorchSharp.DeviceType.CPU
            && input.dtype is ScalarType.Float32 or ScalarType.Float64
            && parameter.dtype == input.dtype
            && input.numel() > 0;

    /// <summary>The tensor, or a contiguous copy where its rows do not lie evenly apart.</summary>
    public static Tensor Even(Tensor t) => Stride(t) is null ? t.contiguous() : t;

    /// <summary>Elements from one row to the next; null where that is not one number.</summary>
    public static long? Stride(Tensor t)
    {
        var (shape, strides) = (t.shape, t.stride());
        var last = shape.Length - 1;
        if (shape[last] > 1 && strides[last] != 1) return null;
        long? row = null;
        var rows = 1L;
        for (var i = last - 1; i >= 0; i--)
        {
            // The stride of a dimension of length 1 says nothing.
            if (shape[i] == 1) continue;
            if (row is null) row = strides[i] / rows;
            if (strides[i] != row * rows) return null;
            rows *= shape[i];
        }
        row ??= shape[last];
        return row >= shape[last] ? row : null;
    }
}
