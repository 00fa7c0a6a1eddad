namespace SsdForecast.Runtime.Kernels;

/// <summary>Sums of the reference gradient; that of dt is still with respect to dt as used.</summary>
internal sealed class ReferenceGradients(SsdShape shape)
{
    public double[] X { get; } = new double[shape.XLength];

    public double[] Dt { get; } = new double[shape.DtLength];

    public double[] Gain { get; } = new double[shape.DtLength];

    public double[] A { get; } = new double[shape.Heads];

    public double[] B { get; } = new double[shape.BCLength];

    public double[] C { get; } = new double[shape.BCLength];

    public double[] D { get; } = new double[shape.Heads];

    public double[] InitialStates { get; } = new double[shape.StatesLength];

    /// <summary>Copies what is wanted, dt through its slope; where no gain was given it is dt, and so is its gradient.</summary>
    public void CopyTo(in SsdGradientSpans<double> gradients, in SsdShape shape, in ReferenceSteps steps, bool hasGain)
    {
        double[] bias = new double[shape.Heads];
        for (int i = 0; i < Dt.Length; i++)
        {
            if (!hasGain)
                Dt[i] += Gain[i];
            Dt[i] *= steps.Slope[i];
            bias[i % shape.Heads] += Dt[i];
        }

        Copy(X, gradients.X);
        Copy(Dt, gradients.Dt);
        if (hasGain)
            Copy(Gain, gradients.Gain);
        Copy(A, gradients.A);
        Copy(B, gradients.B);
        Copy(C, gradients.C);
        Copy(D, gradients.D);
        Copy(bias, gradients.DtBias);
        Copy(InitialStates, gradients.InitialStates);
    }

    private static void Copy(double[] sum, Span<double> destination)
    {
        if (!destination.IsEmpty)
            sum.CopyTo(destination);
    }
}
