using System.Diagnostics;
using System.Runtime.CompilerServices;
using TorchSharp.Interop;

namespace TorchSharp.Tests.Interop;

public class BridgeLocatorTests
{
    [Fact]
    public void Looks_in_the_cache_where_the_build_script_writes()
    {
        string script = Path.GetFullPath(Path.Combine(SourceFolder(), "../../../src/TorchSharp.Subset/native/build.sh"));
        // The tests may run from a build that left the sources behind.
        if (!File.Exists(script)) return;
        var start = new ProcessStartInfo("bash", [script, "--where"]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string printed = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        Assert.Equal(printed, BridgeLocator.CachePath());
    }

    [Fact]
    public void The_version_is_that_of_libtorch() => Assert.Matches(@"^\d+\.\d+\.\d+", torch.__version__);

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
