namespace SsdForecast.Structure;

/// <summary>
/// The numerical ranks along the diagonal of a lower triangular matrix. For every <c>t</c> two blocks share their rows: <c>M[t:, :t+1]</c> and,
/// without its last column, <c>M[t:, :t]</c>. Both are measured against one threshold, a fraction of the first one's largest singular value, so
/// that the second rank is the first or one less.
/// </summary>
/// <param name="Tolerance">The fraction.</param>
/// <param name="Rank">Rank of <c>M[t:, :t+1]</c>, length <c>T</c>.</param>
/// <param name="RankBefore">Rank of <c>M[t:, :t]</c>, length <c>T</c>; the first is 0.</param>
public sealed record RankProfile(double Tolerance, IReadOnlyList<int> Rank, IReadOnlyList<int> RankBefore)
{
    /// <summary>The semiseparable order, the largest rank of a block on or below the diagonal: a state of this size can compute the matrix.</summary>
    public int Order => Rank.Max();

    /// <summary>
    /// The columns <c>t</c> whose part from the diagonal down, <c>M[t:, t]</c>, is not a combination of the earlier columns' same rows. Their
    /// number is the least rank of a full matrix with this lower triangle (the completion formula that goes back to Woerdeman, 1989).
    /// </summary>
    public IReadOnlyList<int> NewColumns => [.. Enumerable.Range(0, Rank.Count).Where(t => Rank[t] > RankBefore[t])];
}
