using System.Runtime.CompilerServices;

namespace SsdForecast.Cli.Tests.Repository;

public class SolutionTests
{
    /// <summary>A project that the solution lacks is neither built nor tested by <c>./ssdf test</c>, and nothing says so.</summary>
    [Fact]
    public void The_solution_holds_every_project()
    {
        var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", ".."));
        var solution = File.ReadAllText(Path.Combine(root, "SsdForecast.sln")).Replace('\\', '/');
        string[] projects = [.. from folder in (string[])["src", "tests", "examples"]
            from file in Directory.EnumerateFiles(Path.Combine(root, folder), "*.csproj", SearchOption.AllDirectories)
            select Path.GetRelativePath(root, file)];
        Assert.NotEmpty(projects);
        Assert.All(projects, p => Assert.Contains($"\"{p}\"", solution, StringComparison.Ordinal));
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
