using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>
/// A snapshot whose states were made with the model's weights in another format than the engine's. It is as it was. The numbers would fit, but the
/// forecasts and a replay of the log would no longer be those of the run before, bit for bit.
/// </summary>
public sealed class OtherWeightsException : StateFormatException
{
    internal OtherWeightsException(string source, WeightFormat weights, WeightFormat own)
        : base(source, $"the state was kept with {weights} weights, and this model has {own}; load it with {nameof(RecurrentOptions)}.{nameof(RecurrentOptions.Weights)} {weights}, or begin in another place")
        => (Weights, Own) = (weights, own);

    /// <summary>The format that the states were made with.</summary>
    public WeightFormat Weights { get; }

    /// <summary>The format of the engine's model.</summary>
    public WeightFormat Own { get; }
}
