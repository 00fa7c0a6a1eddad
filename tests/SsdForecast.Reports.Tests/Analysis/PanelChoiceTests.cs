using SsdForecast.Data;

namespace SsdForecast.Reports.Tests;

public class PanelChoiceTests
{
    [Fact]
    public void The_median_the_smallest_and_the_largest_error_are_chosen()
    {
        var (choices, panels) = Choose(Samples.Backtest(windows: 9));
        var errors = panels.Select(p => p.Error).Order().ToList();
        Assert.Equal([errors[4], errors[0], errors[8]], choices.Select(c => c.Panel.Error));
        Assert.Contains("of 9 windows", choices[0].Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_of_several_series_are_compared_in_units_of_their_naive_error()
    {
        var (choices, _) = Choose(Samples.Backtest(series: 3));
        Assert.All(choices, c => Assert.Contains("times the naive error", c.Why, StringComparison.Ordinal));
        // Series differ in size a hundredfold and more; in raw units the smallest series would always be best.
        Assert.InRange(choices[2].Panel.Error / choices[1].Panel.Error, 1, 5);
    }

    [Fact]
    public void A_window_that_is_hardly_observed_is_not_judged()
    {
        var input = Samples.Backtest(windows: 5);
        Array.Fill(input.Models[0].Forecasts[2].Actual, double.NaN, 1, 23);
        var (choices, _) = Choose(input);
        Assert.Contains("of 4 windows", choices[0].Why, StringComparison.Ordinal);
    }

    [Fact]
    public void One_step_forecasts_are_drawn_as_stretches()
    {
        var series = Samples.Wave("s", 700);
        var (choices, panels) = Choose(new ReportInput { Title = "t", History = [series], Models = [new("m", [.. Enumerable.Range(200, 480).Select(o => Samples.Forecast(series, o, 1))])] });
        Assert.Equal(5, panels.Count);
        Assert.All(panels, p => Assert.True(p.IsStretch));
        Assert.Equal(96, choices[0].Panel.X.Length);
        Assert.Equal(24, choices[0].Panel.HistoryX.Length);
    }

    [Fact]
    public void The_lookback_ends_at_the_origin()
    {
        var series = Samples.Wave("s", 200);
        var panel = new PanelBuilder(new ReportInput { Title = "t", History = [series], Models = [], Lookback = 10 }, new ErrorScale(new ReportInput { Title = "t", Models = [] }))
            .Build([Samples.Forecast(series, 99, 12)])[0];
        Assert.Equal(ChartTime.ToX(series.Index[99]), panel.OriginX);
        Assert.Equal(10, panel.HistoryX.Length);
        Assert.Equal(series.Values[90], panel.HistoryY[0]);
        Assert.Equal(ChartTime.ToX(series.Index[100]), panel.X[0]);
    }

    private static (IReadOnlyList<PanelChoice> Choices, IReadOnlyList<ForecastPanel> Panels) Choose(ReportInput input)
    {
        var scale = new ErrorScale(input);
        var panels = new PanelBuilder(input, scale).Build(input.Models[0].Forecasts);
        return (PanelChoice.Choose(panels, scale, input.Unit), panels);
    }
}
