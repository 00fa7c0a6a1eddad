namespace SsdForecast.Data;

/// <summary>Centres and scales values: <c>scaled = (raw − mean) / std</c>.</summary>
/// <param name="Mean">The mean of the training rows.</param>
/// <param name="Std">Their population standard deviation (ddof 0); 1 for constant values.</param>
public readonly record struct Scaler(double Mean, double Std)
{
    /// <summary>Changes nothing.</summary>
    public static Scaler Identity => new(0, 1);

    /// <summary>Fits mean and population standard deviation on the values that are not NaN.</summary>
    /// <param name="values">Training rows only. Constant values give a standard deviation of 1; no value at all gives <see cref="Identity"/>.</param>
    public static Scaler Fit(ReadOnlySpan<double> values)
    {
        double sum = 0, min = double.PositiveInfinity, max = double.NegativeInfinity;
        long count = 0;
        foreach (var v in values)
        {
            if (double.IsNaN(v)) continue;
            sum += v;
            count++;
            min = Math.Min(min, v);
            max = Math.Max(max, v);
        }

        if (count == 0) return Identity;
        // Compared exactly: the mean of equal values may be rounded away from them, which leaves a tiny spurious deviation.
        if (min == max) return new Scaler(min, 1);
        var mean = sum / count;
        double squares = 0, rest = 0;
        foreach (var v in values)
        {
            if (double.IsNaN(v)) continue;
            squares += (v - mean) * (v - mean);
            rest += v - mean;
        }

        var std = Math.Sqrt(Math.Max(0, squares - (rest * rest / count)) / count);
        return new Scaler(mean, std > 0 && double.IsFinite(std) ? std : 1);
    }

    /// <summary>Raw to scaled; NaN stays NaN.</summary>
    public double Scale(double raw) => (raw - Mean) / Std;

    /// <summary>Scaled to raw; NaN stays NaN.</summary>
    public double Unscale(double scaled) => Mean + (Std * scaled);
}
