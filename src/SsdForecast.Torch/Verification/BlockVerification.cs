using SsdForecast.Runtime;
using SsdForecast.Torch.Blocks;
using SsdForecast.Torch.Ssd;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Verification;

/// <summary>
/// The Mamba-2 block against golden numbers of state-spaces/mamba: outputs and states of its exact step path, outputs and gradients of its chunked path
/// with TF32 products; and, in float64, the block cut in two against the whole.
/// </summary>
internal static class BlockVerification
{
    public static IEnumerable<VerificationRow> Run(GoldenFile file, Device device)
    {
        var config = ConfigOf(file);
        var rows = new List<VerificationRow>();
        foreach (var form in (ReadOnlySpan<SsdForm>)[SsdForm.Recurrent, SsdForm.Chunked, SsdForm.Quadratic, SsdForm.Kernel])
        {
            if (form == SsdForm.Kernel && device.type != TorchSharp.DeviceType.CPU) continue;
            rows.AddRange(Run(file, config, form, device));
        }
        rows.AddRange(InPieces(file, config, device));
        return rows;
    }

    private static List<VerificationRow> Run(GoldenFile file, BlockConfig config, SsdForm form, Device device)
    {
        using var scope = NewDisposeScope();
        using var block = Load(file, config, form, ScalarType.Float32, device);
        var name = $"block {form.ToString().ToLowerInvariant()} float32";
        var rows = new List<VerificationRow>();
        void Compare(Tensor actual, string quantity, string key, double tolerance)
        {
            if (file.Has(key)) rows.Add(new VerificationRow(name, quantity, RelativeError.Of(actual, file.Read(key)), tolerance));
        }

        var u = file.Leaf("u", ScalarType.Float32, device)!;
        var (y, state) = block.Run(u);
        Compare(y, "y against steps", "y_step", Tolerances.Float32);
        Compare(y, "y against TF32", "y_chunked", Tolerances.TensorFloat32);
        Compare(state.Ssm, "SSM state", "final_ssm_state", Tolerances.Float32);
        if (file.Has("final_conv_state"))
        {
            // mamba_ssm keeps d_conv inputs, channel first; the oldest of them no longer matters.
            var inputs = file.Read("final_conv_state").transpose(1, 2).narrow(1, 1, config.DConv - 1);
            rows.Add(new VerificationRow(name, "convolution state", RelativeError.Of(state.Convolution, inputs), Tolerances.Float32));
        }
        if (!file.Has("grad_y")) return rows;
        (y * file.Read("grad_y", device: device)).sum().backward();
        Compare(u.grad!, "d_u", "d_u", Tolerances.TensorFloat32);
        foreach (var (key, parameter) in block.named_parameters()) Compare(parameter.grad!, "d_" + key, "d_param." + key, Tolerances.TensorFloat32);
        return rows;
    }

    private static IEnumerable<VerificationRow> InPieces(GoldenFile file, BlockConfig config, Device device)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        using var block = Load(file, config, SsdForm.Chunked, ScalarType.Float64, device);
        var u = file.Read("u", ScalarType.Float64, device);
        var length = u.shape[1];
        var (whole, end) = block.Run(u);
        var (errorY, errorState) = (0.0, 0.0);
        for (long cut = 1; cut < length; cut++)
        {
            var (left, middle) = block.Run(u.narrow(1, 0, cut));
            var (right, after) = block.Run(u.narrow(1, cut, length - cut), state: middle);
            errorY = Math.Max(errorY, RelativeError.Of(cat([left, right], 1), whole));
            errorState = Math.Max(errorState, RelativeError.Of(after.Ssm, end.Ssm));
        }
        return [new("block cut anywhere float64 against whole", "y", errorY, Tolerances.Float64), new("block cut anywhere float64 against whole", "SSM state", errorState, Tolerances.Float64)];
    }

    private static Mamba2Block Load(GoldenFile file, BlockConfig config, SsdForm form, ScalarType dtype, Device device)
    {
        var block = new Mamba2Block(config, form);
        block.to(dtype);
        block.to(device);
        using var _ = no_grad();
        foreach (var (name, parameter) in block.named_parameters()) parameter.copy_(file.Read("param." + name, dtype, device));
        return block;
    }

    /// <summary>Sizes as the shapes of the parameters tell them.</summary>
    private static BlockConfig ConfigOf(GoldenFile file)
    {
        var projection = file.Read("param.in_proj.weight").shape;
        var inner = file.Read("param.norm.weight").shape[0];
        var heads = file.Read("param.A_log").shape[0];
        var convolution = file.Read("param.conv1d.weight").shape;
        var model = projection[1];
        // conv_dim = d_inner + 2·groups·d_state; the state, where it is given, tells d_state.
        var maps = (convolution[0] - inner) / 2;
        var stateSize = file.Has("final_ssm_state") ? file.Read("final_ssm_state").shape[3] : maps;
        var config = new BlockConfig
        {
            DModel = (int)model,
            DState = (int)stateSize,
            HeadDim = (int)(inner / heads),
            Expand = (int)(inner / model),
            NGroups = (int)(maps / stateSize),
            DConv = (int)convolution[2],
        };
        config.Validate();
        return config;
    }
}
