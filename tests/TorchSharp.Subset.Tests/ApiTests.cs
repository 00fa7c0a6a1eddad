using System.Runtime.CompilerServices;

namespace TorchSharp.Tests;

/// <summary>
/// Holds the subset to api.txt, and api.txt to TorchSharp: with <c>TorchBackend=nuget</c> each of its lines must be a member of the package,
/// with the same types, parameter names and defaults.
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
        Assert.True(expected.Length > 1000);
#if TORCHSHARP_PACKAGE
        string[] missing = [.. expected.Except(actual)];
        Assert.True(missing.Length == 0, $"TorchSharp has no such member:\n{string.Join('\n', missing)}");
#else
        string[] changes = [.. expected.Except(actual).Select(l => "- " + l), .. actual.Except(expected).Select(l => "+ " + l)];
        string report = string.Join('\n', changes);
        if (report.Length > 0) File.WriteAllLines(Path.Combine(AppContext.BaseDirectory, "api.actual.txt"), actual);
        Assert.True(report.Length == 0, $"api.txt and the assembly differ; api.actual.txt has the assembly's:\n{report}");
#endif
    }

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
