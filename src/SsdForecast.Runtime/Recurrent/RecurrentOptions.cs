namespace SsdForecast.Runtime;

/// <summary>How a <see cref="RecurrentModel"/> holds its large matrices.</summary>
public enum WeightFormat
{
    /// <summary>As they were trained, 32 bits a weight.</summary>
    Float32,

    /// <summary>
    /// 8 bits a weight and a scale a row, for the projections of the blocks and the head. A quarter of the memory, and an error that
    /// <see cref="Int8Accuracy"/> measures.
    /// </summary>
    Int8,
}

/// <summary>What is chosen when a model is loaded for streaming.</summary>
public sealed record RecurrentOptions
{
    /// <summary>How the large matrices are held. Default <see cref="WeightFormat.Float32"/>.</summary>
    public WeightFormat Weights { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value out of range.</exception>
    public void Validate()
    {
        if (!Enum.IsDefined(Weights)) throw new ArgumentException($"{nameof(Weights)}: {Weights} is neither {WeightFormat.Float32} nor {WeightFormat.Int8}");
    }
}
