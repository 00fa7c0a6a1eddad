using System.Text.Json;

namespace SsdForecast.Cli.Tests.Inspection;

public class InspectTests(TinyModel model) : IClassFixture<TinyModel>
{
    [Fact]
    public void Every_head_has_its_row_and_its_picture()
    {
        using var folder = new TemporaryFolder();
        var output = Cli.Run("inspect", model.Folder, model.Data, "--out", folder["i.html"], "--window", "64");
        Assert.Equal(0, output.Code);
        // d_model 8, expand 2 and head_dim 4 make four heads in one layer.
        Assert.Equal(4, output.Lines.Count(l => l.TrimStart().StartsWith("0  ", StringComparison.Ordinal)));
        Assert.Contains("Of 1 × 4 heads", output.Output, StringComparison.Ordinal);
        var html = File.ReadAllText(folder["i.html"]);
        Assert.Contains("Mixing matrices, layer 0", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_come_as_json_and_the_training_file_is_found()
    {
        using var json = JsonDocument.Parse(Cli.Good("inspect", model.Folder, "--window", "32", "--json"));
        Assert.Equal(32, json.RootElement.GetProperty("length").GetInt32());
        Assert.Equal(4, json.RootElement.GetProperty("heads").GetArrayLength());
        Assert.InRange(json.RootElement.GetProperty("heads")[3].GetProperty("dual_width").GetInt32(), 1, 4);
    }

    [Fact]
    public void A_wrong_series_or_window_is_a_wrong_call()
    {
        Assert.Contains("--series: there is no series 'nort' among 1; the first is 'load'", Cli.Fails(2, "inspect", model.Folder, model.Data, "--series", "nort"), StringComparison.Ordinal);
        Assert.Contains("did you mean 'load'?", Cli.Fails(2, "inspect", model.Folder, model.Data, "--series", "laod"), StringComparison.Ordinal);
        Assert.Contains("--window: is 3", Cli.Fails(2, "inspect", model.Folder, model.Data, "--window", "3"), StringComparison.Ordinal);
        Assert.Contains("no such folder", Cli.Fails(2, "inspect", "nowhere", model.Data), StringComparison.Ordinal);
    }
}
