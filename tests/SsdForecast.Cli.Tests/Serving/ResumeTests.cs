using System.Globalization;
using System.Text;
using SsdForecast.Cli.Serving;
using SsdForecast.Runtime;
using SsdForecast.Streaming;

namespace SsdForecast.Cli.Tests.Serving;

/// <summary>A stream that is cut short, by a signal or for lack of room, and run again with the same input.</summary>
public class ResumeTests(TinyModel model) : IClassFixture<TinyModel>
{
    private static bool IsSlow => Environment.GetEnvironmentVariable("SSDF_SLOW_TESTS") is { Length: > 0 } and not "0";

    public static TheoryData<string> States => ["state.db", "state/"];

    public static TheoryData<string, bool> WatchedStates => new() { { "state.db", false }, { "state/", false }, { "state.db", true }, { "state/", true } };

    /// <summary>
    /// Killed at random points during a replay and started again each time: the file of forecasts and the state are those of a run that was not
    /// stopped, byte for byte; with all that can be watched beside each series too. 5 kills and 5,000 events; with SSDF_SLOW_TESTS=1 in the environment 200
    /// and 200,000.
    /// </summary>
    [Theory]
    [MemberData(nameof(WatchedStates))]
    public async Task A_replay_that_is_killed_ends_as_one_that_was_not(string state, bool isWatched)
    {
        var (events, kills) = IsSlow ? (200_000, 200) : (5_000, 5);
        var series = isWatched ? 10 : 50;
        using var folder = new TemporaryFolder();
        var input = folder.Write("events.jsonl", isWatched ? MonitorTests.Text(MonitorTests.Events(events / series, series)) : Events(events, series));
        string[] Args(string name) => ["stream", model.Folder, "--input", input, "--state", folder[name + state], "--out", folder[name + ".jsonl"], "--snapshot-every", $"{events / 60}", .. isWatched ? MonitorTests.AllFlags : []];
        var whole = Ssdf.Run(Args("whole"));
        Assert.True(whole.Code == 0, whole.Error);
        if (isWatched) Assert.Matches(@"; [1-9][0-9,]* anomal[a-z]+ \(p < 0.001\), [1-9][0-9,]* drift", whole.Error);
        var length = new FileInfo(folder["whole.jsonl"]).Length;

        var random = new Random(1);
        var (killed, early) = (0, 0);
        while (killed < kills)
        {
            using var process = Ssdf.Start(Args("killed"));
            var error = process.StandardError.ReadToEndAsync();
            // Most when the output has come so much further, some at any moment from the start on.
            var at = random.Next(4) == 0 ? 0 : LengthOf(folder["killed.jsonl"]) + (length * random.NextDouble() * 1.4 / kills);
            while (!process.HasExited && LengthOf(folder["killed.jsonl"]) < at) Thread.Sleep(1);
            Thread.Sleep(at > 0 ? random.Next(6) : random.Next(500));
            process.Kill();
            process.WaitForExit();
            if (process.ExitCode != 137)
            {
                Assert.True(process.ExitCode == 0, await error);
                if (LengthOf(folder["killed.jsonl"]) == length) break;
            }

            killed++;
            if (LengthOf(folder["killed.jsonl"]) < length) early++;
        }

        var last = Ssdf.Run(Args("killed"));
        Assert.True(last.Code == 0, last.Error);
        Console.WriteLine(FormattableString.Invariant($"{state}: killed {killed} times in a replay of {events} events, {early} of them before its end; {last.Error.Trim().Split('\n')[^1]}"));
        Assert.InRange(early, kills / 2, kills);
        Assert.True(File.ReadAllBytes(folder["whole.jsonl"]).AsSpan().SequenceEqual(File.ReadAllBytes(folder["killed.jsonl"])), "the forecasts differ");

        var recurrent = RecurrentModel.Load(model.Folder);
        var monitor = isWatched ? new MonitorCompanion(recurrent, MonitorTests.AllOptions) : null;
        var options = new StreamingOptions { Companions = monitor is null ? [] : [monitor] };
        using var a = StreamingEngine.Open(recurrent, Store(folder["whole" + state]), options);
        using var b = StreamingEngine.Open(recurrent, Store(folder["killed" + state]), options);
        Assert.Equal(a.SeriesIds().Order(StringComparer.Ordinal), b.SeriesIds().Order(StringComparer.Ordinal));
        Assert.Equal(series, a.SeriesCount);
        foreach (var id in a.SeriesIds())
        {
            Assert.Equal(a.Progress(id), b.Progress(id));
            Assert.Equal(a.Forecast(id).Values, b.Forecast(id).Values);
            if (monitor is not null) Assert.Equal(Bytes(a, id, monitor), Bytes(b, id, monitor));
            var next = new Observation(a.Progress(id)!.Value.LastTime.AddHours(3), 51);
            Assert.Equal(a.Observe(id, next).Values, b.Observe(id, next).Values);
        }
    }

    [Theory]
    [MemberData(nameof(States))]
    public void Where_there_is_no_room_that_is_said_and_nothing_is_lost(string state)
    {
        using var folder = new TemporaryFolder();
        var input = folder.Write("events.jsonl", Events(2000, series: 3));
        string[] Args(string name) => ["stream", model.Folder, "--input", input, "--state", folder[name + state], "--out", folder[name + ".jsonl"], "--snapshot-every", "300"];
        Assert.Equal(0, Ssdf.Run(Args("whole")).Code);
        foreach (var kilobytes in (int[])[1, 20, 60, 200, 300])
        {
            var (code, _, error) = Ssdf.RunShort(kilobytes, Args("short"));
            Assert.Equal(1, code);
            var line = Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries), l => l.StartsWith("ssdf: ", StringComparison.Ordinal));
            Assert.Contains("make room", line, StringComparison.Ordinal);
            Assert.DoesNotContain("is not expected", line, StringComparison.Ordinal);
        }

        var last = Ssdf.Run(Args("short"));
        Assert.True(last.Code == 0, last.Error);
        Assert.Equal(File.ReadAllText(folder["whole.jsonl"]), File.ReadAllText(folder["short.jsonl"]));
    }

    [Theory]
    [MemberData(nameof(States))]
    public void The_same_events_again_change_nothing(string state)
    {
        using var folder = new TemporaryFolder();
        var input = folder.Write("events.jsonl", Events(300, series: 3));
        CliResult Run() => Cli.Run("stream", model.Folder, "--input", input, "--state", folder[state], "--out", folder["f.csv"]);
        Assert.Contains("300 events of 3 series, 0 rejected", Run().Error, StringComparison.Ordinal);
        var first = File.ReadAllText(folder["f.csv"]);
        Assert.StartsWith("unique_id,", first, StringComparison.Ordinal);
        var again = Run();
        Assert.Equal(0, again.Code);
        Assert.Contains("0 events of 3 series, 0 rejected, 300 seen before", again.Error, StringComparison.Ordinal);
        Assert.Equal(first, File.ReadAllText(folder["f.csv"]));

        // What follows goes behind, without a second header.
        File.AppendAllText(input, Events(306, series: 3).Split('\n')[^4..] is var more ? string.Join('\n', more) : "");
        Assert.Contains("3 events of 3 series", Run().Error, StringComparison.Ordinal);
        Assert.StartsWith(first, File.ReadAllText(folder["f.csv"]), StringComparison.Ordinal);
        Assert.Equal(304, File.ReadAllLines(folder["f.csv"]).Length);
    }

    [Fact]
    public void An_output_that_does_not_belong_to_the_state_is_not_overwritten()
    {
        using var folder = new TemporaryFolder();
        var input = folder.Write("events.jsonl", Events(60, series: 3));
        string[] Args(string output, params string[] more) => ["stream", model.Folder, "--input", input, "--state", folder["s"], "--out", folder[output], .. more];
        Cli.Good(Args("f.csv"));
        folder.Write("mine.csv", "not to be lost");
        Assert.Contains("is there already", Cli.Fails(1, Args("mine.csv")), StringComparison.Ordinal);
        Assert.Equal("not to be lost", File.ReadAllText(folder["mine.csv"]));
        Assert.Contains("was begun as csv", Cli.Fails(2, Args("f.csv", "--all-leads")), StringComparison.Ordinal);
        File.WriteAllText(folder["f.csv"], "short");
        Assert.Contains("belong to the state", Cli.Fails(1, Args("f.csv")), StringComparison.Ordinal);
        Assert.Contains("is the input", Cli.Fails(2, "stream", model.Folder, "--input", input, "--out", input), StringComparison.Ordinal);
    }

    [Fact]
    public void Few_series_in_memory_give_what_all_give()
    {
        using var folder = new TemporaryFolder();
        var input = folder.Write("events.jsonl", Events(2000, series: 40));
        var all = Cli.Good("stream", model.Folder, "--input", input);
        Assert.Equal(all, Cli.Good("stream", model.Folder, "--input", input, "--state", folder["s"], "--max-resident", "3", "--snapshot-every", "700"));
    }

    [Fact]
    public void Events_out_of_order_are_put_in_order_by_time_or_by_number()
    {
        using var folder = new TemporaryFolder();
        var lines = Events(300, series: 1).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var expected = Cli.RunWithInput(string.Join('\n', lines), "stream", model.Folder, "--format", "jsonl").Output;
        for (var i = 5; i < 290; i += 9) (lines[i], lines[i + 4]) = (lines[i + 4], lines[i]);
        string[] args = ["stream", model.Folder, "--format", "jsonl", "--late", "reorder", "--reorder-window", "8"];
        Assert.Equal(expected, Cli.RunWithInput(string.Join('\n', lines), args).Output);
        Assert.Equal(expected, Cli.RunWithInput(string.Join('\n', lines), [.. args, "--state", folder["s"]]).Output);

        var dropped = Cli.RunWithInput(string.Join('\n', lines), "stream", model.Folder, "--format", "jsonl", "--late", "drop");
        Assert.Contains("128 late", dropped.Error, StringComparison.Ordinal);
        var numbered = lines.Select((l, i) => l.Replace("{", $"{{\"n\":{i},", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray();
        var twice = string.Join('\n', numbered.SelectMany(l => (string[])[l, l]));
        Assert.Contains(" seen before", Cli.RunWithInput(twice, [.. args, "--sequence", "n"]).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_held_back_is_counted_over_runs_of_the_same_state()
    {
        using var folder = new TemporaryFolder();
        var lines = Events(40, series: 1).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] args = ["stream", model.Folder, "--format", "jsonl", "--late", "reorder", "--state", folder["s"]];
        string Summary(params IEnumerable<string> sent) => Cli.RunWithInput(string.Join('\n', sent), args).Error.Split('\n').First(l => l.Contains(" rejected, ", StringComparison.Ordinal));
        Assert.Contains(" 4 held back,", Summary([.. lines[..20], .. lines[22..26]]), StringComparison.Ordinal);
        Assert.Contains("0 events of 1 series, 0 rejected, 4 held back,", Summary(), StringComparison.Ordinal);
        Assert.Contains("0 events of 1 series, 0 rejected, 6 held back,", Summary(lines[26..28]), StringComparison.Ordinal);
        // The gap is of two steps.
        Assert.Contains("1 events of 1 series, 0 rejected, 6 held back,", Summary(lines[20]), StringComparison.Ordinal);
        Assert.Contains("7 events of 1 series, 0 rejected, ", Summary(lines[21]), StringComparison.Ordinal);
        Assert.DoesNotContain("held back", Summary(lines[28]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_commit_of_before_waiting_events_were_counted_is_read()
        => Assert.Equal(new OutputCommit(null, 7, "csv"), OutputCommit.Read(new SnapshotManifest(1, 1, "", "", Encoding.UTF8.GetBytes("{\"File\":null,\"Length\":7,\"Form\":\"csv\"}"))));

    [Fact]
    public void A_live_view_is_for_terminals_alone()
    {
        var input = Events(100, series: 2);
        string[] args = ["stream", model.Folder, "--format", "jsonl"];
        var live = Cli.RunWithInput(input, [.. args, "--live"]);
        Assert.Equal(Cli.RunWithInput(input, args).Output, live.Output);
        Assert.DoesNotContain('\u001b', live.Error);
        Assert.Single(live.Error.Split('\n'), l => l.StartsWith("--live: standard error is no terminal that moves its cursor", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--sync", "event")]
    [InlineData("--sync", "7")]
    [InlineData("--sync", "0.5s")]
    [InlineData("--rate", "5000")]
    public void However_the_log_is_forced_the_forecasts_are_the_same(string option, string value)
    {
        using var folder = new TemporaryFolder();
        var input = folder.Write("events.jsonl", Events(100, series: 2));
        Assert.Equal(Cli.Good("stream", model.Folder, "--input", input), Cli.Good("stream", model.Folder, "--input", input, "--state", folder["s"], option, value));
    }

    [Theory]
    [InlineData("1e-9")]
    [InlineData("1e-320")]
    public void However_slow_a_pace_is_it_waits_until_it_is_stopped(string rate)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.Equal(0, Program.Run(["stream", model.Folder, "--input", model.Data, "--rate", rate], TextReader.Null, output, error, stop.Token));
        Assert.Matches("^0 events of 0 series, 0 rejected, .*; stopped", error.ToString());
    }

    [Theory]
    [InlineData("--sync", "often")]
    [InlineData("--late", "maybe")]
    [InlineData("--reorder-window", "0")]
    [InlineData("--max-resident", "5")]
    [InlineData("--snapshot-every", "0")]
    public void A_wrong_option_is_named(string option, string value)
        => Assert.StartsWith($"ssdf: {option}: ", Cli.Fails(2, "stream", model.Folder, option, value), StringComparison.Ordinal);

    internal static string Events(int count, int series)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            var hour = i / series;
            text.Append(CultureInfo.InvariantCulture, $"{{\"unique_id\":\"s{i % series}\",\"ds\":\"{SmallData.Time(hour)}\",\"y\":{50 + (i % series) + (9 * Math.Sin(hour * 0.26)) + ((i * 7919) % 13 / 13.0):F3}}}\n");
        }

        return text.ToString();
    }

    private static byte[] Bytes(StreamingEngine engine, string seriesId, MonitorCompanion monitor)
    {
        var bytes = new byte[monitor.Bytes];
        Assert.True(engine.TryRead(seriesId, monitor, bytes));
        return bytes;
    }

    private static IStateStore Store(string path) => path.EndsWith('/') ? new FileStateStore(path) : new SqliteStateStore(path);

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
