namespace SsdForecast.Runtime.Kernels;

/// <summary>dt as used, its slope, the decay and the weight of the input of each step, (b, l, h), in plain float64.</summary>
internal readonly struct ReferenceSteps
{
    private readonly int length, heads;

    public ReferenceSteps(in SsdShape shape, in SsdSpans<double> inputs, SsdKernelOptions options)
    {
        length = shape.Length;
        heads = shape.Heads;
        Dt = new double[shape.DtLength];
        Slope = new double[shape.DtLength];
        Decay = new double[shape.DtLength];
        Gain = new double[shape.DtLength];
        for (int i = 0; i < Dt.Length; i++)
        {
            int token = i / heads, head = i % heads;
            double value = inputs.Dt[i] + (inputs.DtBias.IsEmpty ? 0 : inputs.DtBias[head]), slope = 1;
            if (options.DtSoftplus && value <= 20)
            {
                slope = 1 / (1 + Math.Exp(-value));
                value = Math.Max(value, 0) + double.LogP1(Math.Exp(-Math.Abs(value)));
            }

            if (value < options.DtLimitLow || value > options.DtLimitHigh)
                slope = 0;
            double elapsed = inputs.Elapsed.IsEmpty ? 1 : inputs.Elapsed[token];
            Dt[i] = Math.Clamp(value, options.DtLimitLow, options.DtLimitHigh) * elapsed;
            Slope[i] = slope * elapsed;
            Gain[i] = inputs.Gain.IsEmpty ? Dt[i] : inputs.Gain[i];
            bool reset = !inputs.SeqIdx.IsEmpty && token % length > 0 && inputs.SeqIdx[token] != inputs.SeqIdx[token - 1];
            Decay[i] = reset ? 0 : Math.Exp(Math.Min(Dt[i] * inputs.A[head], 0));
        }
    }

    public double[] Dt { get; }

    public double[] Slope { get; }

    public double[] Decay { get; }

    public double[] Gain { get; }

    /// <summary>Place of (batch, step, head).</summary>
    public int this[int batch, int step, int head] => ((batch * length) + step) * heads + head;
}
