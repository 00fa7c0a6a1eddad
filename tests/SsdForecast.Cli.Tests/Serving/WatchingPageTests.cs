using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace SsdForecast.Cli.Tests.Serving;

/// <summary>The commands of <c>docs/streaming.md</c> run as they stand there, and print what stands there, but for what another machine's arithmetic changes.</summary>
public class WatchingPageTests
{
    [Fact]
    public void The_sample_of_the_page_runs_and_prints_what_the_page_says()
    {
        var root = Path.GetFullPath("../../..", Path.GetDirectoryName(ThisFile())!);
        var page = File.ReadAllText(Path.Combine(root, "docs/streaming.md"));
        var match = Regex.Match(page, "```sh\n# sample: watch\n(.*?)```\n\n```text\n(.*?)```", RegexOptions.Singleline);
        Assert.True(match.Success, "docs/streaming.md has no sample 'watch' with what it prints");
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder["datasets"], Path.Combine(root, "datasets"));
        var commands = Regex.Replace(match.Groups[1].Value.Replace("./ssdf ", "ssdf ", StringComparison.Ordinal), "^(ssdf fit .*)$", "$1 >fit.log 2>&1", RegexOptions.Multiline);
        folder.Write("sample.sh", $"set -e\nssdf() {{ '{Ssdf.Dotnet}' '{Path.Combine(AppContext.BaseDirectory, "ssdf.dll")}' \"$@\"; }}\n{commands}");
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", "bash sample.sh 2>&1"]) { WorkingDirectory = folder.Path, RedirectStandardOutput = true })!;
        var printed = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, printed);

        string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var (expected, actual) = (Lines(match.Groups[2].Value), Lines(printed));
        Assert.Equal(Shape(expected[0]), Shape(actual[0]));
        Assert.Equal(Shape(expected[1]), Shape(actual[1]));
        Assert.Equal(expected[2], actual[2]);
        Assert.Equal(expected[3].Split(',')[..2], actual[3].Split(',')[..2]);
        Assert.InRange(actual.Length, expected.Length - 2, expected.Length + 2);
        Assert.InRange(Coverage(actual[1]), 89, 91.5);
    }

    private static string Shape(string line) => Regex.Replace(line, "[0-9][0-9.,]*", "#");

    private static double Coverage(string line) => double.Parse(Regex.Match(line, "coverage ([0-9.]+) %").Groups[1].Value, CultureInfo.InvariantCulture);

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
