namespace SsdForecast.Streaming;

/// <summary>What to do where a series of a regular step skips some.</summary>
public enum MissingSteps
{
    /// <summary>Take each skipped step as a missing value, as batch forecasting does.</summary>
    Fill,

    /// <summary>Take each event as the next step, whatever its time.</summary>
    Ignore,
}

/// <summary>Options of a <see cref="StreamingEngine"/>.</summary>
public sealed record StreamingOptions
{
    /// <summary>Number of shards, each with a lock of its own. Default 0: four a processor.</summary>
    public int Shards { get; init; }

    /// <summary>What to do with skipped steps. Default <see cref="MissingSteps.Fill"/>. Without effect for irregular and ordinal series.</summary>
    public MissingSteps MissingSteps { get; init; } = MissingSteps.Fill;

    /// <summary>The longest gap to fill, in steps; an event after a longer one is refused, for a wrong unit of time looks like that. Default 100,000.</summary>
    public int MaxGap { get; init; } = 100_000;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value out of range.</exception>
    public void Validate()
    {
        if (Shards is < 0 or > 65536) throw new ArgumentException($"{nameof(Shards)}: {Shards} is not between 0 and 65536");
        if (!Enum.IsDefined(MissingSteps)) throw new ArgumentException($"{nameof(MissingSteps)}: {MissingSteps} is none of the choices");
        if (MaxGap < 0) throw new ArgumentException($"{nameof(MaxGap)}: {MaxGap} is negative");
    }
}
