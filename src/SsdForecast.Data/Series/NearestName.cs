namespace SsdForecast.Data;

/// <summary>Finds the name a user may have meant.</summary>
public static class NearestName
{
    private const int MostSlips = 2;
    private const int LeastBeginning = 3;

    /// <summary>
    /// The candidate that <paramref name="wanted"/> is most likely a slip of, case ignored: the one with the fewest letters wrong, missing, too many or swapped
    /// with their neighbours, if those are two at most and a third of the longer name at most; else the shortest one that begins with it. Null where none is so near.
    /// </summary>
    public static string? Of(string wanted, IEnumerable<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentNullException.ThrowIfNull(candidates);
        var (near, slips, beginning) = ((string?)null, MostSlips + 1, (string?)null);
        foreach (var candidate in candidates)
        {
            if (Slips(wanted, candidate) is var count && count < slips) (near, slips) = (candidate, count);
            if (candidate.StartsWith(wanted, StringComparison.OrdinalIgnoreCase) && (beginning is null || candidate.Length < beginning.Length)) beginning = candidate;
        }

        return near ?? (wanted.Length >= LeastBeginning ? beginning : null);
    }

    /// <summary>How many slips lead from one name to another; <see cref="int.MaxValue"/> for more than a user makes in a name of that length.</summary>
    private static int Slips(string a, string b)
    {
        var most = Math.Min(MostSlips, Math.Max(a.Length, b.Length) / 3);
        if (Math.Abs(a.Length - b.Length) > most) return int.MaxValue;
        var distance = Distance(a.ToUpperInvariant(), b.ToUpperInvariant());
        return distance <= most ? distance : int.MaxValue;
    }

    // Damerau-Levenshtein in its restricted form, in which no letter takes part in two slips.
    private static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) table[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) table[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                table[i, j] = Math.Min(substituted, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
            }
        }

        return table[a.Length, b.Length];
    }
}
