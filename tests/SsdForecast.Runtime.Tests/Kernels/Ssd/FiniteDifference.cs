namespace SsdForecast.Runtime.Tests.Kernels.Ssd;

/// <summary>Central differences.</summary>
internal static class FiniteDifference
{
    public static double Of(double[] input, int index, Func<double> loss)
    {
        const double Step = 1e-5;
        double value = input[index];
        input[index] = value + Step;
        double above = loss();
        input[index] = value - Step;
        double below = loss();
        input[index] = value;
        return (above - below) / (2 * Step);
    }
}
