using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace SsdForecast.Cli.Tests.Bundling;

public class BundleTests
{
    [Fact]
    [Trait("speed", "slow")]
    public void A_bundle_runs_by_itself()
    {
        using var folder = new TemporaryFolder();
        if (!File.Exists(Path.Combine(AppContext.BaseDirectory, "TorchSharp.Subset.dll")))
        {
            Assert.Contains("TorchBackend=system", Cli.Fails(1, "bundle", folder["bundle"]), StringComparison.Ordinal);
            Assert.Empty(folder.Names);
            return;
        }
        Cli.Good("bundle", folder["bundle"]);
        foreach (var file in (string[])["ssdf", "dotnet/dotnet", "native/build.sh", "app/datasets/taylor.csv", "app/configs/demo.yaml"]) Assert.True(File.Exists(folder["bundle/" + file]), file);
        Assert.Equal(["bundle"], folder.Names);
        TheBridgeIsWhole(folder["bundle/native"]);
        Assert.DoesNotContain(Directory.EnumerateFiles(folder["bundle"], "*", SearchOption.AllDirectories), f => f.EndsWith(".pdb", StringComparison.Ordinal));

        // Streams need no torch, so the launcher needs nothing of the machine for them.
        var start = new ProcessStartInfo(folder["bundle/ssdf"], ["--help"]) { RedirectStandardOutput = true };
        start.Environment["PATH"] = "/usr/bin:/bin";
        start.Environment.Remove("DOTNET_ROOT");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        Assert.Equal(Cli.Good("--help"), output);
    }

    /// <summary>Every file that the bridge is compiled from, and no other: the host builds it under the name that the program looks for.</summary>
    private static void TheBridgeIsWhole(string native)
    {
        var source = Path.GetFullPath(Path.Combine(SourceFolder(), "../../../src/TorchSharp.Subset/native"));
        // The tests may run from a build that left the sources behind.
        if (!Directory.Exists(source)) return;
        Assert.Equal(Directory.GetFiles(source).Select(Path.GetFileName).Order(), Directory.GetFiles(native).Select(Path.GetFileName).Order());
        Assert.Equal(Where(source), Where(native));
    }

    private static string Where(string native)
    {
        using var process = Process.Start(new ProcessStartInfo("bash", [Path.Combine(native, "build.sh"), "--where"]) { RedirectStandardOutput = true })!;
        var path = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return path;
    }

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [Fact]
    public void A_name_that_is_taken_is_refused()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["bundle"]);
        Assert.Contains("is there already", Cli.Fails(2, "bundle", folder["bundle"]), StringComparison.Ordinal);
        Assert.Equal(["bundle"], folder.Names);
    }
}
