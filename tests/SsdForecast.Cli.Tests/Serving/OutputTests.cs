using System.IO.Compression;

namespace SsdForecast.Cli.Tests.Serving;

/// <summary>What a stream must not do to files.</summary>
public class OutputTests(TinyModel model) : IClassFixture<TinyModel>
{
    [Fact]
    public void A_run_that_fails_before_its_first_line_leaves_the_output_as_it_was()
    {
        using var folder = new TemporaryFolder();
        var input = folder.Write("notes.txt", "no columns of events\n");
        var kept = folder.Write("kept.csv", "of an earlier run\n");
        Cli.Fails(1, "stream", model.Folder, "--input", input, "--out", kept);
        Assert.Equal("of an earlier run\n", File.ReadAllText(kept));
        Cli.Fails(1, "stream", model.Folder, "--input", input, "--out", folder["new.csv"]);
        Assert.False(File.Exists(folder["new.csv"]));
    }

    [Fact]
    public void A_run_without_events_leaves_an_empty_output()
    {
        using var folder = new TemporaryFolder();
        var old = folder.Write("old.csv", "of an earlier run\n");
        Cli.Good("stream", model.Folder, "--input", folder.Write("none.csv", File.ReadLines(model.Data).First() + "\n"), "--out", old);
        Assert.Equal("", File.ReadAllText(old));
    }

    [Fact]
    public void A_shorter_output_replaces_a_longer_one()
    {
        using var folder = new TemporaryFolder();
        var few = folder.Write("few.csv", string.Join('\n', File.ReadLines(model.Data).Take(20)) + "\n");
        var output = folder.Write("out.csv", new string('x', 100_000));
        Cli.Good("stream", model.Folder, "--input", few, "--out", output);
        Assert.Equal(Cli.Good("stream", model.Folder, "--input", few), File.ReadAllText(output));
    }

    [Fact]
    public void Nothing_is_written_over_the_model_or_the_state()
    {
        using var folder = new TemporaryFolder();
        string Fails(params string[] more) => Cli.Fails(2, ["stream", model.Folder, "--input", model.Data, .. more]);
        var config = Path.Combine(model.Folder, "config.json");
        var before = File.ReadAllText(config);
        Assert.Contains("is part of the model", Fails("--out", config), StringComparison.Ordinal);
        Assert.Contains("is part of the model", Fails("--state", model.Folder), StringComparison.Ordinal);
        Assert.Contains("is where the state is", Fails("--state", folder["s"], "--out", folder["s"]), StringComparison.Ordinal);
        Assert.Contains("is where the state is", Fails("--state", folder["s"], "--out", folder["s.log.1"]), StringComparison.Ordinal);
        Assert.Contains("is where the state is", Fails("--state", folder["s/"], "--out", folder["s/out.csv"]), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(config));
    }

    [Fact]
    public void A_packed_file_is_read_as_it_is_unpacked()
    {
        using var folder = new TemporaryFolder();
        using (var packed = new GZipStream(File.Create(folder["events.csv.gz"]), CompressionLevel.Fastest)) packed.Write(File.ReadAllBytes(model.Data));
        Assert.Equal(Cli.Good("stream", model.Folder, "--input", model.Data), Cli.Good("stream", model.Folder, "--input", folder["events.csv.gz"]));
    }

    [Fact]
    public void Json_lines_that_come_unannounced_are_known_for_what_they_are()
    {
        var result = Cli.RunWithInput("""{"ds":"2024-01-01 00:00:00","y":3}""" + "\n", "stream", model.Folder);
        Assert.Equal(1, result.Code);
        Assert.Contains("--format jsonl", result.Error, StringComparison.Ordinal);
    }
}
