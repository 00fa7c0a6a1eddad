using SsdForecast.Runtime;
using SsdForecast.Tests;
using SsdForecast.Torch.Ssd;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Ssd;

/// <summary>Numbers made outside this project: a plain float64 recurrence with gradients, and state-spaces/mamba on a GPU.</summary>
public class GoldenOperatorTests
{
    [Theory]
    [InlineData("ssd_op_small", SsdForm.Recurrent)]
    [InlineData("ssd_op_small", SsdForm.Chunked)]
    [InlineData("ssd_op_small", SsdForm.Quadratic)]
    [InlineData("ssd_op_small", SsdForm.Kernel)]
    [InlineData("ssd_op_groups", SsdForm.Recurrent)]
    [InlineData("ssd_op_groups", SsdForm.Chunked)]
    [InlineData("ssd_op_groups", SsdForm.Quadratic)]
    [InlineData("ssd_op_groups", SsdForm.Kernel)]
    public void The_operator_and_its_gradients_equal_the_golden_numbers(string name, SsdForm form)
    {
        if (!SharedData.TryGet($"golden/{name}.safetensors", out var path)) return;
        using var scope = NewDisposeScope();
        var file = Safetensors.Read(path);
        Tensor Read(string key) => tensor(file.Float32(key), [.. file.Shape(key)]);
        Tensor Leaf(string key) => Read(key).requires_grad_(true);
        var inputs = new SsdInputs
        {
            X = Leaf("x"),
            Dt = Leaf("dt"),
            A = Leaf("A"),
            B = Leaf("B"),
            C = Leaf("C"),
            D = Leaf("D"),
            DtBias = Leaf("dt_bias"),
            InitialStates = Leaf("initial_states"),
        };
        var (y, final) = SsdOperator.Run(inputs, new SsdOptions { Form = form, DtSoftplus = true });
        Close.Within(2e-5, y, Read("y"), "y");
        Close.Within(2e-5, final, Read("final_states"), "final_states");
        Close.Within(3e-3, y, Read("triton_y"), "y against Triton with TF32 products");

        ((y * Read("grad_y")).sum() + (final * Read("grad_final_states")).sum()).backward();
        foreach (var (leaf, key) in new[]
        {
            (inputs.X, "d_x"), (inputs.Dt, "d_dt"), (inputs.A, "d_A"), (inputs.B, "d_B"), (inputs.C, "d_C"), (inputs.D, "d_D"),
            (inputs.DtBias, "d_dt_bias"), (inputs.InitialStates, "d_initial_states"),
        })
            Close.Within(2e-5, leaf.grad!, Read(key), key);
    }
}
