using SsdForecast.Runtime;
using SsdForecast.Tests;

namespace SsdForecast.Cli.Tests.Evaluation;

public class VerifyTests
{
    [Theory]
    [InlineData("ssd_op_small")]
    [InlineData("ssd_op_groups")]
    [InlineData("mamba2_block_small")]
    public void Golden_numbers_are_met_by_every_form(string name)
    {
        if (!SharedData.TryGet($"golden/{name}.safetensors", out var path)) return;
        var result = Cli.Run("verify", path);
        Assert.True(result.Code == 0, result.Output + result.Error);
        Assert.Matches("^all [0-9]+ within tolerance$", result.Lines[^1]);
        foreach (var form in (string[])["recurrent", "chunked", "quadratic", "kernel"]) Assert.Contains($" {form} float32", result.Output, StringComparison.Ordinal);
        if (name.StartsWith("ssd", StringComparison.Ordinal)) Assert.Contains("bidirectional merged float64 against dense", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_past_its_tolerance_is_told_and_fails()
    {
        using var folder = new TemporaryFolder();
        // One step of one head: y = dt·B·C·x = 1·2·3·1 with dt = softplus(raw).
        var raw = MathF.Log(MathF.Exp(1) - 1);
        Write(folder["good.safetensors"], raw, 6);
        Write(folder["wrong.safetensors"], raw, 6.01f);
        Assert.Equal(0, Cli.Run("verify", folder["good.safetensors"]).Code);
        var wrong = Cli.Run("verify", folder["good.safetensors"], folder["wrong.safetensors"]);
        Assert.Equal(1, wrong.Code);
        Assert.Contains("PAST TOLERANCE", wrong.Output, StringComparison.Ordinal);
        Assert.Contains("past tolerance", wrong.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_something_else_is_refused()
    {
        using var folder = new TemporaryFolder();
        using (var stream = File.Create(folder["other.safetensors"])) Safetensors.Write(stream, [("weights", [1L], [1f])]);
        Assert.Contains("neither an operator", Cli.Fails(1, "verify", folder["other.safetensors"]), StringComparison.Ordinal);
        File.WriteAllText(folder["text.safetensors"], "not a safetensors file");
        Assert.Contains("text.safetensors", Cli.Fails(1, "verify", folder["text.safetensors"]), StringComparison.Ordinal);
    }

    private static void Write(string path, float dt, float y)
    {
        using var stream = File.Create(path);
        Safetensors.Write(stream,
        [
            ("x", [1L, 1, 1, 1], [1f]), ("dt", [1L, 1, 1], [dt]), ("A", [1L], [-1f]), ("B", [1L, 1, 1, 1], [2f]), ("C", [1L, 1, 1, 1], [3f]), ("y", [1L, 1, 1, 1], [y]),
        ]);
    }
}
