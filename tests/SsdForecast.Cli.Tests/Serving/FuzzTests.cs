using System.Globalization;
using System.Text;
using SsdForecast.Cli.Serving;
using SsdForecast.Cli.Settings;
using SsdForecast.Runtime;
using SsdForecast.Streaming;

namespace SsdForecast.Cli.Tests.Serving;

/// <summary>
/// Events altered at random, as JSON and as CSV: each is taken or counted under a name, nothing else happens, and what is not taken leaves its
/// series as it was. 20,000 events; with SSDF_SLOW_TESTS=1 in the environment a million.
/// </summary>
public class FuzzTests(TinyModel model) : IClassFixture<TinyModel>
{
    private static readonly string[] Pieces =
    [
        "NaN", "Infinity", "-Infinity", "1e999", "-1e300", "1e15", "null", "true", "\"\"", "\"\\ud800\"", "\"\\u0000\"", "{}", "[1,2]", "-", ".", "0x10", "1,5", "9999-12-31 23:00", "0001-01-01",
        "2024-13-45", "1700000000", "1969-12-31T23:59:59Z", "\"y\"", "\"ds\"", "\"price\":3,", ",", ":", "{", "}", "\"", "\\", "\0", "\uFFFD", "ä", "😀", "                ", "\t", "00000000000000000000000001", "1e-400", "99999999999999999999999",
    ];

    private static int Count => Environment.GetEnvironmentVariable("SSDF_SLOW_TESTS") is { Length: > 0 } and not "0" ? 1_000_000 : 20_000;

    [Theory]
    [InlineData(true, LatePolicy.Refuse)]
    [InlineData(true, LatePolicy.Reorder)]
    [InlineData(false, LatePolicy.Drop)]
    public void Whatever_comes_is_taken_or_counted(bool json, LatePolicy late)
    {
        var random = new Random(5);
        var recurrent = RecurrentModel.Load(model.Folder);
        var columns = new EventColumns(recurrent, SchemaSettings.Of(recurrent.Preprocessor, model.Folder));
        var options = new StreamingOptions { Late = late, MaxGap = 30, Shards = 1 };
        var (engine, clean) = (new StreamingEngine(recurrent, options), new StreamingEngine(recurrent, options));
        IEventReader reader = json ? new JsonEventReader(columns, recurrent.Config.Horizon, takesUnknown: false) : new CsvEventReader(columns, "fuzz");
        if (!json) reader.Read("unique_id,ds,y"u8, []);
        var rows = new List<EventRow>();
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        void CountAs(string name) => counts[name] = counts.GetValueOrDefault(name) + 1;
        var (before, after) = (new ForecastBuffer(recurrent), new ForecastBuffer(recurrent));
        var hours = new int[20];
        for (var i = 0; i < Count; i++)
        {
            var line = Mutate(Line(json, random, hours), random);
            rows.Clear();
            try
            {
                if (line.Length > 0) reader.Read(line, rows);
            }
            catch (BadEventException e)
            {
                Assert.DoesNotContain(e.Message, char.IsControl);
                CountAs(e.Reason.ToString());
                continue;
            }

            if (rows.Count == 0) CountAs("nothing");
            foreach (var row in rows)
            {
                var seen = engine.TryForecast(row.SeriesId, before);
                var progress = engine.Progress(row.SeriesId);
                var observation = new Observation(row.Time, row.Value, row.Past.ToArray(), default, row.Statics.ToArray());
                ObservationOutcome outcome;
                try
                {
                    outcome = engine.Observe(row.SeriesId, row.Sequence, observation, []);
                }
                catch (ArgumentException)
                {
                    CountAs("bad name");
                    Assert.False(engine.Contains(row.SeriesId));
                    continue;
                }

                CountAs(outcome.Refusal is { } refusal ? refusal.Problem.ToString() : outcome.Status.ToString());
                if (outcome.Taken > 0 || outcome.Status == ObservationStatus.Buffered)
                {
                    Assert.Equal(outcome, clean.Observe(row.SeriesId, row.Sequence, observation, []));
                    continue;
                }

                Assert.Equal(progress, engine.Progress(row.SeriesId));
                Assert.Equal(seen, engine.TryForecast(row.SeriesId, after));
                if (seen) Assert.Equal(before.Values, after.Values);
            }
        }

        Console.WriteLine($"{(json ? "JSON" : "CSV")}, {late}: {string.Join(", ", counts.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key} {c.Value}")))}");
        Assert.InRange(counts["Accepted"] + counts.GetValueOrDefault("Buffered"), Count / 4, Count);
        Assert.InRange(counts.Count, 8, 100);
        Assert.Equal(engine.SeriesCount, clean.SeriesCount);
        foreach (var id in engine.SeriesIds())
        {
            Assert.Equal(clean.Progress(id), engine.Progress(id));
            Assert.Equal(clean.Forecast(id).Values, engine.Forecast(id).Values);
            Assert.All(engine.Forecast(id).Values.Cast<double>(), v => Assert.True(double.IsFinite(v)));
        }
    }

    [Theory]
    [InlineData("jsonl")]
    [InlineData("csv")]
    public void The_program_lives_through_garbage(string format)
    {
        var random = new Random(7);
        var text = new StringBuilder(format == "csv" ? "unique_id,ds,y\n" : "");
        var hours = new int[20];
        var lines = 3000;
        for (var i = 0; i < lines; i++) text.Append(Encoding.UTF8.GetString(Mutate(Line(format == "jsonl", random, hours), random)).ReplaceLineEndings(" ")).Append('\n');
        text.Append('x', 10 << 20).Append("\n\n");
        var result = Cli.RunWithInput(text.ToString(), "stream", model.Folder, "--format", format);
        Assert.True(result.Code == 0, result.Error);
        Assert.DoesNotContain("not expected", result.Error, StringComparison.Ordinal);
        var summary = System.Text.RegularExpressions.Regex.Match(result.Error, @"^([0-9]+) events of [0-9]+ series, ([0-9]+) rejected, (([0-9]+) seen)?", System.Text.RegularExpressions.RegexOptions.Multiline);
        Assert.Equal(lines + 2, summary.Groups.Values.Skip(1).Where((g, i) => i != 2 && g.Length > 0).Sum(g => int.Parse(g.Value, CultureInfo.InvariantCulture)));
        Assert.Contains("line_too_long 1", result.Error, StringComparison.Ordinal);
        Assert.Contains("empty_line ", result.Error, StringComparison.Ordinal);
        Assert.Contains("time_not_after ", result.Error, StringComparison.Ordinal);
    }

    private static string Line(bool json, Random random, int[] hours)
    {
        var s = random.Next(hours.Length);
        var hour = hours[s] += random.Next(12) switch { 0 => -2, 1 => 0, 2 => 3, _ => 1 };
        hours[s] = hour = Math.Max(0, hour);
        var (time, value) = (SmallData.Time(hour), (50 + random.NextDouble()).ToString("F3", CultureInfo.InvariantCulture));
        return json ? $$"""{"unique_id":"s{{s}}","ds":"{{time}}","y":{{value}}}""" : $"s{s},{time},{value}";
    }

    private static byte[] Mutate(string line, Random random)
    {
        for (var times = random.Next(4) == 0 ? 1 + random.Next(3) : 0; times > 0; times--)
        {
            var (at, length) = (random.Next(line.Length + 1), random.Next(12));
            var end = Math.Min(line.Length, at + length);
            line = random.Next(6) switch
            {
                0 => line[..at] + line[end..],
                1 => line[..at] + Pieces[random.Next(Pieces.Length)] + line[at..],
                2 => line[..at] + Pieces[random.Next(Pieces.Length)] + line[end..],
                3 => line[..at] + line[at..end] + line[at..],
                // The value, whatever it is.
                4 => line[..(Math.Max(line.LastIndexOf(':'), line.LastIndexOf(',')) + 1)] + Pieces[random.Next(Pieces.Length)] + (line.EndsWith('}') ? "}" : ""),
                _ => line.Replace("\"y\"", "\"yy\"", StringComparison.Ordinal),
            };
        }

        var bytes = Encoding.UTF8.GetBytes(line);
        if (bytes.Length > 0 && random.Next(40) == 0) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }
}
