using System.Reflection;

namespace SsdForecast.Cli.Tests.Examples;

/// <summary>The programs in <c>examples/</c>, run as they are.</summary>
public class ExampleTests(TinyModel model) : IClassFixture<TinyModel>
{
    [Fact]
    public void FitCsv_fits_scores_and_forecasts()
    {
        using var folder = new TemporaryFolder();
        var output = Run("FitCsv", model.Data, "6", folder["model"], "0");
        Assert.Contains("seasonal naive  MASE", output, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["model/model.safetensors"]));
    }

    [Fact]
    public void StreamEvents_saves_restores_and_forecasts()
    {
        using var folder = new TemporaryFolder();
        var output = Run("StreamEvents", model.Folder, model.Data, folder["state"]);
        Assert.Contains("saved and restored after 151 events", output, StringComparison.Ordinal);
        Assert.Contains("299 one-step forecasts", output, StringComparison.Ordinal);
    }

    [Fact]
    public void DrawReport_draws()
    {
        using var folder = new TemporaryFolder();
        Run("DrawReport", model.Data, "6", folder["report.html"]);
        Assert.Contains("<svg", File.ReadAllText(folder["report.html"]), StringComparison.Ordinal);
    }

    private static string Run(string example, params string[] args)
    {
        var console = Console.Out;
        using var output = new StringWriter();
        Console.SetOut(output);
        try
        {
            Assembly.Load(example).EntryPoint!.Invoke(null, [args]);
        }
        finally
        {
            Console.SetOut(console);
        }
        return output.ToString();
    }
}
