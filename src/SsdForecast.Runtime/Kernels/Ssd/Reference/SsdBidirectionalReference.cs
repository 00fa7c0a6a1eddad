namespace SsdForecast.Runtime.Kernels;

/// <summary>The bidirectional operator by its dense mixing matrix, in plain float64: the definition itself, to be tested against.</summary>
public static class SsdBidirectionalReference
{
    /// <summary>The mixing matrix (l, l) of one head of one sequence: y_i = Σ_j M[i, j]·x_j.</summary>
    /// <param name="forward">dt_f, B_f, C_f as inputs of the causal operator; A and dt_bias are shared.</param>
    /// <param name="reverse">dt_r, B_r, C_r, in the same order of time.</param>
    /// <param name="diagonal">δ (b, l, h).</param>
    /// <exception cref="ArgumentException">A size or a length is out of range.</exception>
    public static double[,] MixingMatrix(
        in SsdShape shape, in SsdSpans<double> forward, in SsdSpans<double> reverse, ReadOnlySpan<double> diagonal, int batch, int head,
        SsdKernelOptions? options = null)
    {
        forward.Validate(shape);
        reverse.Validate(shape);
        SpanChecks.Required(diagonal.Length, shape.DtLength, "diagonal (b, l, h)");
        ReferenceSteps before = new(shape, forward, options ?? SsdKernelOptions.Default), after = new(shape, reverse, options ?? SsdKernelOptions.Default);
        int l = shape.Length;
        double[,] matrix = new double[l, l];
        for (int i = 0; i < l; i++)
        {
            matrix[i, i] = diagonal[before[batch, i, head]];
            double decay = 1;
            for (int j = i - 1; j >= 0; j--)
            {
                matrix[i, j] = Score(shape, forward, batch, head, i - 1, j) * decay * before.Gain[before[batch, j, head]];
                decay *= before.Decay[before[batch, j, head]];
            }

            decay = 1;
            for (int j = i + 1; j < l; j++)
            {
                matrix[i, j] = Score(shape, reverse, batch, head, i + 1, j) * decay * after.Gain[after[batch, j, head]];
                decay *= after.Decay[after[batch, j, head]];
            }
        }

        return matrix;
    }

    /// <summary>y (b, l, h, p) by the dense matrices. O(l²).</summary>
    /// <exception cref="ArgumentException">A size or a length is out of range.</exception>
    public static double[] Apply(
        in SsdShape shape, in SsdSpans<double> forward, in SsdSpans<double> reverse, ReadOnlySpan<double> diagonal, SsdKernelOptions? options = null)
    {
        double[] y = new double[shape.XLength];
        for (int batch = 0; batch < shape.Batch; batch++)
        {
            for (int head = 0; head < shape.Heads; head++)
            {
                double[,] matrix = MixingMatrix(shape, forward, reverse, diagonal, batch, head, options);
                for (int i = 0; i < shape.Length; i++)
                {
                    for (int j = 0; j < shape.Length; j++)
                    {
                        for (int p = 0; p < shape.HeadDim; p++)
                            y[Place(shape, batch, i, head) + p] += matrix[i, j] * forward.X[Place(shape, batch, j, head) + p];
                    }
                }
            }
        }

        return y;
    }

    private static int Place(in SsdShape shape, int batch, int step, int head) => ((batch * shape.Length + step) * shape.Heads + head) * shape.HeadDim;

    private static double Score(in SsdShape shape, in SsdSpans<double> inputs, int batch, int head, int query, int key)
    {
        int n = shape.StateSize, group = head / shape.HeadsPerGroup;
        int c = ((batch * shape.Length + query) * shape.Groups + group) * n, b = ((batch * shape.Length + key) * shape.Groups + group) * n;
        double sum = 0;
        for (int i = 0; i < n; i++)
            sum += inputs.C[c + i] * inputs.B[b + i];
        return sum;
    }
}
