using SsdForecast.Data;

namespace SsdForecast.Reports.Tests;

public class ActualValuesTests
{
    [Fact]
    public void Forecasts_with_times_are_joined_by_time()
    {
        var series = Samples.Wave("s", 100);
        var forecast = Samples.Forecast(series, 95, 8).Forecast with { Origin = 3 };
        var actual = Assert.Single(ActualValues.Join([forecast], [series])).Actual;
        Assert.Equal(series.Values[96..], actual[..4]);
        Assert.All(actual[4..], a => Assert.True(double.IsNaN(a)));
    }

    [Fact]
    public void Forecasts_without_times_are_joined_by_row()
    {
        var series = Samples.Wave("s", 100, TimeIndex.Ordinal(100));
        Assert.Equal(series.Values[50..60], ActualValues.Join([Samples.Forecast(series, 49, 10).Forecast], [series])[0].Actual);
    }

    [Fact]
    public void An_unknown_series_has_nothing_to_join() =>
        Assert.All(ActualValues.Join([Samples.Forecast(Samples.Wave("a", 50), 20, 5).Forecast], [Samples.Wave("b", 50)])[0].Actual, a => Assert.True(double.IsNaN(a)));
}
