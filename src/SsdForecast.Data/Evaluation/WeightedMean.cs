namespace SsdForecast.Data;

/// <summary>A running mean of what is a number; NaN while there is nothing to average.</summary>
internal struct WeightedMean
{
    private double _sum;
    private double _weight;

    public readonly double Value => _weight > 0 ? _sum / _weight : double.NaN;

    public void Add(double value, double weight)
    {
        if (!double.IsFinite(value)) return;
        _sum += value * weight;
        _weight += weight;
    }
}
