using SsdForecast.Runtime;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Verification;

/// <summary>A file of golden numbers: which kind it is, and its tensors.</summary>
/// <param name="file">The file.</param>
internal sealed class GoldenFile(Safetensors file)
{
    private static readonly string[] OperatorKeys = ["x", "dt", "A", "B", "C", "y"];

    /// <summary>Whether it holds operands and outputs of the SSD operator.</summary>
    public bool IsOperator => OperatorKeys.All(file.Contains);

    /// <summary>Whether it holds parameters, inputs and outputs of a Mamba-2 block.</summary>
    public bool IsBlock => file.Contains("u") && file.Contains("param.in_proj.weight");

    /// <summary>The names of all tensors.</summary>
    public IReadOnlyList<string> Names => file.Names;

    /// <summary>Whether there is a tensor of this name.</summary>
    public bool Has(string key) => file.Contains(key);

    /// <summary>A tensor of a type on a device.</summary>
    public Tensor Read(string key, ScalarType dtype = ScalarType.Float32, Device? device = null)
        => tensor(file.Float64(key), [.. file.Shape(key)], dtype: ScalarType.Float64).to_type(dtype).to(device ?? CPU);

    /// <summary>A tensor whose gradient is wanted; null if there is none of this name.</summary>
    public Tensor? Leaf(string key, ScalarType dtype, Device device) => Has(key) ? Read(key, dtype, device).detach().requires_grad_(true) : null;
}
