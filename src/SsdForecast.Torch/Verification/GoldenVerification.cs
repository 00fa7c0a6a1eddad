using SsdForecast.Runtime;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Verification;

/// <summary>Holds this implementation against numbers made elsewhere, in files of the form that <c>ssdf verify</c> reads.</summary>
/// <remarks>
/// An operator file has <c>x (b,l,h,p)</c>, raw <c>dt (b,l,h)</c>, <c>A (h)</c>, <c>B</c> and <c>C (b,l,g,n)</c> and <c>y</c>, and may have <c>D</c>, <c>dt_bias</c>,
/// <c>initial_states</c>, <c>final_states</c>, <c>grad_y</c>, <c>grad_final_states</c> and <c>d_</c> of each operand. A block file has <c>param.</c> of each key of
/// mamba_ssm's <c>Mamba2</c>, <c>u (b,l,d_model)</c>, and any of <c>y_step</c>, <c>y_chunked</c>, <c>final_conv_state</c>, <c>final_ssm_state</c>, <c>grad_y</c>,
/// <c>d_u</c> and <c>d_param.</c> of each key.
/// </remarks>
public static class GoldenVerification
{
    /// <summary>Compares everything that a file holds.</summary>
    /// <param name="path">A safetensors file.</param>
    /// <param name="device">Where to compute.</param>
    /// <returns>A row a comparison.</returns>
    /// <exception cref="ModelFormatException">Not a safetensors file, or neither of the two kinds, or a shape that does not fit.</exception>
    public static IReadOnlyList<VerificationRow> Run(string path, string device = "cpu")
    {
        var file = new GoldenFile(Safetensors.Read(path));
        var target = new Device(device);
        try
        {
            using var scope = NewDisposeScope();
            if (file.IsOperator) return [.. OperatorVerification.Run(file, target)];
            if (file.IsBlock) return [.. BlockVerification.Run(file, target)];
        }
        catch (ArgumentException e)
        {
            throw new ModelFormatException(path, $"the shapes of its tensors do not fit together: {e.Message.Split(" (Parameter", 2)[0]}", e);
        }
        throw new ModelFormatException(path, "holds neither an operator (x, dt, A, B, C, y) nor a block (param.…, u); see 'ssdf verify --help'");
    }
}
