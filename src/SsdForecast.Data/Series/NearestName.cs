namespace SsdForecast.Data;

/// <summary>Finds the name a user may have meant.</summary>
public static class NearestName
{
    /// <summary>The candidate at the least edit distance from <paramref name="wanted"/>, case ignored; empty when there are none.</summary>
    public static string Of(string wanted, IEnumerable<string> candidates) =>
        candidates.MinBy(c => Distance(wanted.ToUpperInvariant(), c.ToUpperInvariant())) ?? "";

    // Levenshtein, one row of the table at a time.
    private static int Distance(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
