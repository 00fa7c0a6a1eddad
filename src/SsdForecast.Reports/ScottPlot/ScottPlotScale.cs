namespace SsdForecast.Reports;

/// <summary>Coordinates of a chart as ScottPlot has them, and back: times are OLE automation dates, logarithmic axes decimal logarithms, and row 0 of a matrix is its highest.</summary>
internal sealed class ScottPlotScale(Chart chart)
{
    private const double OleDateOfUnixEpoch = 25_569;
    private const double SecondsADay = 86_400;
    private readonly int? _rows = chart.Layers.OfType<HeatmapLayer>().FirstOrDefault()?.Values.GetLength(0);

    public double ToX(double x) => chart.X switch
    {
        { Kind: AxisKind.Time } => x / SecondsADay + OleDateOfUnixEpoch,
        { Log: true } => Math.Log10(x),
        _ => x,
    };

    public double FromX(double x) => chart.X switch
    {
        { Kind: AxisKind.Time } => (x - OleDateOfUnixEpoch) * SecondsADay,
        { Log: true } => Math.Pow(10, x),
        _ => x,
    };

    public double ToY(double y) => _rows is { } rows ? rows - 1 - y : chart.Y.Log ? Math.Log10(y) : y;

    public double FromY(double y) => _rows is { } rows ? rows - 1 - y : chart.Y.Log ? Math.Pow(10, y) : y;
}
