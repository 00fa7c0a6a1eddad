using SsdForecast.Torch.Ssd;

namespace SsdForecast.Torch.Tests;

public class SeamTests
{
    [Fact]
    public void The_framework_sees_torch_only_through_the_namespace_of_TorchSharp()
    {
        var references = typeof(SsdOperator).Assembly.GetReferencedAssemblies().Select(a => a.Name!).Where(n => n.StartsWith("TorchSharp", StringComparison.Ordinal));
        Assert.Single(references);
        var source = Path.GetDirectoryName(ThisFile())!;
        var folder = Path.Combine(source, "..", "..", "src", "SsdForecast.Torch");
        if (!Directory.Exists(folder)) return;
        foreach (var file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            Assert.DoesNotContain("Subset", File.ReadAllText(file), StringComparison.Ordinal);
    }

    private static string ThisFile([System.Runtime.CompilerServices.CallerFilePath] string path = "") => path;
}
