using System.Runtime.CompilerServices;

namespace TorchSharp.Tests;

/// <summary>
/// Holds the assembly to api.txt. What is listed there was compared with TorchSharp 0.107.0 itself, so a change of the list is a
/// change against TorchSharp: compare again before it is made.
/// </summary>
public class ApiTests
{
    [Fact]
    public void The_public_members_are_those_of_the_list()
    {
        string[] actual = [.. ApiLister.List(typeof(torch).Assembly)];
        string list = Path.Combine(SourceFolder(), "api.txt");
        // The tests may run from a build that left the sources behind.
        if (!File.Exists(list)) return;
        string[] expected = File.ReadAllLines(list);
        string[] changes = [.. expected.Except(actual).Select(l => "- " + l), .. actual.Except(expected).Select(l => "+ " + l)];
        string report = string.Join('\n', changes);
        if (report.Length > 0) File.WriteAllLines(Path.Combine(AppContext.BaseDirectory, "api.actual.txt"), actual);
        Assert.True(report.Length == 0, $"api.txt and the assembly differ; api.actual.txt has the assembly's:\n{report}");
        Assert.True(expected.Length > 1000);
    }

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
