namespace SsdForecast.Structure;

/// <summary>The structure of a causal map, from its matrix (<see cref="DenseStructure"/>) or its recurrence (<see cref="RecurrenceStructure"/>).</summary>
public sealed record SemiseparableStructure
{
    /// <summary>Number of rows, <c>T</c>.</summary>
    public required int Length { get; init; }

    /// <summary>The scaling in which singular values were taken.</summary>
    public required Scaling Scaling { get; init; }

    /// <summary>Ranks up to rounding.</summary>
    public required RankProfile Exact { get; init; }

    /// <summary>Ranks at the wider tolerances of <see cref="StructureOptions.RankTolerances"/>.</summary>
    public required IReadOnlyList<RankProfile> Approximate { get; init; }

    /// <summary>The rows <c>t &gt; 0</c> with <c>M[t:, :t] = 0</c>, ascending: from there on nothing before is remembered.</summary>
    public required IReadOnlyList<int> Cuts { get; init; }

    /// <summary>Singular values of <c>M[t:, :t+1]</c>, descending, for each <c>t</c>.</summary>
    public required IReadOnlyList<double[]> SingularValues { get; init; }

    /// <summary>The semiseparable order.</summary>
    public int Order => Exact.Order;

    /// <summary>Number of new columns: the least rank of a full matrix with this lower triangle.</summary>
    public int NewColumns => Exact.NewColumns.Count;

    /// <summary>The consecutive diagonal blocks that the cuts leave; one block without cuts.</summary>
    public IReadOnlyList<SemiseparableBlock> Blocks => SemiseparableBlock.Between(Cuts, Length, Exact.NewColumns);

    /// <summary>The most new columns in one block: the least width of a masked-attention dual whose mask may be zero at the cuts.</summary>
    public int WidestBlock => Blocks.Max(b => b.NewColumns);
}
