using System.Diagnostics;
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

    [Theory]
    [InlineData("FitCsv", "nowhere.csv", "nowhere.csv: there is no such file")]
    [InlineData("StreamEvents", "nowhere", "nowhere: no such folder")]
    [InlineData("DrawReport", "nowhere.csv", "nowhere.csv: there is no such file")]
    public void A_wrong_path_is_one_line_and_an_exit_code(string example, string path, string problem)
    {
        var start = new ProcessStartInfo(Serving.Ssdf.Dotnet, [Path.Combine(AppContext.BaseDirectory, example + ".dll"), path]) { RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(1, process.ExitCode);
        Assert.StartsWith($"{example}: {problem}", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public void DrawReport_names_the_horizons_that_fit()
        => Assert.Contains("take 1 to 52", Assert.Throws<TargetInvocationException>(() => Run("DrawReport", model.Data, "53")).InnerException!.Message, StringComparison.Ordinal);

    [Fact]
    public void DrawReport_says_how_many_rows_it_takes()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllLines(folder["few.csv"], ["time,value", .. Enumerable.Range(1, 20).Select(d => $"2024-01-{d:D2},{d}")]);
        Assert.Contains("takes 9 or more", Assert.Throws<TargetInvocationException>(() => Run("DrawReport", folder["few.csv"])).InnerException!.Message, StringComparison.Ordinal);
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
