using System.Text.Json;
using SsdForecast.Cli.Benchmarks.Ssd;
using SsdForecast.Torch.Ssd;
using static TorchSharp.torch;

namespace SsdForecast.Cli.Tests.Benchmarks.Ssd;

/// <summary><c>ssdf benchmark ssd</c> on tiny shapes: what it computes and says, not how fast.</summary>
public class SsdBenchmarkTests
{
    private static readonly string[] Tiny = ["--batch", "1", "--length", "20", "--heads", "2", "--head-dim", "4", "--repeats", "1"];

    [Fact]
    public void One_shape_as_JSON_has_every_figure_of_every_form()
    {
        using var json = JsonDocument.Parse(Cli.Good(["benchmark", "ssd", .. Tiny, "--d-state", "8", "--json"]));
        Assert.True(json.RootElement.GetProperty("fma_peak_gflops").GetDouble() > 0);
        Assert.True(json.RootElement.GetProperty("threads").GetInt32() > 0);
        var shape = Assert.Single(json.RootElement.GetProperty("shapes").EnumerateArray());
        Assert.Equal(8, shape.GetProperty("state_size").GetInt32());
        Assert.Equal(4 * 20 * 2 * 4, shape.GetProperty("value_bytes").GetInt32());
        var forms = shape.GetProperty("forms").EnumerateArray().ToList();
        Assert.Equal(["kernel", "torch chunked", "torch scan"], forms.Select(f => f.GetProperty("form").GetString()));
        foreach (var form in forms)
        {
            foreach (var figure in (string[])["forward_milliseconds", "training_milliseconds", "forward_ratio", "training_ratio", "forward_gflops", "training_gflops", "forward_peak_share", "training_peak_share"])
                Assert.True(form.GetProperty(figure).GetDouble() > 0, figure);
            Assert.True(form.GetProperty("runs").GetInt32() > 0);
            if (OperatingSystem.IsLinux()) Assert.True(form.GetProperty("peak_bytes").GetInt64() >= 0);
        }
        Assert.Equal(1.0, forms[1].GetProperty("forward_ratio").GetDouble());
    }

    [Fact]
    public void State_expansion_is_drawn_over_all_state_sizes()
    {
        using var folder = new TemporaryFolder();
        var output = Cli.Good(["benchmark", "ssd", .. Tiny, "--expansion", "--picture", folder["expansion.svg"]]);
        foreach (var n in (int[])[16, 32, 64, 128, 256]) Assert.Contains($"1,20,2,4,{n} ", output, StringComparison.Ordinal);
        var svg = File.ReadAllText(folder["expansion.svg"]);
        Assert.Contains("SSD kernel", svg, StringComparison.Ordinal);
        Assert.Contains("256", svg, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--length", "0")]
    [InlineData("--picture", "x.svg")]
    [InlineData("--expansion", "--d-state", "16")]
    public void What_does_not_fit_together_is_refused(params string[] options) => Cli.Fails(2, ["benchmark", "ssd", .. options]);

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 4)]
    [InlineData(23, 4)]
    [InlineData(23, 7)]
    [InlineData(23, 16)]
    [InlineData(23, 23)]
    [InlineData(32, 64)]
    public void The_selective_scan_is_the_same_operator(int length, int piece)
    {
        using var scope = NewDisposeScope();
        manual_seed(8);
        Tensor Leaf(Tensor t) => t.detach().requires_grad_(true);
        Tensor Normal(params long[] shape) => randn(shape, dtype: ScalarType.Float64);
        var inputs = new SsdInputs
        {
            X = Leaf(Normal(2, length, 3, 4)),
            Dt = Leaf(Normal(2, length, 3).exp()),
            A = Leaf(-Normal(3).exp()),
            B = Leaf(Normal(2, length, 1, 5)),
            C = Leaf(Normal(2, length, 1, 5)),
            D = Leaf(Normal(3)),
        };
        Tensor[] leaves = [inputs.X, inputs.Dt, inputs.A, inputs.B, inputs.C, inputs.D!];
        var (expected, actual) = (SsdOperator.Run(inputs, new SsdOptions { Form = SsdForm.Recurrent }).Y, SelectiveScan.Run(inputs, piece));
        Assert.True((actual - expected).norm().item<double>() <= 1e-12 * expected.norm().item<double>());
        var upstream = Normal(2, length, 3, 4);
        var (expectedGradients, actualGradients) = (autograd.grad([expected], leaves, [upstream]), autograd.grad([actual], leaves, [upstream]));
        for (var i = 0; i < leaves.Length; i++)
        {
            var error = (actualGradients[i] - expectedGradients[i]).norm().item<double>();
            Assert.True(error <= 1e-11 * Math.Max(1, expectedGradients[i].norm().item<double>()), $"gradient {i}: {error:e2}");
        }
    }
}
