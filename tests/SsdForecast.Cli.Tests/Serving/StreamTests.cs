using System.Globalization;
using System.Text.Json;
using SsdForecast.Data;

namespace SsdForecast.Cli.Tests.Serving;

public class StreamTests(TinyModel model) : IClassFixture<TinyModel>
{
    [Fact]
    public void A_forecast_follows_every_event_and_agrees_with_batch()
    {
        using var folder = new TemporaryFolder();
        var result = Cli.RunWithInput(File.ReadAllText(model.Data), "stream", model.Folder, "--all-leads");
        Assert.True(result.Code == 0, result.Error);
        Assert.Matches(@"^300 events of 1 series, 0 rejected, [0-9,]+ events/s; one step ahead: MASE [0-9.]+, coverage [0-9.]+ % of 80\.0 %", result.Error);

        // The stream's output has the form of a file of forecasts.
        var streamed = ForecastCsv.Read(folder.Write("s.csv", result.Output)).ToDictionary(f => f.Forecast.Origin, f => f.Forecast);
        Assert.Equal(300, streamed.Count);
        Cli.Good("backtest", model.Folder, model.Data, "--out", folder["b.csv"]);
        foreach (var batch in ForecastCsv.Read(folder["b.csv"]).Select(f => f.Forecast))
        {
            Assert.Equal(batch.Times, streamed[batch.Origin].Times);
            for (var h = 0; h < batch.Horizon; h++)
                for (var q = 0; q < batch.Levels.Count; q++)
                    Assert.InRange(Math.Abs(streamed[batch.Origin].Values[h, q] - batch.Values[h, q]) / Math.Abs(batch.Values[h, q]), 0, 1e-4);
        }
    }

    [Fact]
    public void Int8_weights_say_what_they_cost_and_forecast_nearly_the_same()
    {
        var events = File.ReadAllText(model.Data);
        var result = Cli.RunWithInput(events, "stream", model.Folder, "--weights", "int8");
        Assert.True(result.Code == 0, result.Error);
        Assert.Matches(@"int8 weights: at 95 of 100 of 2000 made-up events forecasts differ from float32 by less than [0-9.E-]+ of the window's standard deviation; bound [0-9.E-]+", result.Error);
        using var folder = new TemporaryFolder();
        Forecast[] Read(string name, string output) => [.. ForecastCsv.Read(folder.Write(name, output)).Select(f => f.Forecast)];
        var (rounded, exact) = (Read("int8.csv", result.Output), Read("float32.csv", Cli.RunWithInput(events, "stream", model.Folder).Output));
        Assert.Equal(exact.Length, rounded.Length);
        Assert.NotEqual(exact.Select(f => f.Values[0, 0]), rounded.Select(f => f.Values[0, 0]));
        foreach (var (a, b) in rounded.Zip(exact)) Assert.InRange(Math.Abs(a.Values[0, 0] - b.Values[0, 0]) / Math.Abs(b.Values[0, 0]), 0, 0.05);
        Assert.Contains("--weights", Cli.Run("stream", model.Folder, "--weights", "int4").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stream_that_was_saved_goes_on_as_if_it_had_not_stopped()
    {
        using var folder = new TemporaryFolder();
        var lines = File.ReadAllLines(model.Data);
        string Part(int from, int to) => string.Join('\n', lines[..1].Concat(lines[from..to])) + "\n";
        string Run(string input) => Cli.RunWithInput(input, "stream", model.Folder, "--state", folder["state"]).Output;

        var whole = Cli.RunWithInput(Part(1, 301), "stream", model.Folder).Output.Split('\n');
        var first = Run(Part(1, 118)).Split('\n');
        var second = Run(Part(118, 301)).Split('\n');
        Assert.Equal(whole, first[..^1].Concat(second[1..]));
    }

    [Fact]
    public void A_bad_line_is_named_counted_and_skipped_and_leaves_the_state_as_it_was()
    {
        var lines = File.ReadAllLines(model.Data)[..60].ToList();
        var good = Cli.RunWithInput(string.Join('\n', lines), "stream", model.Folder);
        lines.Insert(40, "yesterday,1");
        lines.Insert(41, $"{SmallData.Time(60)},abc");
        lines.Insert(42, $"{SmallData.Time(60)},1,2");
        lines.Insert(43, lines[20]);
        lines.Insert(44, "\"unclosed,1");
        lines.Insert(45, $"{SmallData.Time(60)},1e300");
        var bad = Cli.RunWithInput(string.Join('\n', lines), "stream", model.Folder);
        Assert.Equal(0, bad.Code);
        Assert.Equal(good.Output, bad.Output);
        foreach (var (line, problem) in new[] { (41, "'yesterday' is not a time"), (42, "column 'load': 'abc' is not a number"), (43, "3 cells"), (44, "not after"), (45, "quote"), (46, "standard deviations") })
            Assert.Contains(bad.Error.Split('\n'), l => l.StartsWith($"ssdf: stdin:{line}: ", StringComparison.Ordinal) && l.Contains(problem, StringComparison.Ordinal) && l.EndsWith("; skipped", StringComparison.Ordinal));
        Assert.Contains("59 events of 1 series, 6 rejected", bad.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_lines_give_the_same_forecasts_as_csv()
    {
        var csv = Cli.RunWithInput(File.ReadAllText(model.Data), "stream", model.Folder).Lines.Skip(1).ToArray();
        var events = File.ReadLines(model.Data).Skip(1).Select(l => l.Split(',')).Select(c => $$"""{"ds": "{{c[0]}}", "load": {{c[1]}}}""");
        var json = Cli.RunWithInput(string.Join('\n', events), "stream", model.Folder, "--format", "jsonl").Lines;
        Assert.Equal(csv.Length, json.Length);
        for (var i = 0; i < csv.Length; i++)
        {
            using var line = JsonDocument.Parse(json[i]);
            Assert.Equal(double.Parse(csv[i].Split(',')[5], CultureInfo.InvariantCulture), line.RootElement.GetProperty("median").GetDouble());
            Assert.Equal(csv[i].Split(',')[2], line.RootElement.GetProperty("ds").GetString());
        }
    }

    [Fact]
    public void A_missing_value_is_an_event_and_a_skipped_step_counts_as_one()
    {
        var lines = File.ReadAllLines(model.Data)[..50];
        var missing = lines.ToArray();
        missing[30] = missing[30].Split(',')[0] + ",";
        var skipped = lines.Where((_, i) => i != 30);
        var a = Cli.RunWithInput(string.Join('\n', missing), "stream", model.Folder).Lines;
        var b = Cli.RunWithInput(string.Join('\n', skipped), "stream", model.Folder).Lines;
        Assert.Equal(a[^1], b[^1]);
        Assert.Equal(a.Length, b.Length + 1);
    }

    [Theory]
    [InlineData("d/M/yyyy HH:mm", "day_first")]
    [InlineData("M/d/yyyy HH:mm", "month_first")]
    public void Events_take_the_order_of_day_and_month_that_the_training_file_showed(string pattern, string order)
    {
        using var folder = new TemporaryFolder();
        string[] Write(string form) => [.. File.ReadLines(model.Data).Skip(1).Select(l => l.Split(',')).Select(c => $"{DateTime.Parse(c[0], CultureInfo.InvariantCulture).AddDays(24).ToString(form, CultureInfo.InvariantCulture)},{c[1]}")];
        var rows = Write(pattern);
        var data = folder.Write("load.csv", "date,load\n" + string.Join('\n', rows) + "\n");
        Assert.Equal(0, TinyFit.Fit(data, folder["model"]).Code);
        Assert.Contains(order, File.ReadAllText(folder["model/preprocessor.json"]), StringComparison.Ordinal);

        // From 1 February on no event shows which is which; alone they would be refused, or read the other way.
        var from = Array.FindIndex(Write("yyyy-MM-dd"), r => r.StartsWith("2024-02-01", StringComparison.Ordinal));
        CliResult Stream(IEnumerable<string> lines) => Cli.RunWithInput("date,load\n" + string.Join('\n', lines), "stream", folder["model"]);
        var streamed = Stream(rows[from..]);
        Assert.True(streamed.Code == 0, streamed.Error);
        Assert.Contains(" 0 rejected", streamed.Error, StringComparison.Ordinal);
        Assert.Equal("2024-02-01 01:00:00", streamed.Lines[1].Split(',')[2]);

        // Dates that leave no doubt are read as ever, and so is a file to forecast from.
        Assert.Equal(streamed.Output, Stream(Write("yyyy-MM-dd HH:mm")[from..]).Output);
        Cli.Good("forecast", folder["model"], folder.Write("late.csv", "date,load\n" + string.Join('\n', rows[from..]) + "\n"), "--out", folder["f.csv"]);
        Assert.StartsWith(ForecastCsv.Read(folder["f.csv"])[0].Forecast.Times[0].ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), streamed.Lines[^1].Split(',')[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_that_are_not_there_are_told_before_any_event()
    {
        var result = Cli.RunWithInput("when,what\n2024-01-01,1\n", "stream", model.Folder);
        Assert.Equal(1, result.Code);
        Assert.Contains("ssdf: stdin:1: no column 'date' (times) among 'when', 'what'", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_judged_is_said_to_be_one_step_ahead_also_where_no_MASE_is_known()
    {
        var few = Cli.RunWithInput(string.Join('\n', File.ReadAllLines(model.Data)[..12]), "stream", model.Folder);
        Assert.Matches(@"events/s; one step ahead: coverage [0-9.]+ % of 80\.0 %", few.Error);
    }

    [Fact]
    public void Standard_names_are_taken_too()
    {
        var standard = File.ReadAllText(model.Data).Replace("date,load", "ds,y", StringComparison.Ordinal);
        Assert.Equal(Cli.RunWithInput(File.ReadAllText(model.Data), "stream", model.Folder).Output, Cli.RunWithInput(standard, "stream", model.Folder).Output);
    }

    [Fact]
    public void A_state_of_another_model_is_refused_and_kept()
    {
        using var folder = new TemporaryFolder();
        var state = folder.Write("state", "not a state");
        Assert.Contains("state", Cli.Fails(1, "stream", model.Folder, "--state", state), StringComparison.Ordinal);
        Assert.Equal("not a state", File.ReadAllText(state));
    }

    [Fact]
    public void Known_covariates_come_ahead_by_rows_arrays_or_a_file()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Write("shops.csv", SmallData.Long());
        Assert.Equal(0, TinyFit.Fit(data, folder["model"], "--id", "shop", "--time", "day", "--target", "sales", "--known", "price").Code);

        // A replay of the file knows what comes; rows sent ahead say the same.
        var file = Cli.Run("stream", folder["model"], "--input", data);
        Assert.True(file.Code == 0, file.Error);
        var rows = File.ReadAllLines(data);
        var ahead = rows.Skip(1).Select(r => r.Split(',')).Select(c => $"{c[0]},{c[1]},,{c[3]},");
        var announced = Cli.RunWithInput(string.Join('\n', [rows[0], .. ahead, .. rows.Skip(1)]), "stream", folder["model"]);
        Assert.Equal(file.Output, announced.Output);
        Assert.Equal(480, file.Lines.Length - 1);

        // Times beside the grid are as of their steps here too, those of rows ahead as well, and in a stream that goes on.
        var beside = rows.Select((r, i) => i % 240 % 7 == 4 ? r.Replace(":00,", i % 2 == 0 ? ":20," : ":29,", StringComparison.Ordinal) : r).ToArray();
        Assert.Equal(file.Output, Cli.Run("stream", folder["model"], "--input", folder.Write("beside.csv", string.Join('\n', beside))).Output);
        Assert.Equal(file.Output, Cli.RunWithInput(string.Join('\n', [rows[0], .. ahead, .. beside[1..]]), "stream", folder["model"]).Output);
        string GoneOn(string[] lines, string name)
        {
            Cli.Run("stream", folder["model"], "--state", folder[name], "--input", folder.Write("first.csv", string.Join('\n', lines[..117])));
            return Cli.Run("stream", folder["model"], "--state", folder[name], "--input", folder.Write("all.csv", string.Join('\n', lines))).Output;
        }

        Assert.Equal(GoneOn(rows, "exact"), GoneOn(beside, "moved"));

        // Without them the forecast is another, and a warning says so once.
        var blind = Cli.RunWithInput(File.ReadAllText(data), "stream", folder["model"]);
        Assert.NotEqual(file.Output, blind.Output);
        Assert.Single(blind.Error.Split('\n'), l => l.StartsWith("warning: known covariates ('price')", StringComparison.Ordinal));

        var prices = rows.Skip(1).Take(240).Select(r => r.Split(',')[3]).ToArray();
        var json = Enumerable.Range(0, 100).Select(t => $$"""{"shop": "north", "day": "{{SmallData.Time(t)}}", "sales": {{rows[t + 1].Split(',')[2]}}, "price": [{{string.Join(',', prices[(t + 1)..(t + 7)])}}]}""");
        var arrays = Cli.RunWithInput(string.Join('\n', json), "stream", folder["model"], "--format", "jsonl", "--output-format", "csv");
        Assert.Equal(file.Lines[..101], arrays.Lines);
    }

    [Fact]
    public void A_direct_model_is_refused()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(0, TinyFit.Fit(model.Data, folder["model"], "--kind", "direct").Code);
        Assert.Contains("train a causal model to stream", Cli.Fails(1, "stream", folder["model"]), StringComparison.Ordinal);
    }
}
