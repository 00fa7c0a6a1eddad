using System.Numerics;

namespace SsdForecast.Runtime.Kernels;

/// <summary>The outputs of a convolution.</summary>
internal sealed unsafe class ConvForwardJob<S, T, V>(ConvShape shape, ConvInputs<T> inputs, T* y) : UnitJob
    where S : ISimd<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
{
    private readonly PaddedRows<T> rows = new(shape.Channels, S.Width);
    private readonly ConvTile<T> tile = new(shape, inputs, new PaddedRows<T>(shape.Channels, S.Width));

    public override int Units => tile.Units;

    public override nuint WorkspaceBytes => (nuint)(((2 * shape.Width) + ConvTile<T>.Steps + 1) * (long)rows.Padded * sizeof(T)) + 8 * Arena.Alignment;

    public override void Run(int unit, byte* workspace)
    {
        var arena = new Arena(workspace);
        int row = rows.Padded;
        T* taps = arena.Take<T>((shape.Width + 1) * row);
        T* x = arena.Take<T>((ConvTile<T>.Steps + shape.Width - 1) * row);
        T* buffer = arena.Take<T>(row);
        tile.GatherTaps(taps);
        var (batch, start, end) = tile.Unit(unit);
        for (int t = start; t < end; t += ConvTile<T>.Steps)
        {
            int count = Math.Min(ConvTile<T>.Steps, end - t);
            tile.Gather(batch, t - shape.LookBack, count + shape.Width - 1, x);
            for (int i = 0; i < count; i++)
            {
                T* to = y + (batch * (nint)shape.Length + t + i) * shape.Channels, result = rows.Write(to, buffer);
                for (int j = 0; j < row; j += S.Width)
                    S.Store(result + j, Silu<S, T, V>.Of(Sum(x + i * row + j, taps + j, row, shape.Width), out _));
                rows.Finish(buffer, to);
            }
        }
    }

    /// <summary>Bias and taps on the rows from <paramref name="x"/> on; the bias stands after the taps.</summary>
    internal static V Sum(T* x, T* taps, int row, int width)
    {
        V sum = S.Load(taps + width * row);
        for (int k = 0; k < width; k++, x += row, taps += row)
            sum = S.MultiplyAdd(S.Load(x), S.Load(taps), sum);
        return sum;
    }
}
