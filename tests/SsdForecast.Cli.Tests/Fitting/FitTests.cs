using System.Text.Json;

namespace SsdForecast.Cli.Tests.Fitting;

public class FitTests(TinyModel model) : IClassFixture<TinyModel>
{
    [Fact]
    public void Fit_tells_what_it_found_trains_scores_and_says_where_the_model_is()
    {
        var result = model.Fitted;
        Assert.True(result.Code == 0, result.Error);
        Assert.Contains("time: column 'date'", result.Error, StringComparison.Ordinal);
        Assert.Contains("epoch 1/1: loss ", result.Error, StringComparison.Ordinal);
        Assert.Contains(" samples/s", result.Error, StringComparison.Ordinal);
        Assert.Contains("coverage of 80.0 %", result.Output, StringComparison.Ordinal);
        foreach (var name in (string[])["ssd ", "seasonal naive ", "ridge "]) Assert.Contains(result.Lines, l => l.StartsWith(name, StringComparison.Ordinal));
        Assert.Equal($"model written to {model.Folder}", result.Lines[^1]);
        Assert.DoesNotContain('\u001b', result.Output + result.Error);
    }

    [Fact]
    public void The_metrics_are_kept_in_the_training_record()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(model.Folder, "training.json")));
        Assert.Equal(["ssd", "seasonal naive", "ridge"], json.RootElement.GetProperty("metrics").EnumerateArray().Select(m => m.GetProperty("model").GetString()));
        Assert.False(Directory.Exists(model.Folder + ".checkpoint"));
    }

    [Fact]
    public void Json_is_one_document_and_quiet_is_quiet()
    {
        using var folder = new TemporaryFolder();
        var result = TinyFit.Fit(model.Data, folder["model"], "--json", "--quiet");
        Assert.Equal("", result.Error);
        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal(6, json.RootElement.GetProperty("horizon").GetInt32());
        Assert.Equal("causal", json.RootElement.GetProperty("kind").GetString());
        Assert.Equal(3, json.RootElement.GetProperty("metrics").GetArrayLength());
        Assert.True(json.RootElement.GetProperty("metrics")[0].GetProperty("mase").GetDouble() > 0);
        Assert.True(json.RootElement.GetProperty("samples_per_second").GetDouble() > 0);
    }

    [Fact]
    public void Quiet_hides_progress_and_what_was_found_but_no_warning()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Write("flat.csv", "date,load,flat\n" + string.Concat(SmallData.Hourly().Split('\n').Skip(1).Where(l => l.Length > 0).Select(l => l + ",7\n")));
        var loud = TinyFit.Fit(data, folder["loud"]);
        var quiet = TinyFit.Fit(data, folder["quiet"], "--quiet");
        Assert.True(quiet.Code == 0, quiet.Error);
        string[] Warnings(CliResult result) => [.. result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l.StartsWith("warning: ", StringComparison.Ordinal))];
        Assert.Contains(Warnings(loud), w => w.Contains("constant series", StringComparison.Ordinal) && w.Contains("'flat'", StringComparison.Ordinal));
        Assert.Equal(Warnings(loud), quiet.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Without_test_rows_a_model_is_written_with_a_warning()
    {
        using var folder = new TemporaryFolder();
        var result = TinyFit.Fit(model.Data, folder["model"], "--split", "last:20/0");
        Assert.Equal(0, result.Code);
        Assert.Contains("warning: not scored: ", result.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["model/config.json"]));
    }

    [Fact]
    public void A_stop_keeps_the_best_weights_and_resume_goes_on()
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        using var error = new StopAtEpoch(stop, 2);
        using var output = new StringWriter();
        string[] args = ["fit", model.Data, "--out", folder["model"], "--horizon", "6", .. TinyFit.With("--epochs", "6")];
        Assert.Equal(0, Program.Run(args, TextReader.Null, output, error, stop.Token));
        Assert.Contains("stopped; the best weights so far, of epoch ", error.ToString(), StringComparison.Ordinal);
        Assert.True(File.Exists(folder["model/model.safetensors"]));
        Assert.True(Directory.Exists(folder["model.checkpoint"]));

        var resumed = Cli.Run([.. args, "--resume"]);
        Assert.True(resumed.Code == 0, resumed.Error);
        Assert.DoesNotContain("epoch 2/6", resumed.Error, StringComparison.Ordinal);
        Assert.Contains("epoch 3/6", resumed.Error, StringComparison.Ordinal);
        Assert.Contains("trained 6 epochs", resumed.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["model.checkpoint"]));
    }

    [Fact]
    public void A_folder_with_other_content_is_not_replaced()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["model"]);
        folder.Write("model/mine.txt", "mine");
        Assert.Contains("--out", Cli.Fails(2, ["fit", model.Data, "--out", folder["model"], "--horizon", "6", .. TinyFit.Options]), StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(folder["model/mine.txt"]));
    }

    /// <summary>Asks to stop when the line of an epoch has been written, as Ctrl-C would.</summary>
    private sealed class StopAtEpoch(CancellationTokenSource stop, int epoch) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.StartsWith($"epoch {epoch}/", StringComparison.Ordinal) == true) stop.Cancel();
        }
    }
}
