namespace SsdForecast.Structure;

/// <summary>A masked-attention dual that cannot be built: it does not exist, or float64 cannot hold it.</summary>
public sealed class NoDualException : Exception
{
    /// <summary>A refusal because the dual does not exist.</summary>
    public NoDualException(DualDecision decision) : base(Checked(decision).Reason) => Decision = decision;

    /// <summary>A refusal although the dual exists: its numbers do not fit.</summary>
    /// <param name="detail">What does not fit and the way out, in one line.</param>
    public NoDualException(DualDecision decision, string detail) : base(detail) => Decision = Checked(decision);

    /// <summary>Whether the dual exists, and the new columns of each block.</summary>
    public DualDecision Decision { get; }

    private static DualDecision Checked(DualDecision decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        return decision;
    }
}
