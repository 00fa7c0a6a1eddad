using System.Runtime.InteropServices;
using SsdForecast.Cli.Hosting;

namespace SsdForecast.Cli.Tests.Hosting;

public class FailuresTests
{
    [Fact]
    public void Native_frames_behind_an_error_of_torch_are_not_shown()
    {
        var line = Line(new ExternalException("shapes cannot be multiplied\nException raised from meta at LinearAlgebra.cpp:204 (most recent call first):\nframe #0: c10::Error"));
        Assert.Contains("ExternalException: shapes cannot be multiplied; this is", line, StringComparison.Ordinal);
        Assert.DoesNotContain("frame", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[enforce fail at alloc_cpu.cpp:75] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 4398046509056 bytes.")]
    [InlineData("CUDA out of memory. Tried to allocate 20.00 GiB")]
    public void Memory_that_torch_has_not_got_is_told_with_the_way_out(string message)
        => Assert.StartsWith("ssdf: out of memory; ask for less, in training a smaller --batch-size", Line(new ExternalException(message)), StringComparison.Ordinal);

    [Fact]
    public void A_libtorch_of_packages_that_does_not_load_is_told_in_one_line_with_the_way_out()
    {
        var line = Line(new TypeInitializationException("torch", new NotSupportedException("This application or script uses TorchSharp but doesn't contain a reference to libtorch-cpu-linux-x64.\n\nTrace")));
        Assert.StartsWith("ssdf: TorchSharp's native library cannot be loaded here", line, StringComparison.Ordinal);
        Assert.Contains("TorchBackend=system", line, StringComparison.Ordinal);
        Assert.DoesNotContain("Trace", line, StringComparison.Ordinal);
    }

    private static string Line(Exception exception)
    {
        using var error = new StringWriter();
        Assert.Equal(ExitCodes.Failed, Failures.Report(exception, error));
        return Assert.Single(error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
