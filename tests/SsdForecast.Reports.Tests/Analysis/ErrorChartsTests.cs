using SsdForecast.Data;

namespace SsdForecast.Reports.Tests;

public class ErrorChartsTests
{
    [Fact]
    public void Errors_by_lead_are_those_of_the_evaluation()
    {
        var input = Samples.Backtest();
        var chart = Charts(input).ByLead()!;
        var line = chart.Layers.OfType<LineLayer>().Single(l => l.Name == "SSD");
        Assert.Equal(Evaluation.MaeByLead(input.Models[0].Forecasts), line.Y);
        Assert.Equal(1, line.X[0]);
        Assert.Equal(24, chart.X.Cycle);
        Assert.Equal("kW", chart.Y.Unit);
    }

    [Fact]
    public void Given_errors_by_lead_are_shown_as_given()
    {
        var chart = Charts(Samples.Backtest() with { ErrorsByLead = [new("SSD", [1, 2, 3])], ErrorsByLeadUnit = "MASE" }).ByLead()!;
        Assert.Equal([1.0, 2, 3], chart.Layers.OfType<LineLayer>().Single().Y);
        Assert.Equal("MASE", chart.Y.Unit);
    }

    [Fact]
    public void The_distribution_ends_at_all_windows()
    {
        var chart = Charts(Samples.Backtest(windows: 20)).Distribution()!;
        Assert.All(chart.Layers.OfType<LineLayer>(), l => Assert.Equal(100, l.Y[^1]));
        Assert.All(chart.Layers.OfType<LineLayer>(), l => Assert.Equal(l.X.Order(), l.X));
    }

    [Fact]
    public void Errors_over_time_are_means_of_the_last_origins()
    {
        var input = Samples.Backtest(windows: 10);
        var line = Charts(input).Prequential()!.Layers.OfType<LineLayer>().Single(l => l.Name == "SSD");
        var errors = input.Models[0].Forecasts.Select(f => Metrics.Mae(f.Actual, f.Forecast.Median)).ToList();
        Assert.Equal(errors.Take(3).Average(), line.Y[0], 9);
        Assert.Equal(errors.TakeLast(3).Average(), line.Y[^1], 9);
        Assert.Equal(ChartTime.ToX(input.Models[0].Forecasts[2].Forecast.Times[0]), line.X[0]);
    }

    [Fact]
    public void Residuals_are_actual_less_median()
    {
        var input = Samples.Backtest(windows: 1, horizon: 48);
        var points = Charts(input).Residuals()!.Layers.OfType<PointLayer>().Single();
        var (forecast, actual) = input.Models[0].Forecasts[0];
        Assert.Equal(actual[5] - forecast.Median[5], points.Y[5], 12);
        Assert.Equal(6, points.X[5]);
    }

    [Fact]
    public void One_window_a_series_shows_residuals_by_lead_whatever_its_origin()
    {
        var history = Enumerable.Range(0, 12).Select(i => Samples.Wave($"s{i}", 200 + 7 * i, TimeIndex.Ordinal(200 + 7 * i), i)).ToList();
        var charts = Charts(new ReportInput { Title = "t", History = history, Models = [new("SSD", [.. history.Select(h => Samples.Forecast(h, h.Count - 25, 24))])] });
        Assert.Equal("Lead time", charts.Residuals()!.X.Label);
        Assert.Null(charts.Prequential());
    }

    [Fact]
    public void Too_few_windows_draw_nothing()
    {
        var charts = Charts(Samples.Backtest(windows: 2));
        Assert.Null(charts.Distribution());
        Assert.Null(charts.Prequential());
        Assert.Null(charts.BySeries());
    }

    private static ErrorCharts Charts(ReportInput input) => new(input, new ErrorScale(input));
}
