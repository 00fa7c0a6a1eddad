using System.Text.Json;
using SsdForecast.Reports;

namespace SsdForecast.Cli.Tests.Reporting;

public class ReportTests(TinyModel model) : IClassFixture<TinyModel>
{
    [Fact]
    public void A_model_is_drawn_on_its_held_out_rows()
    {
        using var folder = new TemporaryFolder();
        Cli.Good("report", model.Folder, "--data", model.Data, "--out", folder["r.html"], "--title", "Load of a house", "--unit", "kW");
        var html = File.ReadAllText(folder["r.html"]);
        foreach (var text in (string[])["Load of a house", "kW", "seasonal naive", "ridge", "<svg"]) Assert.Contains(text, html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
    }

    [Fact]
    public void The_training_file_is_found_beside_the_model_while_it_is_unchanged()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Write("load.csv", SmallData.Hourly());
        Assert.Equal(0, TinyFit.Fit(data, folder["model"]).Code);
        Cli.Good("report", folder["model"], "--out", folder["r.html"]);
        File.AppendAllText(data, $"{SmallData.Time(300)},50\n");
        File.Delete(folder["r.html"]);
        Assert.Contains("--data: not given", Cli.Fails(2, "report", folder["model"], "--out", folder["r.html"]), StringComparison.Ordinal);
        Assert.False(File.Exists(folder["r.html"]));
    }

    [Fact]
    public void A_file_of_forecasts_is_drawn_with_the_rows_before_it()
    {
        using var folder = new TemporaryFolder();
        Cli.Good("forecast", model.Folder, model.Data, "--out", folder["f.csv"]);
        Cli.Good("report", folder["f.csv"], "--data", model.Data, "--out", folder["r.html"]);
        Assert.Contains("<svg", File.ReadAllText(folder["r.html"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_holds_no_forecasts_is_refused()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("unique_id", Cli.Fails(1, "report", model.Data, "--out", folder["r.html"]), StringComparison.Ordinal);
        Assert.Empty(folder.Names);
    }

    [Theory]
    [InlineData(2, "r.html", "taken", "--png: ", "is a file; name a folder")]
    [InlineData(1, "r.html", "taken/figures", "--png: ", "cannot be written")]
    [InlineData(2, "made", "figures", "--out: ", "is a folder; name a file")]
    [InlineData(1, "taken/r.html", "figures", "taken/r.html: ", "cannot be written")]
    public void A_place_that_cannot_be_written_is_refused_before_anything_is(int code, string html, string png, string place, string problem)
    {
        if (!PngRenderer.IsAvailable) return;
        using var folder = new TemporaryFolder();
        folder.Write("taken", "mine");
        Directory.CreateDirectory(folder["made"]);
        var line = Cli.Fails(code, "report", model.Folder, "--data", model.Data, "--out", folder[html], "--png", folder[png]);
        Assert.Contains(place, line, StringComparison.Ordinal);
        Assert.Contains(problem, line, StringComparison.Ordinal);
        Assert.Equal(["made", "taken"], folder.Names);
        Assert.Equal("mine", File.ReadAllText(folder["taken"]));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder["made"]));
    }

    [Fact]
    public void Charts_are_drawn_as_png_where_the_machine_can()
    {
        using var folder = new TemporaryFolder();
        string[] args = ["report", model.Folder, "--data", model.Data, "--out", folder["r.html"], "--png", folder["figures"], "--windows", "2", "--json"];
        if (!PngRenderer.IsAvailable)
        {
            Assert.Contains("librsvg", Cli.Fails(1, args), StringComparison.Ordinal);
            Assert.Empty(folder.Names);
            return;
        }
        using var json = JsonDocument.Parse(Cli.Good(args));
        foreach (var path in json.RootElement.GetProperty("png").EnumerateArray()) Assert.Equal(0x89, File.ReadAllBytes(path.GetString()!)[0]);
    }
}
