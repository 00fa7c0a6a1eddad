namespace SsdForecast.Data;

/// <summary>One file of a data set.</summary>
public sealed record CatalogueFile
{
    /// <summary>Its name on disk.</summary>
    public string File { get; init; } = "";

    /// <summary>Where to fetch it; null for a file that is shipped.</summary>
    public string? Address { get; init; }

    /// <summary>SHA-256 of its bytes in lower-case hex; null where not known, so that only its reading can be checked.</summary>
    public string? Sha256 { get; init; }
}
