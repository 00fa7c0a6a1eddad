using System.Xml.Linq;
using SsdForecast.Data;

namespace SsdForecast.Reports.Tests;

public class ForecastReportTests
{
    private static readonly XNamespace Html = "http://www.w3.org/1999/xhtml";

    [Fact]
    public void A_backtest_fills_every_section()
    {
        var page = Parse(Samples.Backtest(series: 3));
        var headings = page.Descendants(Html + "h2").Select(h => h.Value).ToList();
        Assert.StartsWith("A typical window: ", headings[0], StringComparison.Ordinal);
        Assert.StartsWith("The best window: ", headings[1], StringComparison.Ordinal);
        Assert.StartsWith("The worst window: ", headings[2], StringComparison.Ordinal);
        foreach (var heading in new[] { "Error by lead time", "Accuracy", "Error by series", "Do the quantiles mean what they say?", "How errors are spread", "Error as time went on", "What the model missed", "Data", "Model", "How to repeat this" })
            Assert.Contains(heading, headings);
    }

    [Fact]
    public void A_series_that_nothing_can_be_scaled_by_is_said_to_be_left_out()
    {
        var input = Samples.Backtest(series: 2);
        Series Flat(Series s) => new(s.Id, s.Index, [.. s.Values.Select(_ => 0.1)]);
        string Notes(ReportInput of) => string.Concat(Parse(of).Descendants(Html + "p").Where(p => p.Attribute("class")?.Value == "note").Select(p => p.Value));
        Assert.DoesNotContain("scale by", Notes(input), StringComparison.Ordinal);
        Assert.Contains("The MASE leaves out 1 series", Notes(input with { History = [input.History[0], Flat(input.History[1])] }), StringComparison.Ordinal);
        Assert.Contains("The MASE is undefined", Notes(input with { History = [.. input.History.Select(Flat)] }), StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_is_self_contained()
    {
        var text = ForecastReport.Render(Samples.Backtest());
        Assert.StartsWith("<!DOCTYPE html>\n<html", text, StringComparison.Ordinal);
        var bare = text.Replace("http://www.w3.org/1999/xhtml", "", StringComparison.Ordinal).Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal);
        Assert.DoesNotContain("http:", bare, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("https:", bare, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<script", bare, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@import", bare, StringComparison.OrdinalIgnoreCase);
        var page = XElement.Parse(text["<!DOCTYPE html>\n".Length..]);
        Assert.All(page.DescendantsAndSelf().Attributes(), a => Assert.DoesNotContain(a.Name.LocalName, new[] { "src", "href", "onload", "onclick", "style" }));
        Layouts.AssertReadable(bare);
    }

    [Fact]
    public void What_is_for_a_narrow_screen_is_not_for_paper()
    {
        var css = Parse(Samples.Backtest()).Descendants(Html + "style").Single().Value;
        Assert.Contains("@media screen and (max-width", css, StringComparison.Ordinal);
        Assert.DoesNotContain("@media (max-width", css, StringComparison.Ordinal);
        Assert.Contains("figure { margin: 0; break-inside: avoid; }", css, StringComparison.Ordinal);
    }

    [Fact]
    public void On_paper_nothing_is_torn_from_its_heading_and_the_end_from_what_it_ends()
    {
        var css = Parse(Samples.Backtest()).Descendants(Html + "style").Single().Value;
        var print = css[css.IndexOf("@media print", StringComparison.Ordinal)..];
        foreach (var rule in new[] { "section:has(table), tr, dl, pre, .pair div { break-inside: avoid; }", "h2, .note { break-after: avoid; }", "break-before: avoid; }" })
            Assert.Contains(rule, print, StringComparison.Ordinal);
        // The header and the three windows fit on a page of letter paper at these sizes.
        foreach (var rule in new[] { "@page { margin: 12mm 14mm; }", "section:not(.pair) figure svg { width: 90%; }" }) Assert.Contains(rule, print, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chart_by_lead_time_is_drawn_in_raw_units_where_nothing_can_be_scaled()
    {
        var input = Samples.Backtest() with { ErrorsByLead = [new("SSD", [double.NaN, double.NaN])], ErrorsByLeadUnit = "times the naive error" };
        Assert.Contains("Mean absolute error, kW", ForecastReport.Render(input), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MS", "until Dec 2013", "From 1 Sep 2013")]
    [InlineData("D", "until Thu 3 Oct 2013", "From 30 Sep 2013")]
    [InlineData("h", "until Tue 1 Oct 2013 02:00", "From 30 Sep 2013 23:00")]
    public void A_forecast_without_history_begins_a_step_before_its_first_time(string step, string until, string from)
    {
        DateTime[] times = [.. Enumerable.Range(0, 3).Select(h => Frequency.Parse(step).Add(new DateTime(2013, 10, 1), h))];
        var forecast = new Forecast("a", 99, times, [0.5], new double[,] { { 1 }, { 2 }, { 3 } });
        var page = ForecastReport.Render(new ReportInput { Title = "t", Models = [new("m", [new(forecast, [double.NaN, double.NaN, double.NaN])])] });
        Assert.Contains(until, page, StringComparison.Ordinal);
        Assert.Contains(from + "<", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_are_unique_over_all_pictures()
    {
        var ids = Parse(Samples.Backtest(series: 2)).Descendants().Select(e => e.Attribute("id")?.Value).OfType<string>().ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public void Every_figure_has_a_layout_for_a_phone()
    {
        foreach (var figure in Parse(Samples.Backtest()).Descendants(Html + "figure"))
        {
            var widths = figure.Elements(Html + "div").ToDictionary(d => d.Attribute("class")!.Value.Split(' ')[^1], d => double.Parse(d.Elements().Single().Attribute("width")!.Value));
            Assert.Equal(358, widths["narrow"]);
            Assert.True(widths["wide"] > 358);
        }
    }

    [Fact]
    public void The_best_of_each_column_is_marked()
    {
        var rows = Parse(Samples.Backtest()).Descendants(Html + "tbody").Single().Elements(Html + "tr").ToList();
        Assert.Equal(3, rows.Count);
        Assert.Contains(rows[0].Elements(Html + "td"), c => c.Attribute("class")?.Value == "best");
        for (var column = 1; column < rows[0].Elements().Count(); column++)
            Assert.Contains(rows, r => r.Elements().ElementAt(column).Attribute("class")?.Value.Contains("best", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void The_headline_says_who_is_better_and_by_how_much()
    {
        var better = Lede(Samples.Backtest());
        Assert.Contains("SSD forecasts with a MASE of", better, StringComparison.Ordinal);
        Assert.Contains("less error than seasonal naive", better, StringComparison.Ordinal);
        var input = Samples.Backtest();
        var worse = Lede(input with { Models = [input.Models[2] with { Model = "SSD" }, input.Models[0] with { Model = "seasonal naive" }] });
        Assert.Contains("more error than seasonal naive", worse, StringComparison.Ordinal);
        var bad = Lede(input with { Models = [input.Models[1] with { Model = "SSD" }, input.Models[0] with { Model = "seasonal naive" }] });
        Assert.Contains("2.0 times the error of seasonal naive", bad, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_metrics_are_shown_as_given()
    {
        var rows = new[] { new MetricRow { Model = "SSD", Mase = 0.5, Smape = 3, Crps = 1, Mae = 2, Mse = 4, Coverage = double.NaN, CoverageLevel = double.NaN }, new MetricRow { Model = "other", Mase = 1, Smape = 2, Crps = 1, Mae = 2, Mse = 4, Coverage = double.NaN, CoverageLevel = double.NaN } };
        var lede = Lede(Samples.Backtest() with { Metrics = rows });
        Assert.Contains("MASE of 0.500", lede, StringComparison.Ordinal);
        Assert.Contains("50\u00A0% less error than other", lede, StringComparison.Ordinal);
    }

    [Fact]
    public void A_forecast_of_the_future_shows_the_fan_and_no_errors()
    {
        var history = Samples.Wave("load", 300);
        var page = Parse(new ReportInput { Title = "Future", History = [history], Models = [new("SSD", [Samples.Forecast(history, 299, 48)])] });
        Assert.Equal(["Forecast", "Data"], page.Descendants(Html + "h2").Select(h => h.Value));
        Assert.Contains("48 steps (2 days) ahead for one series", page.Value, StringComparison.Ordinal);
        Assert.Empty(page.Descendants(Html + "table"));
    }

    [Fact]
    public void Many_futures_show_the_first_six_and_say_so()
    {
        var history = Enumerable.Range(0, 40).Select(i => Samples.Wave($"s{i}", 100, TimeIndex.Ordinal(100), i)).ToList();
        var page = Parse(new ReportInput { Title = "Futures", History = history, Models = [new("SSD", [.. history.Select(h => Samples.Forecast(h, 99, 24))])] });
        Assert.Equal(6, page.Descendants(Html + "figure").Count());
        Assert.Contains("the first 6 of 40", page.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Series_without_times_are_drawn_by_row()
    {
        var history = Samples.Wave("H1", 748, TimeIndex.Ordinal(748));
        var chart = ForecastReport.Charts(new ReportInput { Title = "M4", History = [history], Models = [new("SSD", [Samples.Forecast(history, 699, 48)])] })[0].Value;
        Assert.Equal(AxisKind.Number, chart.X.Kind);
        Assert.Equal("Row", chart.X.Label);
    }

    [Fact]
    public void Events_at_irregular_times_are_drawn_at_their_times()
    {
        var random = new Random(3);
        var time = new DateTime(2024, 1, 1);
        var times = Enumerable.Range(0, 300).Select(_ => time = time.AddMinutes(1 + random.Next(200))).ToArray();
        var history = Samples.Wave("events", 300, TimeIndex.Irregular(times));
        var input = new ReportInput { Title = "Stream", History = [history], Models = [new("SSD", [.. Enumerable.Range(100, 199).Select(o => Samples.Forecast(history, o, 1))])] };
        var chart = ForecastReport.Charts(input)[0].Value;
        Assert.Equal(AxisKind.Time, chart.X.Kind);
        var line = chart.Layers.OfType<LineLayer>().Single(l => l.Name == "forecast, one step ahead");
        Assert.Contains(line.X[0], times.Select(ChartTime.ToX));
        Assert.NotNull(Parse(input));
    }

    [Fact]
    public void Point_forecasts_have_no_fan_and_no_coverage()
    {
        var page = Parse(Samples.Backtest(levels: [0.5]));
        Assert.DoesNotContain("interval", page.Value, StringComparison.Ordinal);
        Assert.DoesNotContain("Coverage of", page.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_history_there_is_still_a_report()
    {
        var page = Parse(Samples.Backtest() with { History = [] });
        Assert.Contains("A typical window", page.Value, StringComparison.Ordinal);
        Assert.Contains("mean absolute error", page.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Four_hundred_series_stay_a_small_page()
    {
        var text = ForecastReport.Render(Samples.Backtest(series: 414, windows: 1));
        Assert.True(text.Length < 1_000_000, $"{text.Length} characters");
    }

    [Fact]
    public void Hostile_names_stay_text()
    {
        const string hostile = "</style></svg><script>alert(1)</script><img src=x onerror=alert(1)>\" ' & ]]> \u0000\u001b\u202e\uD800 =cmd|";
        var input = Samples.Backtest(series: 2, name: i => hostile + i) with
        {
            Title = hostile,
            Quantity = hostile,
            Unit = hostile,
            Warnings = [hostile],
            Commands = [hostile],
            Data = [new(hostile, hostile)],
            ModelCard = [new(hostile, hostile)],
        };
        input = input with { Models = [input.Models[0] with { Model = hostile }, .. input.Models.Skip(1)] };
        var page = Parse(input);
        Assert.DoesNotContain(page.Descendants(), e => e.Name.LocalName is "script" or "img");
        Assert.Single(page.Descendants(Html + "style"));
        Assert.Contains("<script>alert(1)</script>", page.Value, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202e', page.Value);
    }

    [Fact]
    public void Missing_actual_values_are_left_out()
    {
        var input = Samples.Backtest();
        foreach (var (_, actual) in input.Models[0].Forecasts.Take(4)) Array.Fill(actual, double.NaN, 0, 20);
        Layouts.AssertReadable(ForecastReport.Render(input));
    }

    [Fact]
    public void Equal_input_gives_equal_text() => Assert.Equal(ForecastReport.Render(Samples.Backtest()), ForecastReport.Render(Samples.Backtest()));

    [Fact]
    public void Parts_that_do_not_fit_are_refused_with_their_place()
    {
        var input = Samples.Backtest();
        var bad = input.Models[0].Forecasts[3] with { Actual = [1, 2] };
        var error = Assert.Throws<ArgumentException>(() => ForecastReport.Render(input with { Models = [new("SSD", [bad])] }));
        Assert.Contains("series “series 0”, origin 311", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ForecastReport.Render(input with { Models = [] }));
        Assert.Throws<ArgumentException>(() => ForecastReport.Render(input with { Season = 0 }));
    }

    [Fact]
    public void A_model_without_forecasts_gives_a_page_that_says_so() =>
        Assert.Contains("has made no forecast", Parse(new ReportInput { Title = "None", Models = [new("SSD", [])] }).Value, StringComparison.Ordinal);

    [Fact]
    public void Pictures_are_written_by_name()
    {
        if (!PngRenderer.IsAvailable) return;
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var files = ForecastReport.WritePngs(Samples.Backtest(), folder.FullName, scale: 1);
            Assert.Contains(Path.Combine(folder.FullName, "forecast-1.png"), files);
            Assert.Equal(files.Order(), Directory.GetFiles(folder.FullName).Order());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Lede(ReportInput input) => Parse(input).Descendants(Html + "p").First(p => p.Attribute("class")?.Value == "lede").Value;

    private static XElement Parse(ReportInput input) => XElement.Parse(ForecastReport.Render(input)["<!DOCTYPE html>\n".Length..]);
}
