using System.Diagnostics;

namespace SsdForecast.Cli.Tests.Serving;

/// <summary>Serving a stream must not load torch: the program is run from a folder where torch is not.</summary>
public class WithoutTorchTests(TinyModel model) : IClassFixture<TinyModel>
{
    [Fact]
    public void A_stream_is_served_where_there_is_no_torch()
    {
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory, "*", SearchOption.TopDirectoryOnly))
        {
            var name = Path.GetFileName(file);
            // Without a list of dependencies the host takes what lies there.
            if (name.StartsWith("TorchSharp", StringComparison.Ordinal) || name.StartsWith("SsdForecast.Torch", StringComparison.Ordinal) || name.EndsWith(".deps.json", StringComparison.Ordinal)) continue;
            if (name.EndsWith(".dll", StringComparison.Ordinal) || name == "ssdf.runtimeconfig.json") File.Copy(file, folder[name]);
        }
        Assert.True(File.Exists(folder["ssdf.runtimeconfig.json"]));

        var (code, output, error) = Run(folder, File.ReadAllText(model.Data), "stream", model.Folder);
        Assert.True(code == 0, error);
        Assert.Equal(Cli.RunWithInput(File.ReadAllText(model.Data), "stream", model.Folder).Output, output);

        // The proof that torch is not there: what needs it says so.
        (code, _, error) = Run(folder, "", "forecast", model.Folder, model.Data, "--out", folder["f.csv"]);
        Assert.Equal(1, code);
        Assert.StartsWith("ssdf: ", error, StringComparison.Ordinal);
    }

    private static (int Code, string Output, string Error) Run(TemporaryFolder folder, string input, params string[] args)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet", [folder["ssdf.dll"], .. args])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return (process.ExitCode, output.Result, error.Result);
    }
}
