using System.Numerics;

namespace SsdForecast.Runtime.Kernels;

/// <summary>
/// From dt as it is given to dt as it is used, <c>clamp(softplus(dt + dt_bias), limits) · elapsed</c>, with its slope, and to the decay
/// <c>exp(dt·A)</c> of a step, for the steps of a segment of one head. Steps past the end get dt = 0 and so decay 1: they leave no trace.
/// </summary>
internal static unsafe class TimeSteps<S, T, V>
    where S : ISimd<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
{
    /// <summary>Fills <paramref name="dt"/>, <paramref name="decay"/> and, unless null, <paramref name="slope"/> (d dt used / d dt given), each (padded).</summary>
    /// <param name="count">Steps that exist, from <paramref name="start"/> on.</param>
    /// <param name="padded">Steps to fill, a multiple of 16.</param>
    public static void Fill(
        in SsdInputs<T> inputs, in SsdShape shape, SsdPass pass, SsdKernelOptions options, int batch, int head, int start, int count, int padded,
        T* dt, T* decay, T* slope)
    {
        nint first = pass.Row(batch, start), sign = pass.Sign, stride = sign * shape.Heads;
        T bias = inputs.DtBias == null ? T.Zero : inputs.DtBias[head];
        T* given = inputs.Dt + first * shape.Heads + head;
        for (int i = 0; i < count; i++)
            dt[i] = given[i * stride] + bias;
        for (int i = count; i < padded; i++)
            dt[i] = T.Zero;

        Limit(options, padded, dt, slope);
        if (inputs.Elapsed != null)
        {
            for (int i = 0; i < count; i++)
            {
                dt[i] *= inputs.Elapsed[first + i * sign];
                if (slope != null)
                    slope[i] *= inputs.Elapsed[first + i * sign];
            }
        }

        for (int i = count; i < padded; i++)
        {
            dt[i] = T.Zero;
            if (slope != null)
                slope[i] = T.Zero;
        }

        V rate = S.Broadcast(inputs.A[head]);
        for (int i = 0; i < padded; i += S.Width)
            S.Store(decay + i, Exponential<S, T, V>.OfNonPositive(S.Min(S.Multiply(S.Load(dt + i), rate), S.Zero)));

        if (inputs.SeqIdx != null)
        {
            int* sequence = inputs.SeqIdx + first;
            for (int i = start == 0 ? 1 : 0; i < count; i++)
            {
                if (sequence[i * sign] != sequence[(i - 1) * sign])
                    decay[i] = T.Zero;
            }
        }
    }

    /// <summary>
    /// The weights of the input terms, (padded): <paramref name="dt"/> itself where no gain is given, else the gain, copied to <paramref name="gain"/>
    /// (which may be <paramref name="dt"/>), zero past the end.
    /// </summary>
    public static T* Gain(in SsdInputs<T> inputs, in SsdShape shape, SsdPass pass, int batch, int head, int start, int count, int padded, T* dt, T* gain)
    {
        if (inputs.Gain == null)
            return dt;
        nint stride = pass.Sign * (nint)shape.Heads;
        T* given = inputs.Gain + pass.Row(batch, start) * shape.Heads + head;
        for (int i = 0; i < count; i++)
            gain[i] = given[i * stride];
        for (int i = count; i < padded; i++)
            gain[i] = T.Zero;
        return gain;
    }

    private static void Limit(SsdKernelOptions options, int padded, T* dt, T* slope)
    {
        V low = S.Broadcast(T.CreateSaturating(options.DtLimitLow)), high = S.Broadcast(T.CreateSaturating(options.DtLimitHigh));
        V one = S.Broadcast(T.One);
        for (int i = 0; i < padded; i += S.Width)
        {
            V value = S.Load(dt + i), derivative = one;
            if (options.DtSoftplus)
                value = Softplus<S, T, V>.Of(value, out derivative);
            S.Store(dt + i, S.Min(S.Max(value, low), high));
            if (slope != null)
                S.Store(slope + i, S.IfGreater(low, value, S.Zero, S.IfGreater(value, high, S.Zero, derivative)));
        }
    }
}
