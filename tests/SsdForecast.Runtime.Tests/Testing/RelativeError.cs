namespace SsdForecast.Runtime.Tests;

/// <summary>The measure of agreement: <c>norm(a − b) / norm(b)</c>.</summary>
public static class RelativeError
{
    public static double Of(IEnumerable<double> a, IEnumerable<double> b)
    {
        double difference = 0, norm = 0;
        foreach (var (x, y) in a.Zip(b))
        {
            difference += (x - y) * (x - y);
            norm += y * y;
        }

        // Nothing where nothing is wanted is right: the gradients of step sizes of a sequence of two positions may be zero to the last bit.
        return difference == 0 ? 0 : Math.Sqrt(difference / norm);
    }

    public static double Of(IEnumerable<float> a, IEnumerable<float> b) => Of(a.Select(x => (double)x), b.Select(x => (double)x));
}
