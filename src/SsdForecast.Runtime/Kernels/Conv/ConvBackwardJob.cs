using System.Numerics;

namespace SsdForecast.Runtime.Kernels;

/// <summary>The gradients of a convolution, whatever the vector width.</summary>
internal abstract class ConvBackwardJob<T> : UnitJob, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Sums the shares of taps and bias, after all units.</summary>
    public abstract void Finish();

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <inheritdoc/>
internal sealed unsafe class ConvBackwardJob<S, T, V>(ConvShape shape, ConvInputs<T> inputs, ConvGradients<T> gradients) : ConvBackwardJob<T>
    where S : ISimd<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
{
    private readonly PaddedRows<T> rows = new(shape.Channels, S.Width);
    private readonly ConvTile<T> tile = new(shape, inputs, new PaddedRows<T>(shape.Channels, S.Width));
    private readonly PartialSums<T> sums = new(
        new ConvTile<T>(shape, inputs, default).Units, (shape.Width + 1) * new PaddedRows<T>(shape.Channels, S.Width).Padded);

    public override int Units => tile.Units;

    public override nuint WorkspaceBytes => (nuint)(((5 * shape.Width) + (2 * ConvTile<T>.Steps) + 1) * (long)rows.Padded * sizeof(T)) + 8 * Arena.Alignment;

    public override void Run(int unit, byte* workspace)
    {
        var arena = new Arena(workspace);
        int row = rows.Padded, reach = shape.Width - 1;
        T* taps = arena.Take<T>((shape.Width + 1) * row);
        // Gradients of the sums are needed where an input of the tile has a part: reach positions more; and inputs around those, reach more again.
        T* slopes = arena.Take<T>((ConvTile<T>.Steps + reach) * row);
        T* x = arena.Take<T>((ConvTile<T>.Steps + 2 * reach) * row);
        T* buffer = arena.Take<T>(row);
        tile.GatherTaps(taps);
        T* share = sums.Share(unit);
        new Span<T>(share, (shape.Width + 1) * row).Clear();
        var (batch, start, end) = tile.Unit(unit);
        for (int t = start; t < end; t += ConvTile<T>.Steps)
        {
            int count = Math.Min(ConvTile<T>.Steps, end - t);
            tile.Gather(batch, t - reach, count + 2 * reach, x);
            FillSlopes(batch, t - shape.LookAhead, count + reach, x, taps, slopes, buffer);
            WriteInputs(batch, t, count, slopes, taps, buffer);
            AddTaps(count, slopes + shape.LookAhead * row, x + shape.LookAhead * row, share);
        }
    }

    public override void Finish()
    {
        for (int channel = 0; channel < shape.Channels; channel++)
        {
            for (int k = 0; k < shape.Width; k++)
                gradients.Weight[channel * shape.Width + k] = sums.Sum(k * rows.Padded + channel);
            gradients.Bias[channel] = sums.Sum(shape.Width * rows.Padded + channel);
        }
    }

    public override void Dispose() => sums.Dispose();

    /// <summary>grad_y · SiLU'(sum) of the positions from <paramref name="first"/> on, zeros outside the sequence; x starts at first − look-back.</summary>
    private void FillSlopes(int batch, int first, int count, T* x, T* taps, T* slopes, T* buffer)
    {
        int row = rows.Padded;
        for (int i = 0; i < count; i++, slopes += row, x += row)
        {
            int t = first + i;
            if (t < 0 || t >= shape.Length)
            {
                new Span<T>(slopes, row).Clear();
                continue;
            }

            T* grad = rows.Read(gradients.GradY + (batch * (nint)shape.Length + t) * shape.Channels, buffer);
            for (int j = 0; j < row; j += S.Width)
            {
                _ = Silu<S, T, V>.Of(ConvForwardJob<S, T, V>.Sum(x + j, taps + j, row, shape.Width), out V slope);
                S.Store(slopes + j, S.Multiply(S.Load(grad + j), slope));
            }
        }
    }

    /// <summary>dx_s = Σ_k w_k·slope_{s−k+back}; slopes start at the tile's start − look-ahead = s − (width − 1) + back.</summary>
    private void WriteInputs(int batch, int start, int count, T* slopes, T* taps, T* buffer)
    {
        int row = rows.Padded, last = shape.Width - 1;
        for (int i = 0; i < count; i++)
        {
            T* to = gradients.X + (batch * (nint)shape.Length + start + i) * shape.Channels, result = rows.Write(to, buffer);
            for (int j = 0; j < row; j += S.Width)
            {
                V sum = S.Zero;
                for (int k = 0; k <= last; k++)
                    sum = S.MultiplyAdd(S.Load(slopes + (i + last - k) * row + j), S.Load(taps + k * row + j), sum);
                S.Store(result + j, sum);
            }

            rows.Finish(buffer, to);
        }
    }

    /// <summary>dw_k += Σ_t slope_t·x_{t+k−back}, dbias += Σ_t slope_t; x starts at the tile's start − look-back.</summary>
    private void AddTaps(int count, T* slopes, T* x, T* share)
    {
        int row = rows.Padded;
        for (int j = 0; j < row; j += S.Width)
        {
            V bias = S.Zero;
            for (int i = 0; i < count; i++)
                bias = S.Add(bias, S.Load(slopes + i * row + j));
            Add(share + shape.Width * row + j, bias);
            int k = 0;
            for (; k + 4 <= shape.Width; k += 4)
            {
                V a = S.Zero, b = S.Zero, c = S.Zero, d = S.Zero;
                T* input = x + k * row + j;
                for (int i = 0; i < count; i++, input += row)
                {
                    V slope = S.Load(slopes + i * row + j);
                    a = S.MultiplyAdd(slope, S.Load(input), a);
                    b = S.MultiplyAdd(slope, S.Load(input + row), b);
                    c = S.MultiplyAdd(slope, S.Load(input + 2 * row), c);
                    d = S.MultiplyAdd(slope, S.Load(input + 3 * row), d);
                }

                Add(share + k * row + j, a);
                Add(share + (k + 1) * row + j, b);
                Add(share + (k + 2) * row + j, c);
                Add(share + (k + 3) * row + j, d);
            }

            for (; k < shape.Width; k++)
            {
                V sum = S.Zero;
                for (int i = 0; i < count; i++)
                    sum = S.MultiplyAdd(S.Load(slopes + i * row + j), S.Load(x + (i + k) * row + j), sum);
                Add(share + k * row + j, sum);
            }
        }
    }

    private static void Add(T* to, V value) => S.Store(to, S.Add(S.Load(to), value));
}
