using System.Text;

namespace SsdForecast.Cli.Tests.Fitting;

/// <summary>Bad data: one line that names the place, exit code 1, and nothing left behind.</summary>
public class BadInputTests
{
    [Theory]
    [InlineData("date,load\n2024-01-01,1\n2024-01-02,2\n", "column 'price'", "--target", "price")]
    [InlineData("date,load\n2024-01-01,1\n2024-01-02,abc\n2024-01-03,3\n", "data.csv:3, column 'load': 'abc' is not a number", "--target", "load")]
    [InlineData("", "data.csv", "--target", "load")]
    [InlineData("date,load\n", "data.csv:1", "--target", "load")]
    [InlineData("date,load\n2024-01-01,1\n", "data.csv:2: the file has one row", "--target", "load")]
    [InlineData("date,load\n2024-01-01,\n2024-01-02,\n2024-01-03,NA\n", "column 'load': all values are missing", "--target", "load")]
    [InlineData("date,load\n2024-01-01,1\n2024-01-02,2\n2024-01-03,3\n2024-01-04,4\n", "a horizon of 6 rows does not fit", "--target", "load")]
    [InlineData("date,load\n2024-01-01,1\n2024-01-01,2\n2024-01-02,3\n", "data.csv:3", "--duplicates", "refuse")]
    [InlineData("date,load\n2024-13-41,1\n2024-01-02,2\n", "data.csv:2, column 'date'", "--target", "load")]
    [InlineData("date,load,x\n2024-01-01,1,2\n2024-01-02,3\n", "data.csv:3", "--target", "load")]
    public void Bad_data_is_one_line_with_its_place_and_leaves_nothing(string csv, string problem, params string[] options)
    {
        using var folder = new TemporaryFolder();
        var data = folder.Write("data.csv", csv);
        var line = Cli.Fails(1, ["fit", data, "--out", folder["model"], "--horizon", "6", "--quiet", .. TinyFit.Options, .. options]);
        Assert.Contains(problem, line, StringComparison.Ordinal);
        Assert.Equal(["data.csv"], folder.Names);
    }

    [Fact]
    public void Two_frequencies_are_told_with_the_row_of_the_change()
    {
        var csv = new StringBuilder("date,load\n");
        for (var t = 0; t < 40; t++) csv.Append($"{SmallData.Time(t)},{t}\n");
        for (var t = 0; t < 40; t++) csv.Append($"{new DateTime(2024, 2, 1).AddDays(t):yyyy-MM-dd},{t}\n");
        using var folder = new TemporaryFolder();
        var data = folder.Write("data.csv", csv.ToString());
        var line = Cli.Fails(1, ["fit", data, "--out", folder["model"], "--horizon", "6", .. TinyFit.Options]);
        Assert.Contains("two frequencies", line, StringComparison.Ordinal);
        Assert.Matches(@"data\.csv:4[0-9]", line);
        Assert.Equal(["data.csv"], folder.Names);
    }

    [Fact]
    public void A_constant_series_is_warned_of_and_forecast_as_constant()
    {
        var csv = new StringBuilder("date,load\n");
        for (var t = 0; t < 200; t++) csv.Append($"{SmallData.Time(t)},7\n");
        using var folder = new TemporaryFolder();
        var data = folder.Write("data.csv", csv.ToString());
        var result = TinyFit.Fit(data, folder["model"]);
        Assert.Equal(0, result.Code);
        Assert.Contains("warning: constant series", result.Error, StringComparison.Ordinal);
        Cli.Good("forecast", folder["model"], data, "--out", folder["f.csv"]);
        Assert.All(File.ReadLines(folder["f.csv"]).Skip(1), l => Assert.Equal(7, double.Parse(l.Split(',')[5], System.Globalization.CultureInfo.InvariantCulture), 2));
    }

    [Fact]
    public void A_known_covariate_that_is_not_in_the_file_is_told()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Write("data.csv", SmallData.Hourly());
        Assert.Contains("'wind'", Cli.Fails(1, ["fit", data, "--out", folder["model"], "--horizon", "6", "--target", "load", "--known", "wind"]), StringComparison.Ordinal);
        Assert.Equal(["data.csv"], folder.Names);
    }
}
