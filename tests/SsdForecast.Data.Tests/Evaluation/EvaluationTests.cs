namespace SsdForecast.Data.Tests;

public class EvaluationTests
{
    private static ForecastVersusActual Item(string id, double[,] values, double[] actual) =>
        new(new Forecast(id, 0, [], [0.1, 0.5, 0.9], values), actual);

    [Fact]
    public void Every_observed_lead_time_counts_the_same()
    {
        var row = Evaluation.Evaluate(
            "m",
            [
                Item("a", new double[,] { { 0, 1, 2 }, { 0, 1, 2 } }, [1.5, 3]),
                Item("b", new double[,] { { 0, 2, 4 }, { 0, 2, 4 } }, [5, double.NaN]),
                Item("c", new double[,] { { 0, 2, 4 }, { 0, 2, 4 } }, [double.NaN, double.NaN]),
            ],
            id => id == "a" ? 2 : 10);
        Assert.Equal("m", row.Model);
        Assert.Equal((0.5 + 2 + 3) / 3, row.Mae, 12);
        Assert.Equal((0.25 + 4 + 9) / 3, row.Mse, 12);
        Assert.Equal(((0.5 / 2) + (2.0 / 2) + (3.0 / 10)) / 3, row.Mase, 12);
        Assert.Equal(1.0 / 3, row.Coverage, 12);
        Assert.Equal(0.8, row.CoverageLevel);
        // Twice the mean pinball: 1.5 → .15 .25 .05; 3 → .3 1 .9; 5 → .5 1.5 .9.
        Assert.Equal(2 * (0.45 + 2.2 + 2.9) / 9, row.Crps, 12);
    }

    [Fact]
    public void A_series_that_cannot_be_scaled_is_left_out_of_the_MASE_alone()
    {
        var row = Evaluation.Evaluate("m", [Item("a", new double[,] { { 0, 1, 2 } }, [2]), Item("b", new double[,] { { 0, 1, 2 } }, [4])], id => id == "a" ? 1 : double.NaN);
        Assert.Equal(1, row.Mase);
        Assert.Equal(1, row.UnscaledSeries);
        Assert.Equal(2, row.Mae);
        var none = Evaluation.Evaluate("m", [Item("a", new double[,] { { 0, 1, 2 } }, [2])], _ => 0);
        Assert.Equal((double.NaN, 1), (none.Mase, none.UnscaledSeries));
        Assert.StartsWith("The MASE leaves out 1 series", MaseNote.Of([none, row]), StringComparison.Ordinal);
        Assert.StartsWith("The MASE is undefined", MaseNote.Of([none]), StringComparison.Ordinal);
        Assert.Null(MaseNote.Of([new MetricRow { Model = "m" }]));
        Assert.Null(MaseNote.Of([]));
        // Where there are none, a model folder says nothing of it, so that older versions read it.
        Assert.DoesNotContain("Unscaled", System.Text.Json.JsonSerializer.Serialize(new MetricRow { Model = "m" }), StringComparison.Ordinal);
        Assert.Contains("\"UnscaledSeries\":1", System.Text.Json.JsonSerializer.Serialize(row with { Mase = 1 }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_point_model_has_no_coverage()
    {
        var row = Evaluation.Evaluate("m", [new(new Forecast("a", 0, [], [0.5], new double[,] { { 1 } }), [2])], _ => 1);
        Assert.True(double.IsNaN(row.Coverage));
        Assert.True(double.IsNaN(row.CoverageLevel));
        Assert.Equal(row.Mae, row.Crps);
    }

    [Fact]
    public void Errors_by_lead_time()
    {
        ForecastVersusActual[] items =
        [
            Item("a", new double[,] { { 0, 1, 2 }, { 0, 1, 2 } }, [2, 4]),
            Item("b", new double[,] { { 0, 1, 2 }, { 0, 1, 2 }, { 0, 1, 2 } }, [4, double.NaN, double.NaN]),
        ];
        Assert.Equal([2, 3, double.NaN], Evaluation.MaeByLead(items));
        Assert.Equal([1.25, 1.5, double.NaN], Evaluation.MaeByLead(items, id => id == "a" ? 2 : 1.5));
    }

    [Fact]
    public void Differing_levels_are_refused() =>
        Assert.Throws<ArgumentException>(() => Evaluation.Evaluate("m", [Item("a", new double[1, 3], [1]), new(new Forecast("a", 0, [], [0.5], new double[1, 1]), [1])], _ => 1));
}
