using System.Diagnostics;

namespace SsdForecast.Cli.Tests.Bundling;

public class BundleTests
{
    [Fact]
    [Trait("speed", "slow")]
    public void A_bundle_runs_by_itself()
    {
        using var folder = new TemporaryFolder();
        Cli.Good("bundle", folder["bundle"]);
        foreach (var file in (string[])["ssdf", "dotnet/dotnet", "native/build.sh", "native/bridge.cpp", "app/datasets/taylor.csv", "app/configs/demo.yaml"]) Assert.True(File.Exists(folder["bundle/" + file]), file);
        Assert.Equal(["bundle"], folder.Names);
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

    [Fact]
    public void A_name_that_is_taken_is_refused()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["bundle"]);
        Assert.Contains("is there already", Cli.Fails(2, "bundle", folder["bundle"]), StringComparison.Ordinal);
        Assert.Equal(["bundle"], folder.Names);
    }
}
