namespace SsdForecast.Runtime.Kernels;

/// <summary>
/// The SSD operator in plain float64 loops, to be read and to be tested against: as a recurrence, as masked attention (the duality), and its gradient
/// by following the recurrence backwards. Slow; the gradient keeps every state.
/// </summary>
public static class SsdReference
{
    /// <summary>Step by step: h = decay·h + gain·x·Bᵀ, y = h·C + D·x. O(l).</summary>
    /// <param name="y">Result (b, l, h, p).</param>
    /// <param name="finalStates">Result (b, h, p, n), or empty.</param>
    /// <exception cref="ArgumentException">A size or a length is out of range.</exception>
    public static void Recurrent(in SsdShape shape, in SsdSpans<double> inputs, Span<double> y, Span<double> finalStates = default, SsdKernelOptions? options = null)
    {
        inputs.Validate(shape);
        int n = shape.StateSize;
        ReferenceSteps steps = new(shape, inputs, options ?? SsdKernelOptions.Default);
        double[] state = new double[n];
        foreach ((int batch, int head, int channel) in Channels(shape))
        {
            int states = ((batch * shape.Heads + head) * shape.HeadDim + channel) * n;
            Start(inputs, states, state);
            for (int t = 0; t < shape.Length; t++)
            {
                int step = steps[batch, t, head], at = step * shape.HeadDim + channel, group = Group(shape, batch, t, head);
                double sum = inputs.D.IsEmpty ? 0 : inputs.D[head] * inputs.X[at];
                for (int i = 0; i < n; i++)
                {
                    state[i] = steps.Decay[step] * state[i] + steps.Gain[step] * inputs.X[at] * inputs.B[group + i];
                    sum += state[i] * inputs.C[group + i];
                }

                y[at] = sum;
            }

            if (!finalStates.IsEmpty)
                state.CopyTo(finalStates[states..]);
        }
    }

    /// <summary>As attention with a decaying mask: y_i = Σ_{j≤i} (C_i·B_j)·Π_{j&lt;k≤i} decay_k·gain_j·x_j, plus what the initial state leaves. O(l²).</summary>
    /// <param name="y">Result (b, l, h, p).</param>
    /// <exception cref="ArgumentException">A size or a length is out of range.</exception>
    public static void Quadratic(in SsdShape shape, in SsdSpans<double> inputs, Span<double> y, SsdKernelOptions? options = null)
    {
        inputs.Validate(shape);
        int n = shape.StateSize;
        ReferenceSteps steps = new(shape, inputs, options ?? SsdKernelOptions.Default);
        double[] state = new double[n];
        foreach ((int batch, int head, int channel) in Channels(shape))
        {
            Start(inputs, ((batch * shape.Heads + head) * shape.HeadDim + channel) * n, state);
            for (int i = 0; i < shape.Length; i++)
            {
                int at = steps[batch, i, head] * shape.HeadDim + channel, query = Group(shape, batch, i, head);
                double sum = inputs.D.IsEmpty ? 0 : inputs.D[head] * inputs.X[at], mask = 1;
                for (int j = i; j >= 0; j--)
                {
                    int step = steps[batch, j, head];
                    sum += Dot(inputs.C.Slice(query, n), inputs.B.Slice(Group(shape, batch, j, head), n)) * mask
                        * steps.Gain[step] * inputs.X[step * shape.HeadDim + channel];
                    mask *= steps.Decay[step];
                }

                y[at] = sum + Dot(inputs.C.Slice(query, n), state) * mask;
            }
        }
    }

    /// <summary>The gradients whose spans are not empty, of Σ y·grad_y + Σ final_states·grad_final_states.</summary>
    /// <exception cref="ArgumentException">A size or a length is out of range.</exception>
    public static void Gradient(in SsdShape shape, in SsdSpans<double> inputs, in SsdGradientSpans<double> gradients, SsdKernelOptions? options = null)
    {
        inputs.Validate(shape);
        gradients.Validate(shape);
        ReferenceSteps steps = new(shape, inputs, options ?? SsdKernelOptions.Default);
        ReferenceGradients sums = new(shape);
        double[] states = new double[(shape.Length + 1) * shape.StateSize], gradient = new double[shape.StateSize];
        foreach ((int batch, int head, int channel) in Channels(shape))
            Gradient(shape, inputs, gradients, steps, sums, states, gradient, batch, head, channel);
        sums.CopyTo(gradients, shape, steps, !inputs.Gain.IsEmpty);
    }

    private static void Gradient(
        in SsdShape shape, in SsdSpans<double> inputs, in SsdGradientSpans<double> gradients, in ReferenceSteps steps, ReferenceGradients sums,
        double[] states, double[] gradient, int batch, int head, int channel)
    {
        int n = shape.StateSize, place = ((batch * shape.Heads + head) * shape.HeadDim + channel) * n;
        double skip = inputs.D.IsEmpty ? 0 : inputs.D[head];
        Start(inputs, place, states.AsSpan(0, n));
        for (int t = 0; t < shape.Length; t++)
        {
            int step = steps[batch, t, head], group = Group(shape, batch, t, head);
            double input = steps.Gain[step] * inputs.X[step * shape.HeadDim + channel];
            for (int i = 0; i < n; i++)
                states[(t + 1) * n + i] = steps.Decay[step] * states[t * n + i] + input * inputs.B[group + i];
        }

        for (int i = 0; i < n; i++)
            gradient[i] = gradients.GradFinalStates.IsEmpty ? 0 : gradients.GradFinalStates[place + i];
        for (int t = shape.Length - 1; t >= 0; t--)
        {
            int step = steps[batch, t, head], at = step * shape.HeadDim + channel, group = Group(shape, batch, t, head);
            double x = inputs.X[at], gradY = gradients.GradY[at], inner = 0, kept = 0;
            for (int i = 0; i < n; i++)
            {
                sums.C[group + i] += gradY * states[(t + 1) * n + i];
                gradient[i] += gradY * inputs.C[group + i];
                inner += gradient[i] * inputs.B[group + i];
                kept += gradient[i] * states[t * n + i];
                sums.B[group + i] += gradient[i] * steps.Gain[step] * x;
                gradient[i] *= steps.Decay[step];
            }

            double log = kept * steps.Decay[step];
            sums.X[at] = steps.Gain[step] * inner + skip * gradY;
            sums.D[head] += gradY * x;
            sums.A[head] += steps.Dt[step] * log;
            sums.Gain[step] += inner * x;
            sums.Dt[step] += inputs.A[head] * log;
        }

        gradient.CopyTo(sums.InitialStates, place);
    }

    private static void Start(in SsdSpans<double> inputs, int place, Span<double> state)
    {
        state.Clear();
        if (!inputs.InitialStates.IsEmpty)
            inputs.InitialStates.Slice(place, state.Length).CopyTo(state);
    }

    private static IEnumerable<(int Batch, int Head, int Channel)> Channels(SsdShape shape) =>
        from batch in Enumerable.Range(0, shape.Batch)
        from head in Enumerable.Range(0, shape.Heads)
        from channel in Enumerable.Range(0, shape.HeadDim)
        select (batch, head, channel);

    private static int Group(in SsdShape shape, int batch, int step, int head) =>
        ((batch * shape.Length + step) * shape.Groups + head / shape.HeadsPerGroup) * shape.StateSize;

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }
}
