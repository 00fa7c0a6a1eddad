using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Blocks;

/// <summary>
/// A linear map whose parameters stay float32 and are used in the dtype of the activation, so that a bfloat16 activation gets a bfloat16 product
/// while the optimizer keeps its masters. Parameters: <c>weight (out, in)</c>, <c>bias (out)</c>.
/// </summary>
public sealed class Projection : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter? bias;

    /// <summary>Creates the map with weights drawn from U(−1/√in, 1/√in).</summary>
    /// <param name="inputs">Input features, at least 1.</param>
    /// <param name="outputs">Output features, at least 1.</param>
    /// <param name="hasBias">Whether a bias is added.</param>
    public Projection(long inputs, long outputs, bool hasBias = false) : base(nameof(Projection))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        var bound = 1 / Math.Sqrt(inputs);
        weight = new Parameter(empty(outputs, inputs).uniform_(-bound, bound));
        if (hasBias) bias = new Parameter(empty(outputs).uniform_(-bound, bound));
        RegisterComponents();
    }

    /// <summary>The weight, <c>(out, in)</c>.</summary>
    public Parameter Weight => weight;

    /// <summary>The bias, <c>(out)</c>, or null.</summary>
    public Parameter? Bias => bias;

    /// <summary>The weight as products in a shorter type read it, kept by whoever changes the weight; null where each product rounds it anew.</summary>
    internal RoundedWeight? Rounded { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
        => nn.functional.linear(input, WeightIn(input.dtype), bias?.to_type(input.dtype));

    /// <summary>The map without its bias, for a caller that adds it together with something else.</summary>
    /// <param name="input"><c>(…, in)</c>.</param>
    /// <returns><c>(…, out)</c>.</returns>
    public Tensor Product(Tensor input) => nn.functional.linear(input, WeightIn(input.dtype));

    /// <summary>The weight as a product in a type reads it.</summary>
    internal Tensor WeightIn(ScalarType type) => Rounded is { } rounded && rounded.Values.dtype == type ? rounded.Values : weight.to_type(type);
}
