using System.Reflection;

namespace SsdForecast.Streaming.Tests;

/// <summary>Serving loads no torch, and no arrow runs against the table of the design.</summary>
public class DependencyTests
{
    [Theory]
    [InlineData("SsdForecast.Data")]
    [InlineData("SsdForecast.Runtime", "SsdForecast.Data")]
    [InlineData("SsdForecast.Streaming", "SsdForecast.Data", "SsdForecast.Runtime")]
    public void A_serving_library_references_only_those_below_it_and_no_torch(string name, params string[] allowed)
    {
        var references = Assembly.Load(name).GetReferencedAssemblies().Select(a => a.Name!).ToArray();
        Assert.DoesNotContain(references, r => r.Contains("Torch", StringComparison.OrdinalIgnoreCase));
        Assert.Empty(references.Where(r => r.StartsWith("SsdForecast", StringComparison.Ordinal)).Except(allowed));
    }

    [Fact]
    public void No_torch_lies_beside_them()
    {
        var files = Directory.GetFiles(AppContext.BaseDirectory, "*.dll").Select(f => Path.GetFileName(f)!).ToArray();
        Assert.Contains("SsdForecast.Streaming.dll", files);
        Assert.DoesNotContain(files, f => f.Contains("torch", StringComparison.OrdinalIgnoreCase));
    }
}
