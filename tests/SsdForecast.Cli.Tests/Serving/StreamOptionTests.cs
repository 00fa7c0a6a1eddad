using System.Text;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Serving;
using SsdForecast.Cli.Settings;

namespace SsdForecast.Cli.Tests.Serving;

/// <summary>Options of <c>ssdf stream</c> that have a meaning, and those that have none.</summary>
public class StreamOptionTests(TinyModel model) : IClassFixture<TinyModel>
{
    [Theory]
    [InlineData("--past", "those that the model was trained with", "a")]
    [InlineData("--known", "those that the model was trained with", "a")]
    [InlineData("--static", "those that the model was trained with", "a")]
    [InlineData("--layout", "the layout of the training file", "long")]
    [InlineData("--frequency", "--off-grid", "D")]
    [InlineData("--spacing", "--off-grid", "irregular")]
    [InlineData("--gaps", "skipped steps as missing values", "refuse")]
    [InlineData("--duplicates", "--sequence", "mean")]
    [InlineData("--order", "--late", "refuse")]
    [InlineData("--no-header", "the first line of a CSV stream names its columns")]
    [InlineData("--reorder-window", "--late reorder", "8")]
    [InlineData("--snapshot-every", "--state", "8")]
    [InlineData("--sync", "--state", "event")]
    [InlineData("--off-grid", "none of snap, refuse, keep", "guess")]
    public void An_option_of_no_use_is_refused(string option, string wayOut, params string[] value)
    {
        var line = Cli.Fails(2, ["stream", model.Folder, option, .. value]);
        Assert.StartsWith($"ssdf: {option}: ", line, StringComparison.Ordinal);
        Assert.Contains(wayOut, line, StringComparison.Ordinal);
        if (option != "--off-grid" && StreamColumns.Refused.Keys.Any(s => s.Option == option)) Assert.DoesNotContain(option + " ", Cli.Good("stream", "--help"), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_setting_of_a_file_is_used_or_refused()
        => Assert.Equal(SettingTable.Columns.Select(s => s.Name).Order(), StreamColumns.Used.Concat(StreamColumns.Refused.Keys).Select(s => s.Name).Order());

    [Fact]
    public void A_delimiter_of_JSON_lines_and_times_of_a_model_without_are_refused()
    {
        Assert.StartsWith("ssdf: --delimiter: JSON lines have no delimiter", Cli.Fails(2, "stream", model.Folder, "--format", "jsonl", "--delimiter", ";"), StringComparison.Ordinal);
        using var folder = new TemporaryFolder();
        Assert.Equal(0, TinyFit.Fit(model.Data, folder["model"], "--frequency", "ordinal").Code);
        foreach (var (option, value) in new[] { ("--time", "date"), ("--time-format", "unix_s") })
            Assert.StartsWith($"ssdf: {option}: the model was trained without timestamps", Cli.Fails(2, "stream", folder["model"], option, value), StringComparison.Ordinal);
        Assert.StartsWith("ssdf: --off-grid: the model was not trained on a series of a regular step", Cli.Fails(2, "stream", folder["model"], "--off-grid", "keep"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_options_that_are_used_read_another_form_of_the_same_events()
    {
        var rows = File.ReadAllLines(model.Data)[1..].Select(l => l.Split(',')).ToList();
        rows[7][1] = "";
        var usual = Cli.RunWithInput("date,load\n" + string.Join('\n', rows.Select(r => string.Join(',', r))), "stream", model.Folder);
        rows[7][1] = "gone";
        var other = "meter;when;what\n" + string.Join('\n', rows.Select(r => $"load;{r[0]};{r[1].Replace('.', ',')}"));
        var read = Cli.RunWithInput(other, "stream", model.Folder, "--id", "meter", "--time", "when", "--target", "what", "--missing", "gone", "--decimal", ",", "--delimiter", ";");
        Assert.Equal((0, usual.Output), (read.Code, read.Output));
    }

    [Fact]
    public void A_state_goes_on_with_the_weights_that_it_was_kept_with()
    {
        using var folder = new TemporaryFolder();
        foreach (var (kept, other) in new[] { ("float32", "int8"), ("int8", "float32") })
        {
            string[] Args(string weights) => ["stream", model.Folder, "--input", model.Data, "--state", folder[kept], "--weights", weights];
            Assert.Equal(0, Cli.Run(Args(kept)).Code);
            var before = File.ReadAllBytes(folder[kept]);
            Assert.Equal($"ssdf: --weights: the state in {folder[kept]} was kept with {kept}; pass --weights {kept}, or begin another state with --state OTHER", Cli.Fails(2, Args(other)));
            Assert.Equal(before, File.ReadAllBytes(folder[kept]));
            Assert.Contains("300 seen before", Cli.Run(Args(kept)).Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Times_beside_the_grid_are_moved_and_told_of_once()
    {
        using var folder = new TemporaryFolder();
        var exact = Cli.Run("stream", model.Folder, "--input", model.Data);
        var jittered = Jittered();
        var input = folder.Write("jittered.csv", jittered);
        var snapped = Cli.Run("stream", model.Folder, "--input", input, "--state", folder["state"]);
        Assert.Equal((0, exact.Output), (snapped.Code, snapped.Output));
        var warning = Assert.Single(snapped.Error.Split('\n'), l => l.StartsWith("warning: ", StringComparison.Ordinal));
        Assert.StartsWith($"warning: {input}:12: series 'load': 2024-01-01 10:07:00 is not on the grid of steps (h)", warning, StringComparison.Ordinal);
        Assert.Contains("300 events of 1 series, 0 rejected, 30 snapped to the nearest step", snapped.Error, StringComparison.Ordinal);

        // A repetition is known, also that of a last event whose time is after its step.
        var again = Cli.Run("stream", model.Folder, "--input", input, "--state", folder["state"]);
        Assert.Contains("0 events of 1 series, 0 rejected, 300 seen before", again.Error, StringComparison.Ordinal);
        Assert.Contains("\"snapped\": 30", Cli.Run("stream", model.Folder, "--input", input, "--json").Error, StringComparison.Ordinal);

        var refused = Cli.Run("stream", model.Folder, "--input", input, "--off-grid", "refuse");
        Assert.Contains("270 events of 1 series, 30 rejected", refused.Error, StringComparison.Ordinal);
        Assert.Contains("rejected: time_off_grid 30", refused.Error, StringComparison.Ordinal);
        var kept = Cli.Run("stream", model.Folder, "--input", input, "--off-grid", "keep");
        Assert.Contains("300 events of 1 series, 0 rejected, ", kept.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("snapped", kept.Error, StringComparison.Ordinal);
        Assert.Contains("2024-01-01 11:07:00", kept.Output, StringComparison.Ordinal);
    }

    // Every tenth row, and the last, some minutes late.
    private string Jittered()
        => string.Join('\n', File.ReadAllLines(model.Data).Select((l, i) => i % 10 == 1 && i > 1 || i == 300 ? l.Replace(":00,", ":07,", StringComparison.Ordinal) : l));

    [Fact]
    public void UTF_16_is_read_where_a_byte_order_mark_says_so()
    {
        using var folder = new TemporaryFolder();
        var text = File.ReadAllText(model.Data);
        var expected = Cli.Run("stream", model.Folder, "--input", model.Data).Output;
        foreach (var encoding in new Encoding[] { Encoding.Unicode, Encoding.BigEndianUnicode, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true) })
        {
            File.WriteAllText(folder["events.csv"], text, encoding);
            Assert.Equal(expected, Cli.Run("stream", model.Folder, "--input", folder["events.csv"]).Output);
        }
    }

    [Theory]
    [InlineData("utf-16", false, "binary, or UTF-16 without a byte order mark; convert it")]
    [InlineData("utf-16BE", false, "binary, or UTF-16 without a byte order mark; convert it")]
    [InlineData("utf-32", true, "UTF-32, as its byte order mark says; convert it")]
    [InlineData("utf-32BE", true, "UTF-32, as its byte order mark says; convert it")]
    public void Other_encodings_are_refused_by_name(string name, bool mark, string problem)
    {
        using var folder = new TemporaryFolder();
        var encoding = Encoding.GetEncoding(name);
        File.WriteAllBytes(folder["events.csv"], [.. mark ? encoding.Preamble : default, .. encoding.GetBytes(File.ReadAllText(model.Data))]);
        Assert.StartsWith($"ssdf: {folder["events.csv"]}: the input is {problem}", Cli.Fails(1, "stream", model.Folder, "--input", folder["events.csv"]), StringComparison.Ordinal);
    }

    [Fact]
    public void An_encoding_is_told_from_what_comes_piece_by_piece()
    {
        foreach (var encoding in new Encoding[] { Encoding.Unicode, Encoding.BigEndianUnicode, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), new UTF8Encoding(false) })
        {
            byte[] bytes = [.. encoding.Preamble, .. encoding.GetBytes("ä,1\n😀,2")];
            var lines = new InputLines(new Utf8Stream(new Trickle(bytes), "stdin"), CancellationToken.None);
            Assert.True(lines.Next(out var line, out _));
            Assert.Equal("ä,1", Encoding.UTF8.GetString(line));
            Assert.True(lines.Next(out line, out _));
            Assert.Equal("😀,2", Encoding.UTF8.GetString(line));
            Assert.False(lines.Next(out _, out _));
        }

        foreach (byte[] bytes in (byte[][])[[], [0xff], [0xff, 0xfe], [0xef, 0xbb, 0xbf]])
        {
            var lines = new InputLines(new Utf8Stream(new Trickle(bytes), "stdin"), CancellationToken.None);
            Assert.Equal(bytes.Length == 1, lines.Next(out _, out _));
        }

        var packed = Assert.Throws<AggregateException>(() => new InputLines(new Utf8Stream(new Trickle([0x1f, 0x8b, 8, 0]), "stdin"), CancellationToken.None).Next(out _, out _));
        Assert.Contains("--input FILE.gz", Assert.IsType<CommandException>(packed.InnerException).Message, StringComparison.Ordinal);
    }

    /// <summary>A byte at a time, each after a while.</summary>
    private sealed class Trickle(byte[] bytes) : ForwardStream
    {
        private int _at;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            if (_at == bytes.Length) return 0;
            buffer.Span[0] = bytes[_at++];
            return 1;
        }
    }
}
