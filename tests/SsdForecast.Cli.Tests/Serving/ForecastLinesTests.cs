using System.Globalization;
using System.Text;
using System.Text.Json;
using SsdForecast.Cli.Serving;
using SsdForecast.Cli.Settings;
using SsdForecast.Runtime;
using SsdForecast.Streaming;

namespace SsdForecast.Cli.Tests.Serving;

public class ForecastLinesTests(TinyModel model) : IClassFixture<TinyModel>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_line_says_what_the_forecast_says(bool json)
    {
        var recurrent = RecurrentModel.Load(model.Folder);
        var engine = new StreamingEngine(recurrent);
        var buffer = new ForecastBuffer(recurrent);
        using var stream = new MemoryStream();
        var output = new OutputBuffer(stream);
        using var lines = new ForecastLines(output, recurrent.Config.Levels, json, allLeads: true);
        var id = "a \"b\", ä";
        foreach (var time in (DateTime[])[new(1900, 1, 2, 3, 4, 5), new DateTime(2024, 12, 31, 23, 59, 59).AddTicks(1230), new(9000, 10, 11)])
        {
            stream.SetLength(0);
            engine.Remove(id);
            engine.Observe(id, new Observation(time, 51.25));
            Assert.True(engine.TryForecast(id, buffer));
            lines.Write(buffer);
            output.Flush();
            var text = Encoding.UTF8.GetString(stream.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (!json && text[0].StartsWith("unique_id", StringComparison.Ordinal)) text = text[1..];
            Assert.Equal(buffer.Horizon, text.Length);
            for (var h = 0; h < text.Length; h++)
            {
                var expected = buffer.Times[h].ToString(buffer.Times[h].Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd HH:mm:ss" : "yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);
                string[] cells;
                if (json)
                {
                    using var line = JsonDocument.Parse(text[h]);
                    Assert.Equal(id, line.RootElement.GetProperty("unique_id").GetString());
                    cells = [.. line.RootElement.EnumerateObject().Select(p => p.Value.ToString())];
                    Assert.Equal(["unique_id", "origin", "ds", "lead", "median", "q0.1", "q0.5", "q0.9"], line.RootElement.EnumerateObject().Select(p => p.Name));
                }
                else
                {
                    cells = CsvLine.Split(text[h], ',');
                    Assert.Equal("", cells[4]);
                    cells = [.. cells[..4], .. cells[5..]];
                }

                Assert.Equal([id, "0", expected, $"{h + 1}"], cells[..4]);
                Assert.Equal([buffer.Values[(3 * h) + 1], buffer.Values[3 * h], buffer.Values[(3 * h) + 1], buffer.Values[(3 * h) + 2]], cells[4..].Select(c => double.Parse(c, CultureInfo.InvariantCulture)));
            }
        }
    }

    [Fact]
    public void An_event_read_and_answered_as_json_makes_no_garbage()
    {
        var recurrent = RecurrentModel.Load(model.Folder);
        var engine = new StreamingEngine(recurrent);
        var columns = new EventColumns(recurrent, SchemaSettings.Of(recurrent.Preprocessor, model.Folder));
        var reader = new JsonEventReader(columns, recurrent.Config.Horizon, takesUnknown: false);
        var output = new OutputBuffer(Stream.Null);
        using var lines = new ForecastLines(output, recurrent.Config.Levels, json: true, allLeads: false);
        var buffer = new ForecastBuffer(recurrent);
        var rows = new List<EventRow>();
        var texts = ResumeTests.Events(600, series: 3).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Encoding.UTF8.GetBytes).ToArray();
        void Run(ReadOnlySpan<byte[]> part)
        {
            foreach (var text in part)
            {
                rows.Clear();
                reader.Read(text, rows);
                engine.Observe(rows[0].SeriesId, new Observation(rows[0].Time, rows[0].Value), []);
                engine.TryForecast(rows[0].SeriesId, buffer);
                lines.Write(buffer);
                output.Flush();
            }
        }

        Run(texts.AsSpan(0, 300));
        // The least of some rounds: the runtime asks for a little itself where it puts a better compiled method in place.
        var least = long.MaxValue;
        for (var round = 0; round < 3; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Run(texts.AsSpan(300 + (100 * round), 100));
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }
}
