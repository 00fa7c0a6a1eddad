using System.Globalization;
using System.Text;
using System.Text.Json;
using SsdForecast.Cli.Serving;
using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Streaming;

namespace SsdForecast.Cli.Tests.Serving;

/// <summary>What <c>ssdf stream</c> tells with --calibrate, --anomalies, --drift and --adapt, held against the library used directly on the same events.</summary>
public class MonitorTests(TinyModel model) : IClassFixture<TinyModel>
{
    internal static readonly string[] AllFlags = ["--calibrate", "0.05", "--anomalies", "0.001", "--drift", "15", "--adapt", "0.99"];

    internal static readonly MonitorOptions AllOptions = new() { CalibrationRate = 0.05, AnomalyLevel = 0.001, DriftThreshold = 15, AdaptationForgetting = 0.99 };

    public static TheoryData<bool, string[], bool, bool> Kinds => new()
    {
        { true, AllFlags, true, true },
        { false, AllFlags, true, true },
        { true, ["--anomalies"], false, false },
        { false, ["--drift", "--calibrate"], true, false },
        { true, ["--adapt", "0.99", "--anomalies", "0.001", "--drift", "15"], false, true },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_line_says_what_a_monitor_by_hand_says(bool json, string[] flags, bool isCalibrated, bool isAdapted)
    {
        var events = Events(500, series: 2);
        var result = Cli.RunWithInput(Text(events), ["stream", model.Folder, "--format", "jsonl", "--output-format", json ? "jsonl" : "csv", .. flags]);
        Assert.True(result.Code == 0, result.Error);
        var lines = json ? [.. result.Lines.Select(OfJson)] : OfCsv(result.Lines);
        Assert.Equal(events.Length, lines.Length);

        var (watchesAnomalies, watchesDrift) = (flags.Contains("--anomalies"), flags.Contains("--drift"));
        var options = flags.Contains("0.05") || isAdapted ? AllOptions : new MonitorOptions();
        if (!flags.Contains("0.05")) options = options with { CalibrationRate = new MonitorOptions().CalibrationRate };
        var (flagged, drifts) = (0, 0);
        foreach (var ((line, expected), e) in lines.Zip(ByHand(events, options, isCalibrated)).Zip(events))
        {
            Assert.Equal(e.Id, line["unique_id"]);
            for (var q = 0; q < 3; q++) Same(expected.Quantiles[q], line[((string[])["q0.1", "q0.5", "q0.9"])[q]]);
            if (watchesAnomalies || watchesDrift)
            {
                Same(e.Value, line["event_y"]);
                Assert.Equal(e.Time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), line["event_ds"]);
            }

            var isJudged = !double.IsNaN(expected.Verdict.PValue);
            if (watchesAnomalies)
            {
                Same(expected.Verdict.PValue, line["p_value"]);
                Same(expected.Verdict.Score, line["score"]);
                Assert.Equal(isJudged ? expected.Verdict.IsAnomaly ? "true" : "false" : "", line["anomaly"]);
                if (expected.Verdict.IsAnomaly) flagged++;
            }

            if (watchesDrift)
            {
                Assert.Equal(isJudged ? expected.Verdict.HasDrifted ? "true" : "false" : "", line["drift"]);
                Same(expected.Verdict.DriftStatistic, line["drift_statistic"]);
                if (expected.Verdict.HasDrifted) drifts++;
            }

            Assert.Equal(isAdapted, line.ContainsKey("shift"));
            if (isAdapted) Same(expected.Shift, line["shift"]);
            Assert.Equal(watchesAnomalies, line.ContainsKey("p_value"));
            Assert.Equal(watchesDrift, line.ContainsKey("drift"));
        }

        // The events have both, or the comparison would be of nothing.
        if (watchesAnomalies) Assert.Contains($"{flagged} anomalies (p < {options.AnomalyLevel.ToString(CultureInfo.InvariantCulture)})", result.Error, StringComparison.Ordinal);
        if (watchesAnomalies) Assert.InRange(flagged, 2, 100);
        if (!watchesDrift) return;
        Assert.InRange(drifts, 1, 20);
        Assert.Contains($"{drifts} drift", result.Error, StringComparison.Ordinal);
        Assert.Equal(drifts, result.Error.Split('\n').Count(l => l.StartsWith("drift: series 's", StringComparison.Ordinal) && l.Contains($"above {options.DriftThreshold}", StringComparison.Ordinal)));
        if (isAdapted) Assert.Contains(lines, l => double.Parse(l["shift"], CultureInfo.InvariantCulture) != 0);
    }

    [Fact]
    public void Watching_alone_leaves_the_forecasts_as_they_are_and_the_first_columns_where_they_are()
    {
        var input = File.ReadAllText(model.Data);
        var plain = Cli.RunWithInput(input, "stream", model.Folder).Lines;
        var watched = Cli.RunWithInput(input, "stream", model.Folder, "--anomalies", "--drift").Lines;
        Assert.Equal(plain.Length, watched.Length);
        foreach (var (a, b) in plain.Zip(watched)) Assert.StartsWith(a + ",", b, StringComparison.Ordinal);
        Assert.Equal(plain[0] + ",event_ds,event_y,p_value,score,anomaly,drift,drift_statistic", watched[0]);
        var calibrated = Cli.RunWithInput(input, "stream", model.Folder, "--calibrate").Lines;
        Assert.Equal(plain[0], calibrated[0]);
        Assert.NotEqual(plain[^1], calibrated[^1]);
    }

    [Fact]
    public void Further_lead_times_have_the_same_columns_and_empty_cells()
    {
        using var folder = new TemporaryFolder();
        var input = Text(Events(40, series: 1));
        var csv = Cli.RunWithInput(input, ["stream", model.Folder, "--format", "jsonl", "--output-format", "csv", "--all-leads", .. AllFlags]);
        var lines = OfCsv(csv.Lines);
        Assert.Equal(40 * 6, lines.Length);
        foreach (var line in lines)
            foreach (var name in (string[])["event_ds", "event_y", "p_value", "score", "anomaly", "drift", "drift_statistic", "shift"])
                if (line["lead"] != "1") Assert.Equal("", line[name]);
        var json = Cli.RunWithInput(input, ["stream", model.Folder, "--format", "jsonl", "--all-leads", .. AllFlags]).Lines.Select(OfJson).ToArray();
        Assert.All(json, line => Assert.Equal(line["lead"] == "1", line.ContainsKey("p_value")));

        // It is still a file of forecasts.
        Assert.Equal(40, ForecastCsv.Read(folder.Write("s.csv", csv.Output)).Count);
    }

    [Fact]
    public void Calibration_brings_the_coverage_to_what_the_quantiles_say()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(5);
        var text = new StringBuilder("date,load\n");
        // Five times the noise of the training file.
        for (var t = 0; t < 3000; t++) text.Append(CultureInfo.InvariantCulture, $"{SmallData.Time(t)},{50 + (10 * Math.Sin(t * 2 * Math.PI / 24)) + (5 * random.NextDouble()):F3}\n");
        var input = folder.Write("noisy.csv", text.ToString());
        double Coverage(params string[] flags)
        {
            using var json = JsonDocument.Parse(Cli.Good(["stream", model.Folder, "--input", input, "--out", folder[$"f{flags.Length}.csv"], "--json", .. flags]));
            Assert.Equal(0.8, json.RootElement.GetProperty("nominal_coverage").GetDouble(), 9);
            return json.RootElement.GetProperty("coverage").GetDouble();
        }

        var (raw, calibrated) = (Coverage(), Coverage("--calibrate"));
        Assert.InRange(calibrated, 0.77, 0.83);
        Assert.True(Math.Abs(raw - 0.8) > 2 * Math.Abs(calibrated - 0.8), $"{raw} and {calibrated}");
    }

    [Fact]
    public void The_summary_as_json_counts_what_the_lines_say()
    {
        using var folder = new TemporaryFolder();
        var input = folder.Write("events.jsonl", Text(Events(500, series: 2)));
        using var json = JsonDocument.Parse(Cli.Good(["stream", model.Folder, "--input", input, "--out", folder["f.jsonl"], "--json", .. AllFlags]));
        var lines = File.ReadAllLines(folder["f.jsonl"]).Select(OfJson).ToArray();
        long Count(string name) => json.RootElement.GetProperty(name).GetInt64();
        Assert.Equal(1000, Count("events"));
        Assert.Equal(lines.Count(l => l["anomaly"] == "true"), Count("anomalies"));
        Assert.Equal(lines.Count(l => l["drift"] == "true"), Count("drifts"));
        Assert.Equal(0.001, json.RootElement.GetProperty("anomaly_level").GetDouble());
        Assert.Equal(15, json.RootElement.GetProperty("drift_threshold").GetDouble());
        Assert.True(json.RootElement.GetProperty("mase").GetDouble() > 0);

        // Where the forecasts are on standard output it goes to standard error, and what was not asked for is null.
        var plain = Cli.Run("stream", model.Folder, "--input", input, "--json");
        Assert.Equal(1000, plain.Lines.Length);
        using var other = JsonDocument.Parse(plain.Error);
        Assert.Equal(JsonValueKind.Null, other.RootElement.GetProperty("anomalies").ValueKind);
    }

    [Theory]
    [InlineData("state.db")]
    [InlineData("state/")]
    public void What_is_learnt_is_part_of_the_state(string state)
    {
        using var folder = new TemporaryFolder();
        var lines = Text(Events(400, series: 3)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] args = ["stream", model.Folder, "--format", "jsonl", .. AllFlags];
        var whole = Cli.RunWithInput(string.Join('\n', lines), args).Output;
        var parts = new StringBuilder();
        for (var at = 0; at < lines.Length; at += 317)
            parts.Append(Cli.RunWithInput(string.Join('\n', lines.Skip(at).Take(317)), [.. args, "--state", folder[state], "--max-resident", "2", "--snapshot-every", "100"]).Output);
        Assert.Equal(whole, parts.ToString());
    }

    [Fact]
    public void A_state_is_gone_on_from_with_other_flags_that_keep_the_same()
    {
        using var folder = new TemporaryFolder();
        var lines = Text(Events(300, series: 1)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string Run(IEnumerable<string> part, params string[] flags) => Cli.RunWithInput(string.Join('\n', part), ["stream", model.Folder, "--format", "jsonl", .. flags]).Output;
        var whole = Run(lines, "--calibrate", "--drift").Split('\n');
        Run(lines[..200], "--anomalies", "0.01", "--state", folder["s"]);
        Assert.Equal(whole[200..], Run(lines[200..], "--calibrate", "--drift", "--state", folder["s"]).Split('\n'));
    }

    [Theory]
    [InlineData(new string[0], new[] { "--calibrate", "--anomalies" }, "ssdf: --calibrate: ", "kept without watching; leave out --calibrate, --anomalies, or begin another state with --state OTHER")]
    [InlineData(new[] { "--anomalies" }, new string[0], "ssdf: --state: ", "pass --calibrate, --anomalies or --drift, or begin")]
    [InlineData(new[] { "--drift", "30", "--adapt" }, new string[0], "ssdf: --state: ", "pass --drift 30 --adapt 0.999, or begin")]
    [InlineData(new[] { "--anomalies" }, new[] { "--anomalies", "--adapt" }, "ssdf: --adapt: ", "kept without it; leave it out, or begin")]
    [InlineData(new[] { "--adapt", "0.99" }, new[] { "--adapt" }, "ssdf: --adapt: ", "kept with --adapt 0.99; pass that, or begin")]
    [InlineData(new[] { "--adapt", "0.99" }, new[] { "--drift" }, "ssdf: --adapt: ", "kept with --adapt 0.99; pass that, or begin")]
    [InlineData(new[] { "--calibrate", "0.1" }, new[] { "--calibrate" }, "ssdf: --calibrate: ", "kept with --calibrate 0.1; pass that, or begin")]
    [InlineData(new[] { "--drift" }, new[] { "--drift", "10" }, "ssdf: --drift: ", "kept with --drift 25; pass that, or begin")]
    public void A_state_that_was_kept_otherwise_names_the_flag_and_the_way_out(string[] first, string[] then, string place, string wayOut)
    {
        using var folder = new TemporaryFolder();
        var input = folder.Write("events.jsonl", Text(Events(30, series: 1)));
        string[] Args(string[] flags) => ["stream", model.Folder, "--input", input, "--state", folder["s"], .. flags];
        Cli.Good(Args(first));
        var line = Cli.Fails(2, Args(then));
        Assert.StartsWith(place, line, StringComparison.Ordinal);
        Assert.Contains(wayOut, line, StringComparison.Ordinal);
        Assert.Contains("30 seen before", Cli.Run(Args(first)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_output_that_was_begun_with_other_flags_is_not_gone_on_with()
    {
        using var folder = new TemporaryFolder();
        var input = folder.Write("events.jsonl", Text(Events(30, series: 1)));
        string[] Args(params string[] flags) => ["stream", model.Folder, "--input", input, "--state", folder["s"], "--out", folder["f.csv"], .. flags];
        Cli.Good(Args("--anomalies"));
        var before = File.ReadAllText(folder["f.csv"]);
        var line = Cli.Fails(2, Args("--anomalies", "--drift"));
        Assert.StartsWith("ssdf: --out: ", line, StringComparison.Ordinal);
        Assert.Contains("begun as csv with --anomalies 0.0001, and this would be csv with --anomalies 0.0001 --drift 25; ask for the same, or name another file", line, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(folder["f.csv"]));
    }

    [Theory]
    [InlineData("--anomalies", "0")]
    [InlineData("--anomalies", "1")]
    [InlineData("--anomalies", "often")]
    [InlineData("--anomalies", "NaN")]
    [InlineData("--calibrate", "0")]
    [InlineData("--calibrate", "1.5")]
    [InlineData("--drift", "-1")]
    [InlineData("--drift", "1e9")]
    [InlineData("--adapt", "0.5")]
    [InlineData("--adapt", "1.01")]
    public void A_value_that_is_none_is_named_with_the_way_out(string flag, string value)
    {
        var line = Cli.Fails(2, "stream", model.Folder, flag, value);
        Assert.StartsWith($"ssdf: {flag}: '{value}' is not a ", line, StringComparison.Ordinal);
        Assert.Contains("such as", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_taken_for_a_value_is_told()
        => Assert.Contains($"missing MODEL: --anomalies took '{model.Folder}' as its value; put MODEL first", Cli.Fails(2, "stream", "--anomalies", model.Folder), StringComparison.Ordinal);

    [Fact]
    public void A_watched_event_makes_no_garbage()
    {
        var recurrent = RecurrentModel.Load(model.Folder);
        var request = new MonitorRequest { Calibrate = "", Anomalies = "", Drift = "", Adapt = "" };
        var companion = request.Companion(recurrent)!;
        var engine = new StreamingEngine(recurrent, new StreamingOptions { Companions = [companion] });
        using var csv = new Lines(recurrent, companion, request, json: false);
        using var json = new Lines(recurrent, companion, request, json: true);
        void Run(int from, int to, Lines lines)
        {
            for (var t = from; t < to; t++) engine.Observe("a", StreamingEngine.NoSequence, new Observation(new DateTime(2024, 1, 1).AddHours(t), 50 + (t % 24)), [], lines);
        }

        Run(0, 200, csv);
        Run(200, 400, json);
        // The least of some rounds: a collection of the other tests' garbage may empty the pool of arrays meanwhile.
        var least = long.MaxValue;
        for (var round = 1; round < 5; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Run(400 * round, (400 * round) + 200, csv);
            Run((400 * round) + 200, (400 * round) + 400, json);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    /// <summary>Events with a spike, a missing value, and a second half of much more noise.</summary>
    internal static (string Id, DateTime Time, double Value)[] Events(int hours, int series)
    {
        var random = new Random(4);
        return [.. from t in Enumerable.Range(0, hours)
            from s in Enumerable.Range(0, series)
            let noise = random.NextDouble() * (t < hours / 2 ? 1 : 30)
            let y = 50 + s + (10 * Math.Sin(t * 2 * Math.PI / 24)) + noise + (t == (hours / 3) + s ? 400 : 0)
            select ($"s{s}", new DateTime(2024, 1, 1).AddHours(t), t % 41 == 40 ? double.NaN : Math.Round(y, 3))];
    }

    internal static string Text((string Id, DateTime Time, double Value)[] events)
        => string.Concat(events.Select(e => string.Create(CultureInfo.InvariantCulture, $"{{\"unique_id\":\"{e.Id}\",\"ds\":\"{e.Time:yyyy-MM-dd HH:mm}\",\"y\":{(double.IsNaN(e.Value) ? "null" : e.Value.ToString(CultureInfo.InvariantCulture))}}}\n")));

    /// <summary>The recurrent model and the monitor, stepped without an engine.</summary>
    private IEnumerable<(double[] Quantiles, Verdict Verdict, double Shift)> ByHand((string Id, DateTime Time, double Value)[] events, MonitorOptions options, bool isCalibrated)
    {
        var recurrent = RecurrentModel.Load(model.Folder);
        var monitor = new SeriesMonitor(recurrent.Config, options);
        var states = new Dictionary<string, (float[] State, float[] Memory)>();
        var (raw, moved) = (new double[recurrent.ForecastLength], new double[recurrent.ForecastLength]);
        foreach (var (id, time, value) in events)
        {
            var verdict = Verdict.None;
            if (!states.TryGetValue(id, out var series))
            {
                states[id] = series = (new float[recurrent.StateLength], new float[monitor.StateLength]);
                recurrent.InitializeState(series.State, id);
                monitor.Initialize(series.Memory);
            }
            else
            {
                recurrent.Forecast(series.State, raw);
                verdict = monitor.Judge(series.Memory, recurrent.Encoded(series.State), recurrent.Scale(series.State), raw.AsSpan(0, 3), value);
            }

            recurrent.Observe(id, series.State, new Observation(time, value));
            recurrent.Forecast(series.State, raw);
            raw.CopyTo(moved, 0);
            monitor.Adjust(series.Memory, recurrent.Encoded(series.State), recurrent.Scale(series.State), moved);
            // The head's shift is what an adapter of its own gives.
            var shift = options.AdaptationForgetting == 0 ? 0
                : recurrent.Scale(series.State) * new HeadAdapter(recurrent.Config.Block.DModel, options.AdaptationForgetting, options.AdaptationBound)
                    .Shift(series.Memory.AsSpan(^new HeadAdapter(recurrent.Config.Block.DModel, options.AdaptationForgetting, options.AdaptationBound).StateLength..), recurrent.Encoded(series.State));
            var given = isCalibrated ? moved[..3] : [.. raw[..3].Select(q => q + shift)];
            yield return (given, verdict, shift);
        }
    }

    private static Dictionary<string, string>[] OfCsv(string[] lines)
    {
        var names = lines[0].Split(',');
        return [.. lines[1..].Select(l => l.Split(',')).Select(cells =>
        {
            Assert.Equal(names.Length, cells.Length);
            return names.Zip(cells).ToDictionary(p => p.First, p => p.Second);
        })];
    }

    private static Dictionary<string, string> OfJson(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.ValueKind switch
        {
            JsonValueKind.Null => "",
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.String => p.Value.GetString()!,
            _ => p.Value.GetRawText(),
        });
    }

    private static void Same(double expected, string text)
    {
        if (double.IsNaN(expected)) Assert.Equal("", text);
        else Assert.Equal(expected, double.Parse(text, CultureInfo.InvariantCulture));
    }

    private sealed class Lines(RecurrentModel model, MonitorCompanion companion, MonitorRequest request, bool json) : IObservationSink, IDisposable
    {
        private readonly ForecastBuffer _forecast = new(model);
        private readonly OutputBuffer _output = new(Stream.Null);
        private ForecastLines? _lines;

        public void Taken(in TakenEvent taken)
        {
            _lines ??= new ForecastLines(_output, model.Config.Levels, json, allLeads: true, request);
            taken.Forecast(_forecast);
            _lines.Write(_forecast, new WatchedEvent(taken.Observation.Time, taken.Observation.Value, companion.Read(taken), companion.Shift(taken)));
            _output.Flush();
        }

        public void Dispose() => _lines?.Dispose();
    }
}
