using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace SsdForecast.Torch.Tests.Documentation;

/// <summary>
/// <c>docs/annotated-ssd.md</c>. A sample stands there as <c>&lt;!-- sample: Name --&gt;</c>, a fence with its code and a fence with what it prints.
/// </summary>
internal static partial class AnnotatedPage
{
    /// <summary>With this variable set, the tests write code, output and pictures instead of comparing them.</summary>
    public static bool Rewrites => Environment.GetEnvironmentVariable("SSDF_REWRITE_DOCS") == "1";

    public static string Images => Path.Combine(Docs, "images");

    private static string Docs => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "..", "docs"));

    private static string PagePath => Path.Combine(Docs, "annotated-ssd.md");

    /// <summary>The page as it is on disk.</summary>
    public static string Text => File.ReadAllText(PagePath);

    /// <summary>The methods that hold samples.</summary>
    public static IReadOnlyList<MethodInfo> Samples { get; } =
    [
        .. typeof(AnnotatedSamples).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(AnnotatedSamples)))
            .SelectMany(t => t.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)),
    ];

    /// <summary>The samples of the page, in its order.</summary>
    public static IReadOnlyList<string> Names => [.. Marker().Matches(Text).Select(m => m.Groups[1].Value)];

    /// <summary>What the page must show for a sample: its code and what it prints.</summary>
    public static string Expected(string name)
    {
        var method = Samples.Single(m => m.Name == name);
        var sample = (AnnotatedSamples)Activator.CreateInstance(method.DeclaringType!)!;
        method.Invoke(sample, BindingFlags.DoNotWrapExceptions, null, null, null);
        return $"<!-- sample: {name} -->\n```csharp\n{Region(method.DeclaringType!.Name, name)}```\n```text\n{sample.Printed}```\n";
    }

    /// <summary>What the page shows for a sample.</summary>
    public static string Shown(string name) => Text.Substring(Place(name).Start, Place(name).Length);

    public static void Replace(string name, string expected)
    {
        var (start, length) = Place(name);
        File.WriteAllText(PagePath, Text.Remove(start, length).Insert(start, expected));
    }

    private static (int Start, int Length) Place(string name)
    {
        var match = Regex.Match(Text, $"<!-- sample: {name} -->\n(```csharp\n.*?^```\n```text\n.*?^```\n)?", RegexOptions.Singleline | RegexOptions.Multiline);
        Assert.True(match.Success, $"docs/annotated-ssd.md has no <!-- sample: {name} -->");
        return (match.Index, match.Length);
    }

    /// <summary>The lines of a region, without their common indentation.</summary>
    private static string Region(string type, string name)
    {
        var source = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, type + ".cs"));
        var match = Regex.Match(source, $@"^ *#region {name}\n(.*?)^ *#endregion", RegexOptions.Singleline | RegexOptions.Multiline);
        Assert.True(match.Success, $"{type}.cs has no region {name}");
        string[] lines = match.Groups[1].Value.TrimEnd('\n').Split('\n');
        var indentation = lines.Where(l => l.Length > 0).Min(l => l.Length - l.TrimStart().Length);
        return string.Concat(lines.Select(l => (l.Length == 0 ? l : l[indentation..]) + "\n"));
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;

    [GeneratedRegex("^<!-- sample: (.*) -->$", RegexOptions.Multiline)]
    private static partial Regex Marker();
}
