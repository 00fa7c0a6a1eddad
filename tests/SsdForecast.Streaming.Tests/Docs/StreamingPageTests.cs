using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Runtime.Tests;

namespace SsdForecast.Streaming.Tests;

/// <summary>The code of <c>docs/streaming.md</c> is that of these tests, line by line, and runs.</summary>
public class StreamingPageTests
{
    [Fact]
    public void The_code_of_the_page_is_the_code_of_these_tests()
    {
        var page = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../docs/streaming.md"));
        var tests = Plain(File.ReadAllText(ThisFile()));
        var samples = Regex.Matches(page, "```csharp\n(.*?)```", RegexOptions.Singleline).Select(m => m.Groups[1].Value).ToArray();
        Assert.Equal(["service", "async", "bounded", "once"], samples.Select(s => Regex.Match(s, "// sample: (\\w+)").Groups[1].Value));
        foreach (var sample in samples) Assert.Contains(Plain(sample), tests, StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_goes_on_where_it_was()
    {
        using var folder = new TemporaryFolder();
        var (modelFolder, stateFile, time, value) = (Model(folder), folder["state"], Streams.Start, 51.5);
        for (var run = 0; run < 2; run++)
        {
            // sample: service
            using var engine = StreamingEngine.Open(RecurrentModel.Load(modelFolder), new SqliteStateStore(stateFile));

            ObservationOutcome outcome = engine.Observe("pump 7", sequenceNumber: 4711, time, value);   // changes state
            Forecast next = engine.Forecast("pump 7", horizon: 2);                                    // does not
            engine.Snapshot();                                                                          // now and then

            Assert.Equal(run == 0 ? ObservationStatus.Accepted : ObservationStatus.Duplicate, outcome.Status);
            Assert.Equal(2, next.Horizon);
        }
    }

    [Fact]
    public async Task Events_may_come_asynchronously()
    {
        var engine = new StreamingEngine(Streams.Model());
        var log = new StringWriter();
        var events = Come();

        // sample: async
        await foreach (Forecast forecast in engine.ForecastAsync(events, refused: (e, why) => log.WriteLine(why.Message)))
            log.WriteLine($"{forecast.SeriesId} {forecast.Times[0]:HH:mm} {forecast.Median[0]:F1}");

        Assert.Matches(@"^a 01:00 [-0-9.]+\n.*infinite.*\n$", log.ToString().ReplaceLineEndings("\n"));

        static async IAsyncEnumerable<SeriesEvent> Come()
        {
            await Task.Yield();
            yield return new SeriesEvent("a", Streams.At(0, 1));
            yield return new SeriesEvent("a", Streams.At(1, double.PositiveInfinity));
        }
    }

    [Fact]
    public void Memory_may_be_bounded()
    {
        using var folder = new TemporaryFolder();
        var (model, stateFile) = (Streams.Model(), folder["state"]);

        // sample: bounded
        var options = new StreamingOptions { MaxResident = 100_000, Late = LatePolicy.Reorder, Sync = LogSync.EachEvents(1000) };
        using var engine = StreamingEngine.Open(model, new SqliteStateStore(stateFile), options);

        engine.Observe("a", Streams.At(0, 1));
        Assert.Equal(1, engine.ResidentCount);
    }

    [Fact]
    public void Output_and_state_may_be_committed_together()
    {
        using var folder = new TemporaryFolder();
        var (model, stateFile, time, value) = (Streams.Model(), folder["state"], Streams.Start, 51.5);
        using var output = File.Create(folder["output"]);
        var sink = new Writer(output, model);
        Once();
        Assert.True(output.Length > 0);
        var whole = output.Length;
        output.Write("what was written after the snapshot"u8);
        Once();
        Assert.Equal(whole, output.Length);

        void Once()
        {
            // sample: once
            var done = 0L;
            using var engine = StreamingEngine.Open(model, new SqliteStateStore(stateFile), found: snapshot =>
            {
                // Cut the output back to what belongs to the snapshot; the replay of the log then writes what followed once more.
                done = snapshot is { Attachment.Length: > 0 } s ? BitConverter.ToInt64(s.Attachment.Span) : 0;
                output.SetLength(done);
                output.Position = done;
                return sink;
            });
            engine.Observe("pump 7", 1, new Observation(time, value), [], sink);
            output.Flush();
            engine.Snapshot(BitConverter.GetBytes(output.Length));
        }
    }

    private static string Model(TemporaryFolder folder)
    {
        RandomModel.Folder(Streams.Config, new Random(1)).Save(folder["model"]);
        return folder["model"];
    }

    private static string Plain(string code) => Regex.Replace(code, "[ \n\r]+", " ").Trim();

    private static string ThisFile([CallerFilePath] string path = "") => path;

    private sealed class Writer(Stream output, RecurrentModel model) : IObservationSink
    {
        private readonly ForecastBuffer _forecast = new(model);

        public void Taken(in TakenEvent taken)
        {
            taken.Forecast(_forecast);
            output.Write(System.Text.Encoding.UTF8.GetBytes($"{taken.SeriesId} {_forecast.Values[0]}\n"));
        }
    }
}
