using SsdForecast.Data;
using SsdForecast.Tests;

namespace SsdForecast.Cli.Tests.Commands;

/// <summary>Fit, forecast, report and stream in a row, with no flag beyond column names and horizon, on files of every form.</summary>
public class EndToEndTests
{
    [Theory]
    [Trait("speed", "slow")]
    [InlineData("illness/national_illness.csv")]
    [InlineData("exchange_rate/exchange_rate.csv", "--target", "OT")]
    [InlineData("epf/NP.csv", "--target", "OT", "--known", "Grid load forecast,Wind power forecast")]
    [InlineData("nab/TravelTime_387.csv")]
    [InlineData("nab/ec2_network_in_257a54.csv")]
    public void Public_data_goes_the_whole_way(string file, params string[] columns)
    {
        if (!SharedData.TryGet("datasets/" + file, out var data)) return;
        GoesTheWholeWay(data, columns);
    }

    [Fact]
    public void A_series_a_line_goes_the_whole_way()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(3);
        var rows = Enumerable.Range(1, 4).Select(s => $"\"H{s}\"," + string.Join(',', Enumerable.Range(0, 60 + (20 * s)).Select(t => $"\"{100 + (int)(20 * Math.Sin(t / 4.0)) + random.Next(3)}\"")) + new string(',', 80 - (20 * s)));
        GoesTheWholeWay(folder.Write("rows.csv", string.Join(',', Enumerable.Range(1, 141).Select(v => $"\"V{v}\"")) + "\n" + string.Join('\n', rows) + "\n"), []);
    }

    [Fact]
    public void Irregular_events_go_the_whole_way()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(4);
        var time = new DateTime(2024, 1, 1);
        var rows = Enumerable.Range(0, 200).Select(t => $"{(time = time.AddSeconds(random.Next(10, 9000))):yyyy-MM-dd HH:mm:ss},{t % 7 + random.NextDouble():F3}");
        GoesTheWholeWay(folder.Write("events.csv", "when,depth\n" + string.Join('\n', rows) + "\n"), ["--time", "when"]);
    }

    [Fact]
    public void A_gzipped_file_of_quoted_epochs_and_semicolons_goes_the_whole_way()
    {
        using var folder = new TemporaryFolder();
        var rows = Enumerable.Range(0, 200).Select(t => $"\"{1_700_000_000 + (600 * t)}\";\"{Math.Sin(t / 5.0):F4}\"");
        using (var file = File.Create(folder["epochs.csv.gz"]))
        using (var gzip = new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionLevel.Fastest))
        using (var writer = new StreamWriter(gzip)) writer.Write("time;y\n" + string.Join('\n', rows) + "\n");
        GoesTheWholeWay(folder["epochs.csv.gz"], [], streams: false);
    }

    private static void GoesTheWholeWay(string data, string[] columns, bool streams = true)
    {
        using var folder = new TemporaryFolder();
        var fitted = TinyFit.Fit(data, folder["model"], [.. columns]);
        Assert.True(fitted.Code == 0, fitted.Error);
        Cli.Good("forecast", folder["model"], data, "--out", folder["f.csv"]);
        var forecasts = ForecastCsv.Read(folder["f.csv"]);
        Assert.All(forecasts, f => Assert.All(f.Forecast.Values.Cast<double>(), v => Assert.True(double.IsFinite(v))));
        Cli.Good("report", folder["model"], "--data", data, "--out", folder["r.html"], "--windows", "2");
        if (!streams) return;
        var streamed = Cli.Run("stream", folder["model"], "--input", data);
        Assert.True(streamed.Code == 0, streamed.Error);
        var last = streamed.Lines[^1].Split(',');

        // The last event's forecast is the batch forecast, unless known covariates ended there.
        if (columns.Contains("--known")) return;
        var batch = forecasts[^1].Forecast;
        Assert.Equal(batch.Median[0], double.Parse(last[5], System.Globalization.CultureInfo.InvariantCulture), Math.Abs(batch.Median[0]) * 1e-4);
    }
}
